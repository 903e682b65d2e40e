// The worker process of a fleet where a test needs other periods than `apps/worker/src/main.ts` has: FLEET_WORKER_OPTIONS
// holds what differs of its WorkerConfig. FLEET_DIST is the build it runs.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = process.env.FLEET_DIST;
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [
  { startWorker },
  { readWorkerConfig },
  { createLogger, logCrashes },
  { createMetrics, countEvents },
  { superviseProcess },
] = await Promise.all([
  load('apps/worker/src/worker.js'),
  load('apps/worker/src/config.js'),
  load('libs/platform/src/logging/index.js'),
  load('libs/platform/src/metrics/index.js'),
  load('libs/platform/src/process/index.js'),
]);

const { databaseUrl, queue, operations, logLevel } = readWorkerConfig();
const metrics = createMetrics();
const log = createLogger({ name: 'worker', level: logLevel, onEvent: countEvents(metrics) });
const started = logCrashes(log);
const options = JSON.parse(process.env.FLEET_WORKER_OPTIONS ?? '{}');
const worker = await startWorker({ databaseUrl, queue, metrics, operations, ...options }, log);
process.stdout.write(`${JSON.stringify({ event: 'ready', metricsPort: worker.operationsPort ?? undefined })}\n`);
started();
superviseProcess({ log, stop: () => worker.stop() });
