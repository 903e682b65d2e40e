import { startEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { openEmbeddedDatabase } from '../../apps/embedded/src/embedded-database.js';
import {
  makeBenchDirectory,
  openBenchDatabase,
  removeBenchDirectory,
  superuserUrlOf,
  type BenchDatabase,
} from './bench-database.js';
import { FILL_SETTINGS, fillRecords, type FilledDirectory, type FillOf } from './filler.js';

export interface FilledDatabase extends BenchDatabase {
  readonly filled: FilledDirectory;
  /** Of the load; next to nothing where it had been filled before. */
  readonly fillSeconds: number;
}

/**
 * A filled database on the server's usual settings. It is filled by a server of the same directory that writes no more
 * than it must (`FILL_SETTINGS`), which is stopped before anything is measured. With `kept`, in that directory, which
 * stays.
 */
export async function openFilledDatabase(kept: string | null, records: number, of?: FillOf): Promise<FilledDatabase> {
  const dataDir = kept ?? (await makeBenchDirectory());
  try {
    const started = performance.now();
    await startEmbeddedPostgres({ dataDir, settings: FILL_SETTINGS });
    const filling = await openEmbeddedDatabase(dataDir, () => undefined);
    const filled = await fillRecords(await superuserUrlOf(dataDir), records, of).finally(() => filling.stop());
    const fillSeconds = Math.round((performance.now() - started) / 1_000);
    const database = await openBenchDatabase(dataDir);
    return {
      ...database,
      filled,
      fillSeconds,
      async remove() {
        await database.remove();
        if (kept === null) await removeBenchDirectory(dataDir);
      },
    };
  } catch (error) {
    if (kept === null) await removeBenchDirectory(dataDir);
    throw error;
  }
}
