import type { Queryable } from '@concord/platform/database';
import type { AgencyKeyStore, WrappedKey } from './agency-key-store.js';

interface KeyRow {
  key_id: string;
  agency_id: string;
  kek_id: string;
  wrapped: Buffer;
}

const asKey = (row: KeyRow | undefined): WrappedKey | null =>
  row === undefined ? null : { keyId: row.key_id, agencyId: row.agency_id, kekId: row.kek_id, wrapped: row.wrapped };

/** Wrapped keys in PostgreSQL. Given a pool and never a transaction: a key is committed before anything is sealed with it. */
export class PostgresAgencyKeyStore implements AgencyKeyStore {
  constructor(private readonly db: Queryable) {}

  async find(agencyId: string): Promise<WrappedKey | null> {
    const { rows } = await this.db.query<KeyRow>(
      'select key_id, agency_id, kek_id, wrapped from agency_data_key where agency_id = $1 and retired_at is null',
      [agencyId],
    );
    return asKey(rows[0]);
  }

  async findById(keyId: string): Promise<WrappedKey | null> {
    const { rows } = await this.db.query<KeyRow>(
      'select key_id, agency_id, kek_id, wrapped from agency_data_key where key_id = $1',
      [keyId],
    );
    return asKey(rows[0]);
  }

  async insertIfAbsent(agencyId: string, wrapped: WrappedKey): Promise<WrappedKey> {
    await this.db.query(
      'insert into agency_data_key (key_id, agency_id, kek_id, wrapped) values ($1, $2, $3, $4) on conflict (agency_id) where retired_at is null do nothing',
      [wrapped.keyId, agencyId, wrapped.kekId, wrapped.wrapped],
    );
    const current = await this.find(agencyId);
    if (current === null) throw new Error('an agency has a data key after one was inserted');
    return current;
  }
}
