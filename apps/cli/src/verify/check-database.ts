import { BackupError, checkSoundness, type BackupFault } from '@concord/platform/backup';
import type { Queryable } from '@concord/platform/database';
import { Client } from 'pg';
import { checkAudit } from './audit.check.js';
import { checkInvariants } from './invariants.check.js';
import { checkSeals } from './seals.check.js';

export interface DatabaseVerdict {
  readonly seen: Readonly<Record<string, number>>;
  readonly faults: readonly BackupFault[];
}

export interface CheckOptions {
  /** Opens what is sealed; null: that is not looked at. */
  readonly rootKey: Buffer | null;
  readonly rowSecurityForced: boolean;
}

/**
 * Whether everything in a database fits together: what the catalogue promises, what the corridor promises, the books, and
 * with the root key whatever is sealed.
 *
 * @param db inside a transaction of one snapshot, and seeing every row.
 */
export async function checkDatabase(db: Queryable, options: CheckOptions): Promise<DatabaseVerdict> {
  const soundness = await checkSoundness(db, options);
  const invariants = await checkInvariants(db);
  const audit = await checkAudit(db);
  const seals = options.rootKey === null ? null : await checkSeals(db, options.rootKey);
  return {
    seen: {
      ...invariants.seen,
      auditEntries: audit.entries,
      ...(seals === null ? {} : { sealsOpened: seals.opened, sealedColumnsUnknown: seals.columnsUnknown }),
    },
    faults: [...soundness, ...invariants.faults, ...audit.faults, ...(seals?.faults ?? [])],
  };
}

/** The same of a live database, in one snapshot that changes nothing. @throws BackupError RIGHTS_MISSING */
export async function verifyDatabase(url: string, rootKey: Buffer | null): Promise<DatabaseVerdict> {
  const client = new Client({ connectionString: url, application_name: 'concord_verify' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
    await client.query('begin isolation level repeatable read read only');
    // What policies would hide is an error then, and never taken for a sound rest.
    await client.query('set local row_security = off');
    return await checkDatabase(client, { rootKey, rowSecurityForced: true });
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === '42501')
      throw new BackupError({
        code: 'RIGHTS_MISSING',
        message:
          'This login may not read everything. Verifying wants a superuser, or a login with BYPASSRLS that was granted pg_read_all_data.',
      });
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
