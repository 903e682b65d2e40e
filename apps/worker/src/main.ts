import { createLogger, logCrashes } from '@concord/platform/logging';
import { countEvents, createMetrics } from '@concord/platform/metrics';
import { superviseProcess } from '@concord/platform/process';
import { openTracing } from '@concord/platform/tracing';
import { readWorkerConfig } from './config.js';
import { startWorker } from './worker.js';

/** The worker process of a deployment: relay, reconciler and queues. Any number may run. */
async function main(): Promise<void> {
  const config = readWorkerConfig();
  const metrics = createMetrics();
  const log = createLogger({ name: 'worker', level: config.logLevel, onEvent: countEvents(metrics) });
  const started = logCrashes(log);
  const tracer = await openTracing(config.tracing);
  if (tracer.on) log.info({}, 'tracing.on');
  const { databaseUrl, queue, operations, openRootKey, webhookNetworks } = config;
  const imports = openRootKey === null ? null : { rootKey: openRootKey() };
  const worker = await startWorker(
    { databaseUrl, queue, metrics, tracer, operations, imports, webhooks: { networks: webhookNetworks } },
    log,
  );
  process.stdout.write(`${JSON.stringify({ event: 'ready', metricsPort: worker.operationsPort ?? undefined })}\n`);
  started();
  superviseProcess({ log, stop: () => worker.stop().then(() => tracer.close()) });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
