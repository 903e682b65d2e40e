import { checkRootKey, createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import { openPool } from '@concord/platform/database';
import type { Terminal } from '../command.js';
import { storeSyntheticAgencies } from './agencies.store.js';
import type { CbpRow } from './cbp-row.js';
import { BATCHES_IN_FLIGHT, loadRows, type LoadedCounts } from './load-rows.js';
import { showProgress } from '../progress.js';
import type { SeedPlan } from './seed-plan.js';
import { readStoredTotals } from './totals.reader.js';
import type { Totals } from './totals.js';

const LOAD_TIMEOUT_MS = 60_000;
/** Sums over everything that one agency has. */
const READ_TIMEOUT_MS = 600_000;

export interface PlannedLoad {
  /** The rows that the plan was made of. */
  readonly rows: AsyncIterable<CbpRow>;
  readonly now: Date;
  readonly plan: SeedPlan;
  readonly ownerUrl: string;
  readonly rootKey: Buffer;
}

/** Loads what a file asks for into a database, and reads back what is stored of it then. */
export async function loadPlan(
  { rows, now, plan, ownerUrl, rootKey }: PlannedLoad,
  { tell }: Terminal,
): Promise<{ counts: LoadedCounts; stored: Totals }> {
  // A load holds one connection, and another while it makes an agency's key.
  const db = openPool({
    ...{ url: ownerUrl, role: 'concord_loader', max: 2 * BATCHES_IN_FLIGHT },
    statementTimeoutMs: LOAD_TIMEOUT_MS,
  });
  const reader = openPool({ url: ownerUrl, role: 'concord_api', max: 1, statementTimeoutMs: READ_TIMEOUT_MS });
  const interrupted = onInterrupt();
  try {
    await checkRootKey(db, rootKey);
    await db.clock.known;
    await storeSyntheticAgencies(ownerUrl);
    const progress = showProgress({ total: plan.totals.events, unit: 'reports' }, tell);
    const counts = { loaded: 0, present: 0 };
    const kek = { id: 'root', key: deriveKey(rootKey, 'concord/kek') };
    const services = {
      db,
      keyHolder: createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(db) }),
      digestKey: deriveKey(rootKey, 'concord/content-digest'),
      // Of the books and of what is not in the future: the database's.
      clock: db.clock,
    };
    try {
      await loadRows({
        ...{ services, rows, now, signal: interrupted.signal },
        onBatch: ({ loaded, present }) => {
          counts.loaded += loaded;
          counts.present += present;
          progress.at(counts.loaded + counts.present, counts.loaded);
        },
      });
    } finally {
      progress.end();
    }
    if (interrupted.signal.aborted)
      throw new Error(`Interrupted after ${counts.loaded + counts.present} reports: run it again and it goes on.`);
    return { counts, stored: await readStoredTotals(reader, plan.rowKeys) };
  } finally {
    interrupted.release();
    await Promise.all([db.end(), reader.end()]);
  }
}

/** PostgreSQL is in a process group of its own and would be left behind: the batches in flight end, and then it is stopped. */
function onInterrupt(): { readonly signal: AbortSignal; release(): void } {
  const unwanted = new AbortController();
  const abort = (): void => unwanted.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  return { signal: unwanted.signal, release: () => void process.off('SIGINT', abort).off('SIGTERM', abort) };
}
