import { createLogger } from '@concord/platform/logging';
import { superviseProcess } from '@concord/platform/process';
import { readWorkerConfig } from './config.js';
import { startWorker } from './worker.js';

/** The worker process of a deployment: relay, reconciler and queues. Any number may run. */
async function main(): Promise<void> {
  const config = readWorkerConfig();
  const log = createLogger({ name: 'worker', level: config.logLevel });
  const worker = await startWorker({ databaseUrl: config.databaseUrl, queue: config.queue }, log);
  process.stdout.write(`${JSON.stringify({ event: 'ready' })}\n`);
  superviseProcess({ log, stop: () => worker.stop() });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
