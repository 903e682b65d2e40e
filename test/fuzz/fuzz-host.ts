import { readFile } from 'node:fs/promises';
import { startStack } from '../../apps/embedded/src/stack.js';

/** The stack that is tried, in a process of its own: forked by `fuzz.ts`, which talks to it by messages. */
export type HostMessage =
  | { readonly kind: 'ready'; readonly url: string; readonly tokens: readonly string[] }
  | {
      readonly kind: 'measured';
      readonly heapMb: number;
      readonly rssMb: number;
      readonly unhandled: readonly string[];
    };
export type HostOrder = 'measure' | 'stop';

/** The one place for what differs from `npm start`. */
const STACK = {
  port: 0,
  databaseUrl: null,
  redisUrl: null,
  personas: true,
  syntheticReports: 300,
  logLevel: 'error',
  // What is tried is what gets through to the service, and not that it is turned away in time: docs/rates.md, docs/live.md.
  rates: { factor: 100 },
  live: { handshakesPerMinute: 100_000, socketsPerPerson: 100, framesPerSecond: 10_000 },
} as const;

const unhandled: string[] = [];
for (const event of ['unhandledRejection', 'uncaughtException'] as const)
  process.on(
    event,
    (error: unknown) => void unhandled.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );

const tell = (message: HostMessage): void => void process.send?.(message);

const stack = await startStack({ ...STACK, dataDir: process.argv[2] ?? '' });
const personas: unknown = JSON.parse(await readFile(stack.personasFile ?? '', 'utf8'));
tell({ kind: 'ready', url: stack.api.url, tokens: tokensIn(personas) });

process.on('message', (order: HostOrder) => {
  if (order === 'stop') void stack.stop().finally(() => process.exit(0));
  else measure();
});

/** After two collections: what a first one frees of finalizers, the second one takes. */
function measure(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('start this with --expose-gc');
  gc();
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  tell({ kind: 'measured', heapMb: (heapUsed + external) / 2 ** 20, rssMb: rss / 2 ** 20, unhandled });
}

/** Every token of the personas' file, wherever it stands in it. */
function tokensIn(value: unknown): string[] {
  if (typeof value === 'string') return /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(tokensIn) : [];
}
