import { createLogger } from '@concord/platform/logging';
import { readWorkerConfig } from './config.js';
import { startWorker } from './worker.js';

/** The worker process of a deployment: relay, reconciler and queues. Any number may run. */
async function main(): Promise<void> {
  const config = readWorkerConfig();
  const worker = await startWorker(
    { databaseUrl: config.databaseUrl, queue: config.queue },
    createLogger({ name: 'worker', level: config.logLevel }),
  );
  process.stdout.write(`${JSON.stringify({ event: 'ready' })}\n`);
  const stop = (): void => void worker.stop().then(() => (process.exitCode = 0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
