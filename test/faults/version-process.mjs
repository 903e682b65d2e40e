// A process of one version of Concord, this one's or an older one's, out of that version's own dist. As its `main` would
// start it, but for what no environment can say: whose tokens it takes.
import { importJWK } from 'jose';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { dist, role, options } = JSON.parse(process.argv[2]);
const load = (path) => import(pathToFileURL(join(dist, path)).href);

if (role === 'seed') {
  const { seedDirectory } = await load('apps/embedded/src/directory.seed.js');
  await seedDirectory(options.ownerUrl, options.issuer);
  process.exit(0);
}

const { createLogger } = await load('libs/platform/src/logging/index.js');
const log = createLogger({ name: role, level: 'info' });
const running = role === 'api' ? await api() : await worker();
process.stdout.write(`${JSON.stringify({ event: 'ready', url: running.url, port: running.operationsPort })}\n`);

if (existsSync(join(dist, 'libs/platform/src/process/index.js'))) {
  const { superviseProcess } = await load('libs/platform/src/process/index.js');
  superviseProcess({ log, stop: () => running.stop() });
} else process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));

async function api() {
  const { startApi } = await load('apps/api/src/api.js');
  const { issuer, publicKey, ...others } = options;
  return startApi({
    host: '127.0.0.1',
    port: 0,
    log,
    graphiqlDirectory: null,
    personasFile: null,
    ...others,
    rootKey: Buffer.from(options.rootKey, 'hex'),
    issuers: [{ ...issuer, algorithm: 'ES256', key: await importJWK(publicKey, 'ES256'), session: null }],
  });
}

async function worker() {
  const { startWorker } = await load('apps/worker/src/worker.js');
  return startWorker(options, log);
}
