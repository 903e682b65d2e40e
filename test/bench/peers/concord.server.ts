import { createLogger } from '@concord/platform/logging';
import { QUEUE_SCHEMA } from '@concord/platform/queue';
import { importJWK, type CryptoKey } from 'jose';
import { startApi } from '../../../apps/api/src/api.js';
import { ALGORITHM, AUDIENCE, ISSUER, readOptions, stopOnSignal, tellReady } from './page-request.js';

/** Concord's API as `apps/api/src/main.ts` starts it, with the benchmark's issuer and rates that let one token ask on. */
const { databaseUrl, publicKey } = readOptions();
const api = await startApi({
  databaseUrl,
  queue: { kind: 'postgres', url: databaseUrl, schema: QUEUE_SCHEMA, role: 'concord_api' },
  host: '127.0.0.1',
  port: 0,
  // The same each time, for a database that is kept belongs to one key.
  rootKey: Buffer.alloc(32, 7),
  issuers: [
    {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithm: ALGORITHM,
      key: (await importJWK(publicKey, ALGORITHM)) as CryptoKey,
      session: null,
    },
  ],
  // One line for each request, as in production; whoever started this throws them away.
  log: createLogger({ name: 'api', level: 'info' }),
  rates: { factor: 100 },
  graphiqlDirectory: null,
  personasFile: null,
});
tellReady(api.url);
stopOnSignal(() => api.stop());
