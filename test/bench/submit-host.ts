import { createLogger } from '@concord/platform/logging';
import { QUEUE_SCHEMA } from '@concord/platform/queue';
import { importJWK, type CryptoKey } from 'jose';
import { startApi } from '../../apps/api/src/api.js';
import {
  openPersonaIssuer,
  PERSONA_AUDIENCE,
  PERSONA_TOKEN_AGE_SECONDS,
} from '../../apps/embedded/src/persona-tokens.js';
import { startWorker } from '../../apps/worker/src/worker.js';

/**
 * The api process or the worker process of a benchmark, each by itself as in a deployment. Forked; the argument is one
 * JSON document, `ready` goes to the parent, SIGTERM ends it.
 */
export interface SubmitHost {
  readonly runs: 'api' | 'worker';
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** Of the worker: it does imports too. */
  readonly imports?: boolean;
}

const host = JSON.parse(process.argv[2] ?? '{}') as SubmitHost;
const ROOT_KEY = Buffer.alloc(32, 7);
const log = createLogger({ name: host.runs, level: 'error' });
const queueAs = (role: string) => ({ kind: 'postgres' as const, url: host.databaseUrl, schema: QUEUE_SCHEMA, role });

async function start(): Promise<{ url: string; stop(): Promise<void> }> {
  if (host.runs === 'worker') {
    const imports = host.imports === true ? { rootKey: ROOT_KEY } : null;
    const worker = await startWorker({ databaseUrl: host.databaseUrl, queue: queueAs('concord_worker'), imports }, log);
    return { url: '', stop: () => worker.stop() };
  }
  const issuer = await openPersonaIssuer(host.dataDir);
  const key = (await importJWK(issuer.publicKey, 'ES256')) as CryptoKey;
  const maxTokenAgeSeconds = PERSONA_TOKEN_AGE_SECONDS;
  return startApi({
    databaseUrl: host.databaseUrl,
    queue: queueAs('concord_api'),
    host: '127.0.0.1',
    port: 0,
    rootKey: ROOT_KEY,
    issuers: [
      { issuer: issuer.issuer, audience: PERSONA_AUDIENCE, algorithm: 'ES256', key, maxTokenAgeSeconds, session: null },
    ],
    log,
    // A token here submits what many would.
    rates: { factor: 100 },
    graphiqlDirectory: null,
    personasFile: null,
  });
}

const started = await start();
process.once('SIGTERM', () => void started.stop().finally(() => process.exit(0)));
process.send?.({ url: started.url });
