// The api process of a fleet: `apps/api/src/main.ts` with an issuer. (A deployment cannot name one yet; that of the
// personas is trusted here.) Configured by the environment like the real one; FLEET_DIST is the build it runs, which may be
// another commit's; FLEET_ISSUER is a file with the issuer's name and public key.
import { importJWK } from 'jose';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = process.env.FLEET_DIST;
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [
  { startApi },
  { readApiConfig },
  { createLogger, logCrashes },
  { createMetrics, countEvents },
  { superviseProcess },
] = await Promise.all([
  load('apps/api/src/api.js'),
  load('apps/api/src/config.js'),
  load('libs/platform/src/logging/index.js'),
  load('libs/platform/src/metrics/index.js'),
  load('libs/platform/src/process/index.js'),
]);

const { issuer, audience, maxTokenAgeSeconds, publicKey } = JSON.parse(readFileSync(process.env.FLEET_ISSUER, 'utf8'));
const config = readApiConfig();
const metrics = createMetrics();
const log = createLogger({ name: 'api', level: config.logLevel, onEvent: countEvents(metrics) });
const started = logCrashes(log);
const api = await startApi({
  ...config,
  rootKey: config.rootKey.reveal(),
  issuers: [
    {
      issuer,
      audience,
      algorithm: 'ES256',
      key: await importJWK(publicKey, 'ES256'),
      maxTokenAgeSeconds,
      session: null,
    },
  ],
  log,
  metrics,
  tracing: undefined,
  rates: { factor: config.rateFactor },
  graphiqlDirectory: null,
  personasFile: null,
  ...JSON.parse(process.env.FLEET_API_OPTIONS ?? '{}'),
});
process.stdout.write(
  `${JSON.stringify({ event: 'ready', url: api.url, metricsPort: api.operationsPort ?? undefined })}\n`,
);
started();
superviseProcess({ log, stop: () => api.stop() });
