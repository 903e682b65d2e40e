import { PURPOSE_CODES, ROLES, SHARING_CODES, type Role } from '@concord/codes';
import { openPool } from '@concord/platform/database';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  addRegion,
  addTaskForce,
  addTaskForceAgency,
  addTaskForceMember,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { explainAccess, findAudiences, findOpeningKeys } from './record-access.reader.js';
import { findRecordsById } from './record.reader.js';
import { buildReport, partsOf } from './report.builder.js';
import { persistReport } from './report.store.js';

const oneOf = (count: number) => fc.integer({ min: 0, max: count - 1 });
const PEOPLE = 3;
const AGENCIES = 4;
const SHARED_ROLES: readonly Role[] = ROLES.filter((role) => role !== 'SYSTEM_ADMIN');
const ago = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);

/** Agencies are the owner, one of the same county, its state and the nation; what is over ended an hour ago. */
const world = fc.record({
  memberships: fc.array(
    fc.record({
      ...{ person: oneOf(PEOPLE), agency: oneOf(AGENCIES) },
      roles: fc.oneof(fc.constant<Role[]>(['ANALYST']), fc.subarray([...SHARED_ROLES], { minLength: 1, maxLength: 2 })),
      over: fc.boolean(),
    }),
    { minLength: 3, maxLength: 7 },
  ),
  disabled: fc.subarray([0, 1, 2], { maxLength: 1 }),
  agreements: fc.array(
    fc.record({
      parties: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      purposes: fc.subarray([...PURPOSE_CODES], { minLength: 1 }),
      over: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  accepted: fc.option(fc.subarray([0, 1, 2, 3]), { freq: 2 }),
  taskForce: fc.record({
    agencies: fc.subarray([0, 1, 2, 3], { minLength: 2 }),
    members: fc.uniqueArray(fc.record({ person: oneOf(PEOPLE), agency: oneOf(AGENCIES) }), {
      selector: ({ person, agency }) => `${person} ${agency}`,
    }),
  }),
  records: fc.array(
    fc.record({ sharing: fc.constantFrom(...SHARING_CODES), taskForce: fc.boolean(), embargoed: fc.boolean() }),
    { minLength: 1, maxLength: 2 },
  ),
  danger: fc.option(fc.record({ person: oneOf(PEOPLE), agency: oneOf(AGENCIES) })),
  purpose: fc.constantFrom('ANY' as const, 'ANALYSIS' as const, 'INVESTIGATION' as const),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

describe('explainAccess, findAudiences and findOpeningKeys', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    await addRegion(admin, { id: 'southwest', counties: ['06073'] });
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 2, statementTimeoutMs: 10_000 });
  });

  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  /** Stored for good: each draw has agencies and people of its own, and the last policy text counts. */
  async function store(drawn: World) {
    const levels = ['LOCAL', 'LOCAL', 'STATE', 'FEDERAL'];
    const places = [['county:06073'], ['county:06073'], ['state:06'], ['nation:us']];
    const agencies: string[] = [];
    for (let n = 0; n < AGENCIES; n += 1)
      agencies.push(await addAgency(admin, { level: levels[n] ?? '', places: places[n] ?? [] }));
    const agency = (n: number): string => agencies[n] ?? '';
    const people: string[] = [];
    for (let n = 0; n < PEOPLE; n += 1)
      people.push(await addPerson(admin, { status: drawn.disabled.includes(n) ? 'DISABLED' : 'ACTIVE' }));
    const person = (n: number): string => people[n] ?? '';
    const owner = { personId: await addPerson(admin), agencyId: agency(0), purpose: 'ANALYSIS' } as const;
    await addMembership(admin, { ...owner, roles: ['AGENCY_ADMIN', 'ANALYST'] });
    const term = (over: boolean) => ({ from: ago(2), until: over ? ago(1) : null });
    for (const it of drawn.memberships) {
      const held = { personId: person(it.person), agencyId: agency(it.agency), roles: it.roles };
      await addMembership(admin, { ...held, ...term(it.over) });
    }
    for (const it of drawn.agreements) {
      const id = await addAgreement(admin, { parties: it.parties.map(agency), ...term(it.over) });
      await admin.query('update agreement set purposes = $2 where id = $1', [id, it.purposes]);
    }
    await admin.query('delete from policy_acceptance');
    await admin.query('delete from policy_text');
    if (drawn.accepted !== null) {
      await admin.query(
        `insert into policy_text (version, body, digest, effective_from) values (1, 'text', repeat('0', 64), '2020-01-01')`,
      );
      for (const n of drawn.accepted)
        await admin.query('insert into policy_acceptance (agency_id, version) values ($1, 1)', [agency(n)]);
    }
    const taskForceId = await addTaskForce(admin, { leadAgencyId: agency(0) });
    for (const n of drawn.taskForce.agencies) await addTaskForceAgency(admin, { taskForceId, agencyId: agency(n) });
    for (const it of drawn.taskForce.members.filter(({ agency: n }) => drawn.taskForce.agencies.includes(n)))
      await addTaskForceMember(admin, { taskForceId, agencyId: agency(it.agency), personId: person(it.person) });
    const recordIds: string[] = [];
    for (const { sharing, taskForce, embargoed } of drawn.records) {
      const report = buildReport({
        ...{ submitterReference: randomUUID(), sharing, taskForceIds: taskForce ? [taskForceId] : [] },
        releaseAfter: embargoed ? new Date(Date.now() + 3_600_000) : null,
      });
      const parts = partsOf(report, owner, { regionIds: ['southwest'] });
      await persistReport(pool, report, parts);
      recordIds.push(parts.recordId);
    }
    if (drawn.danger !== null)
      await admin.query(
        `insert into imminent_danger (id, person_id, agency_id, record_id, reason, opened_at, valid_until)
         values (gen_random_uuid(), $1, $2, $3, 'Invented for a test of reasons.', now(), now() + interval '1 hour')`,
        [person(drawn.danger.person), agency(drawn.danger.agency), recordIds[0]],
      );
    return { owner, agencies, people: [...people, owner.personId], recordIds };
  }

  it('explain what everybody really reads, whatever is agreed, shared, signed, accepted or over', async () => {
    const seen = { allowed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const { owner, agencies, people, recordIds } = await store(drawn);
        for (const recordId of recordIds)
          for (const personId of people) {
            const read = (
              await Promise.all(
                agencies.map(async (agencyId) => {
                  const as = { personId, agencyId, purpose: drawn.purpose };
                  const [record] = await findRecordsById(pool, as, [recordId]);
                  const keys = (await findOpeningKeys(pool, as, [recordId])).get(recordId) ?? [];
                  // A reader's own keys say the same: some where it is open, and the finest first.
                  expect(keys[0]?.precision ?? null).toBe(record?.precision ?? null);
                  return { precision: record?.precision ?? null, keys: keys.map(({ key }) => key) };
                }),
              )
            ).filter(({ precision }) => precision !== null);
            const explained = await explainAccess(pool, owner, { recordId, personId, purpose: drawn.purpose });
            expect(explained?.allowed).toBe(read.length > 0);
            const order = ['OWNER', 'TASK_FORCE', 'PARTNER'];
            const finest = read.map(({ precision }) => order.indexOf(precision ?? '')).sort()[0];
            expect(explained?.precision ?? null).toBe(finest === undefined ? null : order[finest]);
            if (explained?.allowed) {
              const told = new Set(explained.because.map(({ key }) => key));
              for (const key of read.flatMap(({ keys }) => keys)) expect(told).toContain(key);
            }
            seen[explained?.allowed === true ? 'allowed' : 'refused'] += 1;
          }
      }),
      { numRuns: 40 },
    );
    expect(seen.allowed).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
  }, 60_000);

  it('tell nobody else anything of a record, nor of a person', async () => {
    const nothing = {
      ...{
        memberships: [],
        disabled: [],
        agreements: [{ parties: [0, 1], purposes: [...PURPOSE_CODES], over: false }],
      },
      ...{ accepted: null, taskForce: { agencies: [0, 1], members: [] }, danger: null, purpose: 'ANY' as const },
    };
    const { owner, agencies, recordIds } = await store({
      ...nothing,
      records: [{ sharing: 'PARTNERS', taskForce: true, embargoed: false }],
    });
    const [recordId = ''] = recordIds;
    const stranger = { personId: await addPerson(admin), agencyId: agencies[1] ?? '', purpose: 'ANALYSIS' as const };
    await addMembership(admin, { ...stranger, roles: ['AGENCY_ADMIN'] });
    const asked = { recordId, personId: owner.personId, purpose: 'ANY' as const };
    expect(await explainAccess(pool, stranger, asked)).toBeNull();
    expect(await explainAccess(pool, owner, { ...asked, recordId: randomUUID() })).toBeNull();
    expect((await findAudiences(pool, stranger, [recordId])).size).toBe(0);
    expect((await findAudiences(pool, owner, [recordId])).get(recordId)?.map(({ key }) => key.split(':')[0])).toEqual([
      ...['agency', 'taskforce', 'county', 'nation', 'region', 'state'],
    ]);
    // Somebody without any key, and nobody at all.
    const nobody = await explainAccess(pool, owner, { ...asked, personId: randomUUID() });
    const keyless = await explainAccess(pool, owner, { ...asked, personId: await addPerson(admin) });
    expect(nobody).toEqual(keyless);
    expect(nobody?.because).toHaveLength(6);
    expect(await explainAccess(pool, owner, { ...asked, personId: stranger.personId })).toEqual({
      ...{ allowed: true, precision: 'PARTNER' },
      because: [
        { key: 'county:06073', reason: 'local agency of this jurisdiction under test agreement' },
        { key: 'region:southwest', reason: 'county of this region under test agreement' },
      ],
    });
  });
});
