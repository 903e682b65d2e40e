import { forgetOldSessions } from '@concord/access';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { createLogger } from '@concord/platform/logging';
import { addAgency, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client, type Pool } from 'pg';
import { ActivityNotes } from './activity-notes.js';
import type { Credential } from './credential.js';
import type { SignedIn } from './sign-in.js';

const log = createLogger({ name: 'notes', level: 'silent' });

describe('when people and keys were last there', () => {
  let database: TestDatabase;
  let admin: Client;
  let db: Pool;
  let agency: string;
  let person: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    db = openPool({ url: database.appUrl, role: 'concord_api', max: 2, statementTimeoutMs: 5_000 });
    agency = await addAgency(admin, { level: 'LOCAL' });
  });

  beforeEach(async () => {
    person = await addPerson(admin);
  });

  afterAll(async () => {
    await db?.end();
    await admin?.end();
    await database?.drop();
  });

  const since = new Date('2026-11-23T08:00:00Z');
  const open = (): ActivityNotes => new ActivityNotes({ db, clock: systemClock, log });
  const signedIn = (credential: Credential): SignedIn => ({
    credential,
    actor: {
      ...{ personId: person, displayName: 'A', purpose: null, roles: new Set(['SUBMITTER']) },
      agency: { id: agency, ori: null, name: 'A', level: 'LOCAL' },
    },
  });
  const token = (authenticatedAt: Date | null): SignedIn =>
    signedIn({
      ...{ kind: 'token', issuer: 'https://issuer.test', subject: person, tokenId: '1', expiresAt: new Date() },
      session: authenticatedAt === null ? null : { authenticatedAt, idleSeconds: 1_800 },
    });
  const key = async (): Promise<SignedIn> => {
    const prefix = Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
    const { rows } = await admin.query<{ id: string }>(
      `insert into api_key (agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, created_by, expires_at)
       values ($1, $2, 'k', $3, sha256($3::text::bytea), '{SUBMIT}', 'AGENCY', $2, now() + interval '1 day') returning id`,
      [agency, person, prefix],
    );
    return signedIn({
      kind: 'key',
      id: rows[0]?.id ?? '',
      digest: Buffer.alloc(0),
      address: null,
      expiresAt: new Date(),
    });
  };
  const one = async (text: string): Promise<string | null> => {
    const { rows } = await admin.query<{ it: string | null }>(`select (${text})::text as it`, [person]);
    return rows[0]?.it ?? null;
  };
  const SESSION = 'select last_active_at from person_session where person_id = $1';
  const AWAY = `select last_active_at from person_activity where person_id = $1`;

  it('is written for a session and for the person, off the request’s path', async () => {
    const notes = open();
    notes.asked(token(since));
    expect(await one(SESSION)).toBeNull();
    await notes.flush();
    expect(await one(SESSION)).not.toBeNull();
    expect(await one(AWAY)).not.toBeNull();
    expect(await one(`select authenticated_at = '2026-11-23T08:00:00Z' from person_session where person_id = $1`)).toBe(
      'true',
    );
  });

  it('is written once a minute, by however many processes', async () => {
    const [here, there] = [open(), open()];
    for (const notes of [here, there, here]) {
      for (let n = 0; n < 50; n += 1) notes.asked(token(since));
      await notes.flush();
    }
    expect(await one(`select xmin from person_session where person_id = $1`)).toBe(
      await one(`select xmin from person_activity where person_id = $1`),
    );
    await admin.query(
      `update person_session set last_active_at = last_active_at - interval '61 seconds' where person_id = $1`,
      [person],
    );
    const before = await one(SESSION);
    const third = open();
    third.asked(token(since));
    await third.flush();
    expect(await one(SESSION)).not.toBe(before);
  });

  it('begins with whoever only comes, and is not kept awake by it', async () => {
    const notes = open();
    notes.arrived(token(since));
    await notes.flush();
    expect(await one(SESSION)).not.toBeNull();
    expect(await one(AWAY)).not.toBeNull();
    await admin.query(`update person_session set last_active_at = now() - interval '20 minutes' where person_id = $1`, [
      person,
    ]);
    await admin.query(
      `update person_activity set last_active_at = now() - interval '20 minutes' where person_id = $1`,
      [person],
    );
    const before = [await one(SESSION), await one(AWAY)];
    const again = open();
    again.arrived(token(since));
    await again.flush();
    expect([await one(SESSION), await one(AWAY)]).toEqual(before);
  });

  it('is noted of a key, whose seat nobody else can read', async () => {
    const notes = open();
    notes.asked(await key());
    await notes.flush();
    expect(await one('select last_used_at > now() - interval $$1 minute$$ from api_key where person_id = $1')).toBe(
      'true',
    );
    await expect(db.query('select digest from api_key')).rejects.toThrow(/permission denied/);
    expect((await db.query('select id from api_key')).rows).toEqual([]);
  });

  it('is forgotten once no token of the session can be good any more, and no sooner', async () => {
    const of = (ago: string) =>
      admin.query(`insert into person_session values ($1, now() - $2::interval, now() - $2::interval)`, [person, ago]);
    await of('47 hours');
    await of('49 hours');
    await forgetOldSessions(db);
    expect(await one(`select count(*) from person_session where person_id = $1`)).toBe('1');
    const { rowCount } = await db.query('delete from person_session where person_id = $1', [person]);
    expect(rowCount).toBe(0);
  });

  it('is nobody’s business where an issuer is exempt', async () => {
    const notes = open();
    notes.asked(token(null));
    await notes.flush();
    expect([await one(SESSION), await one(AWAY)]).toEqual([null, null]);
  });

  it('waits while PostgreSQL is away, and forgets nobody', async () => {
    let away = true;
    const flaky = {
      query: (...args: Parameters<Pool['query']>) => (away ? Promise.reject(new Error('away')) : db.query(...args)),
    };
    const notes = new ActivityNotes({ db: flaky as unknown as Pool, clock: systemClock, log });
    notes.asked(token(since));
    await notes.flush();
    away = false;
    await notes.flush();
    expect(await one(SESSION)).not.toBeNull();
  });
});
