import { removeEmbeddedPostgres, startEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../apps/embedded/src/embedded-database.js';

/** A migrated PostgreSQL of a benchmark's own, in a temporary directory. */
export interface BenchDatabase {
  readonly dataDir: string;
  readonly superuserUrl: string;
  readonly applicationUrl: string;
  /** Stops it and removes every file of it. */
  remove(): Promise<void>;
}

/** A directory that PostgreSQL's own user can walk through when root runs the benchmark. */
export async function makeBenchDirectory(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'concord-bench-'));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711);
  return dataDir;
}

export async function removeBenchDirectory(dataDir: string): Promise<void> {
  await removeEmbeddedPostgres(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}

/** The superuser of the server that runs in the directory: this adopts it and starts none. */
export async function superuserUrlOf(dataDir: string): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDir });
  return server.url('concord');
}

/** With `kept`, in that directory, which stays: another run finds it filled. */
export async function openBenchDatabase(kept: string | null): Promise<BenchDatabase> {
  const dataDir = kept ?? (await makeBenchDirectory());
  const removeDirectory = (): Promise<void> => (kept === null ? removeBenchDirectory(dataDir) : Promise.resolve());
  try {
    const database = await openEmbeddedDatabase(dataDir, () => undefined);
    return {
      dataDir,
      superuserUrl: await superuserUrlOf(dataDir),
      applicationUrl: database.applicationUrl,
      async remove() {
        await database.stop();
        await removeDirectory();
      },
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

/** Whatever ends the program, what it began is put away. */
export function onEnd(cleanUp: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}
