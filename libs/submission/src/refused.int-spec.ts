import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyActor } from '@concord/access';
import { createLocalKeyHolder, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import { Client, escapeIdentifier, type Pool } from 'pg';
import { EXAMPLE } from './example-report.fixture.js';
import { submitReport, type SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';

const SECRET = 'Zephyrine Quagmire';

/** The database as somebody would find it who can read all of it: how many rows each table has, and what is in them. */
type Contents = Readonly<Record<string, string>>;

describe('a refused report', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let services: SubmissionServices;
  let actor: AgencyActor;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 2, statementTimeoutMs: 10_000 });
    const agencyId = await addAgency(admin, { level: 'LOCAL', places: ['county:06073'] });
    const otherId = await addAgency(admin, { level: 'LOCAL', places: ['county:06065'] });
    await addAgreement(admin, { parties: [agencyId, otherId] });
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
    actor = {
      personId,
      displayName: 'analyst',
      agency: { id: agencyId, ori: null, name: 'agency', level: 'LOCAL' },
      roles: new Set(['ANALYST']),
      purpose: { code: 'INVESTIGATION', reference: newId() },
    };
    const keyHolder = createLocalKeyHolder({
      kek: { id: 'test', key: randomBytes(32) },
      agencyKeys: new PostgresAgencyKeyStore(pool),
    });
    services = { db: pool, keyHolder, clock: systemClock, digestKey: randomBytes(32) };
  });

  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  async function contents(): Promise<Contents> {
    const tables = await admin.query<{ schema: string; name: string }>(
      `select schemaname as schema, tablename as name from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`,
    );
    const found: Record<string, string> = {};
    for (const { schema, name } of tables.rows) {
      const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
      const { rows } = await admin.query<{ contents: string }>(
        `select count(*) || ' ' || md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as contents from ${table} t`,
      );
      found[`${schema}.${name}`] = rows[0]?.contents ?? '';
    }
    const sequences = await admin.query<{ name: string; value: string }>(
      `select schemaname || '.' || sequencename as name, coalesce(last_value, 0)::text as value from pg_sequences`,
    );
    for (const { name, value } of sequences.rows) found[name] = value;
    return found;
  }

  const base = {
    ...EXAMPLE,
    occurredAt: new Date(Date.now() - 86_400_000).toISOString(),
    narrative: `${SECRET} told the unit in confidence.`,
  } satisfies SubmittedReport;

  const REFUSED: readonly (readonly [what: string, change: SubmittedReport])[] = [
    ['one fault', { sharing: 'EVERYBODY' }],
    ['a fault in the last field', { remarks: SECRET.repeat(2_000) }],
    ['identifiers without a basis', { basis: null }],
    [
      'a person under 18',
      { identifiers: [{ kind: 'PERSON', person: { givenName: SECRET, surName: 'B', birthDate: '2015-01-01' } }] },
    ],
    ['a place in another county', { place: { ...EXAMPLE.place, latitude: 33.71, longitude: -116.21 } }],
    ['a look-alike reference', { submitterReference: 'CАSE-1' }],
    ['nothing at all', Object.fromEntries(Object.keys(base).map((name) => [name, null]))],
  ];

  it('leaves no row in any table, no number drawn and nothing changed', async () => {
    const before = await contents();
    expect(Object.keys(before).length).toBeGreaterThan(20);
    for (const [, change] of REFUSED) {
      const report = { ...base, submitterReference: `refused-${newId()}`, ...change };
      expect(await submitReport(services, actor, report)).toMatchObject({ kind: 'rejected' });
    }
    expect(await contents()).toEqual(before);
  });

  it('says nothing of what was sent', async () => {
    for (const [, change] of REFUSED) {
      const outcome = await submitReport(services, actor, { ...base, submitterReference: newId(), ...change });
      expect(JSON.stringify(outcome)).not.toMatch(/Zephyrine|Quagmire|116\.21|619 555/);
    }
  });

  it('leaves a reference free for the report that is right', async () => {
    const submitterReference = newId();
    await submitReport(services, actor, { ...base, submitterReference, sharing: 'EVERYBODY' });
    const before = await contents();
    const outcome = await submitReport(services, actor, { ...base, submitterReference });
    expect(outcome).toMatchObject({ kind: 'accepted', duplicate: false });
    // The same look at the tables sees what is accepted.
    expect(await contents()).not.toEqual(before);
  });

  it('refused for its reference, changes nothing either', async () => {
    const submitterReference = newId();
    await submitReport(services, actor, { ...base, submitterReference });
    const before = await contents();
    const outcome = await submitReport(services, actor, { ...base, submitterReference, sharing: 'STATE' });
    expect(outcome).toMatchObject({ kind: 'rejected', issues: [{ code: 'REFERENCE_REUSED' }] });
    expect(await contents()).toEqual(before);
  });
});
