import { findInboxEntries } from '@concord/alerting';
import { newId } from '@concord/platform/ids';
import { findRecordPage, findRecordsById } from '@concord/records';
import type { Pool } from 'pg';

const CONNECTIONS = 4;

/** Runs the hot reads as nobody on a few connections, so that the first reader finds them open and planned. */
export async function rehearse(db: Pool): Promise<void> {
  const nobody = { personId: newId(), agencyId: newId(), purpose: null };
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = await db.connect();
      try {
        await findInboxEntries(client, nobody, 0n, 1);
        await findRecordsById(client, nobody, [newId()]);
        await findRecordPage(client, nobody, null, 1, null);
      } finally {
        client.release();
      }
    }),
  );
}
