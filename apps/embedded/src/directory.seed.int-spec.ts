import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalKeyHolder, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { findRecordsById } from '@concord/records';
import { submitReport, type SubmittedReport } from '@concord/submission';
import { Client, type Pool } from 'pg';
import { seedDirectory } from './directory.seed.js';
import { loadSynthetic, type SyntheticServices } from './load-synthetic.js';
import { agencyId, PERSONA_NAMES, personaActor, PERSONAS, personId, TASK_FORCE, type PersonaName } from './personas.js';

const TABLES = [
  ...['agency', 'agency_place', 'region', 'region_county', 'person', 'membership', 'agreement', 'agreement_party'],
  ...['task_force', 'task_force_activity', 'task_force_agency', 'task_force_member', 'access_key'],
];
const SHARINGS = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];

/** What a persona reads of San Diego's five records, which name the task force: the table of design.md section 5. */
const NOTHING = ['-', '-', '-', '-', '-'];
const OWNER = ['OWNER', 'OWNER', 'OWNER', 'OWNER', 'OWNER'];
const MATRIX: Readonly<Record<PersonaName, readonly string[]>> = {
  'local-submitter': OWNER,
  'local-analyst': OWNER,
  supervisor: OWNER,
  'agency-admin': OWNER,
  'second-agency-admin': OWNER,
  'neighbour-analyst': ['-', '-', '-', '-', 'PARTNER'],
  'other-local-submitter': NOTHING,
  'far-local-analyst': NOTHING,
  'tribal-analyst': ['-', '-', '-', '-', 'PARTNER'],
  'state-analyst': ['-', '-', 'PARTNER', 'PARTNER', 'PARTNER'],
  'other-state-analyst': NOTHING,
  'federal-analyst': ['-', '-', '-', 'PARTNER', 'PARTNER'],
  'taskforce-analyst': ['-', 'TASK_FORCE', 'TASK_FORCE', 'TASK_FORCE', 'TASK_FORCE'],
  'community-partner': NOTHING,
  'system-admin': NOTHING,
  'second-system-admin': NOTHING,
  auditor: NOTHING,
  'watch-officer': ['-', '-', '-', 'PARTNER', 'PARTNER'],
};

let database: TestDatabase;
let admin: Client;
let api: Pool;
let services: SyntheticServices;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedDirectory(database.ownerUrl, 'urn:test:first');
  admin = new Client({ connectionString: database.superuserUrl });
  await admin.connect();
  api = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 10_000 });
  const kek = { id: 'test', key: new Uint8Array(32).fill(1) };
  const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(api) });
  services = { db: api, keyHolder, clock: systemClock, digestKey: Buffer.alloc(32, 2) };
});
afterAll(async () => {
  await api?.end();
  await admin?.end();
  await database?.drop();
});

async function allRows(): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const table of TABLES) rows.push((await admin.query(`select x::text from ${table} x order by x::text`)).rows);
  return rows;
}

describe('seedDirectory', () => {
  it('changes nothing when it runs again, and lets the personas follow a new issuer', async () => {
    const before = await allRows();
    await seedDirectory(database.ownerUrl, 'urn:test:first');
    expect(await allRows()).toEqual(before);
    await seedDirectory(database.ownerUrl, 'urn:test:second');
    const { rows } = await admin.query('select distinct issuer from person');
    expect(rows).toEqual([{ issuer: 'urn:test:second' }]);
  });

  it('gives every key of every persona an id', async () => {
    for (const persona of PERSONA_NAMES) {
      const { agency } = PERSONAS[persona];
      const { rows } = await admin.query('select from actor_keys($1, $2) where key_id is null', [
        personId(persona),
        agency === null ? null : agencyId(agency),
      ]);
      expect(rows).toEqual([]);
    }
  });

  it('seats the personas so that each reads what the table says', async () => {
    const ids: string[] = [];
    for (const sharing of SHARINGS) {
      const report: SubmittedReport = {
        submitterReference: `shared-${sharing}`,
        occurredAt: '2026-01-20T03:15:00-08:00',
        sharing,
        place: { countyFips: '06073' },
        substances: [{ deaCode: '9801', quantity: 2.5, unit: 'KG' }],
        taskForceIds: [TASK_FORCE.id],
      };
      const outcome = await submitReport(services, personaActor('local-submitter'), report);
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      ids.push(outcome.stored.recordId);
    }
    for (const persona of PERSONA_NAMES) {
      const { agency } = PERSONAS[persona];
      const seat = agency === null ? 'san-diego' : agency;
      const as = { personId: personId(persona), agencyId: agencyId(seat), purpose: 'ANALYSIS' } as const;
      const read = (await findRecordsById(api, as, ids)).map((record) => record?.precision ?? '-');
      expect([persona, ...read]).toEqual([persona, ...MATRIX[persona]]);
    }
  });
});

describe('loadSynthetic', () => {
  const stored = async (): Promise<unknown> =>
    (await admin.query('select count(*)::int as reports from seizure_report where synthetic')).rows[0];

  it('loads once, and finishes what a killed start left undone', async () => {
    expect(await loadSynthetic(services, personaActor, 40)).toBe(40);
    expect(await loadSynthetic(services, personaActor, 40)).toBe(0);
    expect(await stored()).toEqual({ reports: 40 });
    await admin.query(`delete from seizure_report where submitter_reference in ('SYN-1', 'SYN-17')`);
    expect(await loadSynthetic(services, personaActor, 40)).toBe(40);
    expect(await stored()).toEqual({ reports: 40 });
  });
});
