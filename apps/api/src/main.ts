import { createLogger, logCrashes } from '@concord/platform/logging';
import { countEvents, createMetrics } from '@concord/platform/metrics';
import { superviseProcess } from '@concord/platform/process';
import { projectRoot } from '@concord/platform/project';
import { openTracing } from '@concord/platform/tracing';
import { join } from 'node:path';
import { startApi } from './api.js';
import { ConfigError, readApiConfig } from './config.js';
import { openIssuers } from './issuers.js';

/** The api process of a deployment: it expects a migrated database and a worker process elsewhere. */
async function main(): Promise<void> {
  const config = readApiConfig();
  const metrics = createMetrics();
  const log = createLogger({ name: 'api', level: config.logLevel, onEvent: countEvents(metrics) });
  const started = logCrashes(log);
  const tracer = await openTracing(config.tracing);
  if (tracer.on) log.info({}, 'tracing.on');
  const api = await startApi({
    databaseUrl: config.databaseUrl,
    queue: config.queue,
    host: config.host,
    port: config.port,
    rootKey: config.rootKey.reveal(),
    issuers: openIssuers(config.issuers, log),
    log,
    metrics,
    tracer,
    operations: config.operations,
    rates: { factor: config.rateFactor },
    trustedProxies: config.trustedProxies,
    graphiqlDirectory: join(projectRoot(), 'dist', 'graphiql'),
    personasFile: null,
  });
  process.stdout.write(
    `${JSON.stringify({ event: 'ready', url: api.url, metricsPort: api.operationsPort ?? undefined })}\n`,
  );
  started();
  superviseProcess({ log, stop: () => api.stop().then(() => tracer.close()) });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exit(1);
});
