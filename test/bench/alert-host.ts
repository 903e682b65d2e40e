import type { QueueBackendConfig } from '@concord/platform/queue';
import { QUEUE_SCHEMA } from '@concord/platform/queue';
import { createLogger } from '@concord/platform/logging';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import { startApi } from '../../apps/api/src/api.js';
import { PERSONA_AUDIENCE, PERSONA_TOKEN_AGE_SECONDS } from '../../apps/embedded/src/persona-tokens.js';
import { startWorker } from '../../apps/worker/src/worker.js';
import { StepTracer } from './alert-steps.js';

/** Api, worker or both in a process of the benchmark's own; arguments are one JSON document, talk is by IPC. */
export interface HostOptions {
  readonly runs: readonly ('api' | 'worker')[];
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly rootKey: string;
  readonly issuer: string;
  readonly publicKey: JWK;
}

const options = JSON.parse(process.argv[2] ?? '{}') as HostOptions;
const log = createLogger({ name: 'bench', level: 'error' });
const tracer = new StepTracer();

const queueOf = (role: 'concord_api' | 'concord_worker'): QueueBackendConfig =>
  options.redisUrl === null
    ? { kind: 'postgres', url: options.databaseUrl, schema: QUEUE_SCHEMA, role }
    : { kind: 'redis', url: options.redisUrl, prefix: 'concord' };

async function start(): Promise<{ url: string | null; stop: () => Promise<void> }> {
  const { databaseUrl, issuer, publicKey } = options;
  const worker = options.runs.includes('worker')
    ? await startWorker({ databaseUrl, queue: queueOf('concord_worker'), tracer }, log)
    : null;
  const key = (await importJWK(publicKey, 'ES256')) as CryptoKey;
  const api = options.runs.includes('api')
    ? await startApi({
        databaseUrl,
        queue: queueOf('concord_api'),
        host: '127.0.0.1',
        port: 0,
        rootKey: Buffer.from(options.rootKey, 'hex'),
        issuers: [
          {
            issuer,
            audience: PERSONA_AUDIENCE,
            algorithm: 'ES256',
            key,
            maxTokenAgeSeconds: PERSONA_TOKEN_AGE_SECONDS,
            session: null,
          },
        ],
        log,
        tracer,
        // A few tokens submit what many agencies would.
        rates: { factor: 100 },
        graphiqlDirectory: null,
        personasFile: null,
      })
    : null;
  return {
    url: api?.url ?? null,
    stop: async () => {
      await api?.stop();
      await worker?.stop();
    },
  };
}

const running = await start();
process.on('message', (message: 'steps' | 'stop') => {
  if (message === 'steps') process.send?.({ steps: tracer.take() });
  else void running.stop().finally(() => process.exit(0));
});
// The benchmark was killed.
process.on('disconnect', () => process.exit(1));
process.send?.({ url: running.url });
