import { removeEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDemoConfig } from './config.js';
import { demoClients } from './demo-client.js';
import { DEMO_PERSONAS, playDemo } from './demo-play.js';
import { tellDemo } from './demo-report.js';
import type { RunningApi } from '../../api/src/api.js';
import { startStack, type Stack } from './stack.js';

const SYNTHETIC_REPORTS = 200;

/** Set by a signal, whose handler then ends the process. */
let interrupted = false;

/** `npm run demo`: the main job in a temporary directory; leaves no process and no file. */
async function main(): Promise<void> {
  const { json, redisUrl, logLevel, colour } = readDemoConfig(process.argv.slice(2));
  const dataDir = await mkdtemp(join(tmpdir(), 'concord-demo-'));
  // Root starts PostgreSQL as another user, who must be able to walk through.
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711);
  let starting: Promise<Stack> | null = null;
  const unwanted = new AbortController();
  let cleaning: Promise<void> | null = null;
  const cleanUp = (): Promise<void> => {
    unwanted.abort();
    return (cleaning ??= removeAll(starting, dataDir));
  };
  onSignal(cleanUp);
  try {
    const started = performance.now();
    starting = startStack({
      dataDir,
      port: 0,
      databaseUrl: null,
      redisUrl,
      personas: true,
      syntheticReports: SYNTHETIC_REPORTS,
      logLevel,
      signal: unwanted.signal,
    });
    const stack = await starting;
    const startMs = performance.now() - started;
    const clients = await demoClients(stack.api.url, join(dataDir, 'personas.json'), DEMO_PERSONAS);
    const result = await playDemo(clients, new Date(), () => listening(stack.api));
    await Promise.all([...clients.values()].map((client) => client.close()));
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : tellDemo(result, startMs, colour));
  } finally {
    await cleanUp();
  }
}

/** A live stream waits: from now on it misses nothing. */
async function listening(api: RunningApi): Promise<void> {
  for (const deadline = Date.now() + 10_000; api.services.inboxWatch.size === 0 && Date.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function removeAll(starting: Promise<Stack> | null, dataDir: string): Promise<void> {
  const stack = await starting?.catch(() => null);
  await stack?.stop().catch(() => undefined);
  await removeEmbeddedPostgres(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}

function onSignal(cleanUp: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void cleanUp().finally(() => process.exit(130));
    });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (interrupted) return;
    process.stderr.write(
      `The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
