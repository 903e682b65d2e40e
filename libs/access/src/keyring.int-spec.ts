import { AGENCY_LEVELS, PURPOSE_CODES, ROLES, type Role } from '@concord/codes';
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
import { Client } from 'pg';
import { findKeyring } from './actor.reader.js';
import { COMMUNITY_KEY } from './audience.js';
import { ANY_PURPOSE, type KeyringPurpose } from './keyring-purpose.js';
import { keyringOf, type KeyringFacts, type TaskForceFact, type Term } from './keyring.js';

/** Seconds from now at which something begins or ends: `now` itself is on the edge. */
const MOMENTS = [-86_400, -1, 0, 1, 86_400];
const PLACES = ['nation:us', 'state:06', 'state:53', 'county:06073', 'county:06037', 'county:53033', 'tribe:kumeyaay'];
const COUNTIES = ['06073', '06037', '53033', '04019'];
const REGIONS = ['southwest', 'northwest'];
const AGENCIES = 2;
const PEOPLE = 2;

const oneOf = (count: number) => fc.integer({ min: 0, max: count - 1 });
/** Mostly valid: with every term drawn evenly hardly anybody would carry anything. */
const term = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ from: -86_400, until: null }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...MOMENTS), fc.option(fc.constantFrom(...MOMENTS)))
      .map(([from, until]) => ({ from, until: until !== null && until < from ? from : until })),
  },
);
/** A task force has an end. */
const bounded = term.map(({ from, until }) => ({ from, until: until ?? 86_400 }));
/** One draw in two reads what is shared. */
const agencyRoles = fc.oneof(
  fc.constant<Role[]>(['ANALYST']),
  fc
    .subarray(
      ROLES.filter((role) => role !== 'SYSTEM_ADMIN'),
      { minLength: 1, maxLength: 2 },
    )
    .map((roles): Role[] => roles),
);

interface DrawnPolicy {
  readonly from: number;
  readonly acceptedBy: readonly number[];
}

const directory = fc.record({
  agencies: fc.array(
    fc.record({
      // Each of these two has one kind of place.
      level: fc.constantFrom(...AGENCY_LEVELS, 'FEDERAL' as const, 'STATE' as const),
      status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'ACTIVE' as const, 'LEFT' as const),
      placeKeys: fc.subarray(PLACES, { minLength: 2 }),
    }),
    { minLength: AGENCIES, maxLength: AGENCIES },
  ),
  people: fc.array(fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'ACTIVE' as const, 'DISABLED' as const), {
    minLength: PEOPLE,
    maxLength: PEOPLE,
  }),
  memberships: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ person: oneOf(PEOPLE), agency: oneOf(AGENCIES), roles: agencyRoles, term }) },
      {
        weight: 1,
        arbitrary: fc.record({
          person: oneOf(PEOPLE),
          agency: fc.constant(null),
          roles: fc.constant<Role[]>(['SYSTEM_ADMIN']),
          term,
        }),
      },
    ),
    { minLength: 6, maxLength: 10 },
  ),
  agreements: fc.array(
    fc.record({
      name: fc.constantFrom('Zeta', 'alpha', 'Beta'),
      parties: fc.uniqueArray(
        fc.record({ agency: oneOf(AGENCIES), until: fc.constantFrom(null, null, null, ...MOMENTS) }),
        { minLength: 1, selector: ({ agency }) => agency },
      ),
      purposes: fc.oneof(fc.constant([...PURPOSE_CODES]), fc.subarray([...PURPOSE_CODES], { minLength: 1 })),
      term,
    }),
    { minLength: 1, maxLength: 4 },
  ),
  purpose: fc.constantFrom<KeyringPurpose | null>(ANY_PURPOSE, ANY_PURPOSE, 'ANALYSIS', 'ANALYSIS', 'TRAINING', null),
  /** Three draws in four have nothing to accept; in the others a version before may be all that was accepted. */
  policies: fc.oneof(
    { weight: 3, arbitrary: fc.constant<readonly DrawnPolicy[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record<DrawnPolicy>({
          from: fc.constantFrom(-86_400, -86_400, ...MOMENTS),
          acceptedBy: fc.oneof(fc.constant([0, 1]), fc.subarray([0, 1], { maxLength: 1 })),
        }),
        { minLength: 2, maxLength: 3 },
      ),
    },
  ),
  dangers: fc.array(
    fc.record({ person: oneOf(PEOPLE), agency: oneOf(AGENCIES), until: fc.constantFrom(-1, 0, 1, 1) }),
    { maxLength: 3 },
  ),
  taskForces: fc.array(
    fc.record({
      term: bounded,
      agencies: fc
        .tuple(fc.subarray([0, 1], { minLength: 1 }), fc.array(term, { minLength: 2, maxLength: 2 }))
        .map(([joined, terms]) =>
          joined.map((agency, index) => ({ agency, term: terms[index] ?? { from: 0, until: null } })),
        ),
      members: fc.uniqueArray(fc.record({ person: oneOf(PEOPLE), agency: oneOf(AGENCIES), term }), {
        minLength: 2,
        maxLength: 4,
        selector: ({ person, agency }) => `${person} ${agency}`,
      }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  regions: fc.array(fc.subarray(COUNTIES), { minLength: REGIONS.length, maxLength: REGIONS.length }),
});
type Directory = typeof directory extends fc.Arbitrary<infer Value> ? Value : never;

const NOW = new Date('2026-06-01T12:00:00Z');

/** The keys of all of them in one statement, as the worker asks for them; by person and agency. */
async function findKeyrings(client: Client, all: readonly KeyringFacts[]): Promise<Map<string, string[]>> {
  // As whoever submits has made them: a key without an id opens nothing.
  await client.query(
    `insert into access_key (key)
     select 'agency:' || id from agency union select 'taskforce:' || id from task_force
     union select place_key from agency_place union select 'region:' || id from region
     on conflict do nothing`,
  );
  const { rows } = await client.query<{ person: string; agency: string; keys: string[] }>(
    `select m.person, m.agency, array(select k.key from access_key k where k.id = any(m.keys) order by k.key) as keys
     from actor_keyrings($1, $2) m`,
    [all.map((facts) => facts.person.id), all.map((facts) => facts.agency.id)],
  );
  return new Map(rows.map(({ person, agency, keys }) => [`${person} ${agency}`, keys]));
}

describe('keyringOf and actor_keys', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const KINDS = ['agency', 'taskforce', 'county', 'state', 'region', 'tribe', 'nation', 'danger', 'community'];
  const MOST_ROUNDS = 8;

  it('say the same of everybody in any directory', async () => {
    const seen = new Set<string>();
    const anyDirectory = fc.asyncProperty(directory, async (drawn) => {
      // One transaction, so that the database's now() stands still and is rolled back with everything.
      await client.query('begin');
      try {
        const all = await store(client, drawn);
        const together = await findKeyrings(client, all);
        expect(together.size).toBe(all.length);
        for (const facts of all) {
          const inSql = await findKeyring(client, facts.person.id, facts.agency.id, facts.purpose);
          expect(inSql).toEqual(keyringOf(facts));
          // The worker names no purpose, and tells nobody what only a danger opens, or no view is opened by.
          const keys = keyringOf({ ...facts, purpose: ANY_PURPOSE, dangers: [] })
            .map(({ key }) => key)
            .filter((key) => key !== COMMUNITY_KEY);
          expect(together.get(`${facts.person.id} ${facts.agency.id}`)?.sort()).toEqual([...new Set(keys)].sort());
          for (const { key } of inSql) seen.add(key.split(':')[0] ?? '');
        }
      } finally {
        await client.query('rollback');
      }
    });
    // The comparison proves little about a kind of key that nobody carries: where one was not drawn, more is drawn.
    const missing = (): string[] => KINDS.filter((kind) => !seen.has(kind));
    for (let round = 0; round === 0 || (missing().length > 0 && round < MOST_ROUNDS); round++)
      await fc.assert(anyDirectory, { numRuns: 150 });
    expect(missing()).toEqual([]);
  });
});

/** Stores a directory as SQL sees it, and returns it as TypeScript does: for every person in every agency. */
async function store(client: Client, drawn: Directory): Promise<KeyringFacts[]> {
  const moments = await momentsAround(client);
  const sql = ({ from, until }: { from: number; until: number | null }) => ({
    from: moments.get(from) ?? '',
    until: until === null ? null : (moments.get(until) ?? ''),
  });
  const agencyIds: string[] = [];
  for (const [index, { level, status, placeKeys }] of drawn.agencies.entries()) {
    agencyIds.push(await addAgency(client, { level, status, places: placeKeys, name: `agency ${index}` }));
  }
  const personIds: string[] = [];
  for (const status of drawn.people) personIds.push(await addPerson(client, { status }));
  const agencyId = (index: number): string => agencyIds[index] ?? '';
  const personId = (index: number): string => personIds[index] ?? '';

  for (const { person, agency, roles, term } of drawn.memberships) {
    await addMembership(client, {
      ...{ personId: personId(person), agencyId: agency === null ? null : agencyId(agency), roles },
      ...sql(term),
    });
  }
  const moment = (seconds: number | null): string | null => (seconds === null ? null : (moments.get(seconds) ?? ''));
  for (const { name, parties, purposes, term } of drawn.agreements) {
    const ids = parties.map(({ agency }) => agencyId(agency));
    const id = await addAgreement(client, { name, parties: ids, ...sql(term) });
    await client.query('update agreement set purposes = $2 where id = $1', [id, purposes]);
    for (const { agency, until } of parties) {
      const values = [id, agencyId(agency), moment(until)];
      await client.query(
        'update agreement_party set valid_until = $3 where agreement_id = $1 and agency_id = $2',
        values,
      );
    }
  }
  const policies: readonly DrawnPolicy[] = drawn.policies;
  for (const [index, { from, acceptedBy }] of policies.entries()) {
    await client.query(
      `insert into policy_text (version, body, digest, effective_from) values ($1, 'text', repeat('0', 64), $2)`,
      [index + 1, moment(from)],
    );
    for (const agency of acceptedBy) {
      await client.query('insert into policy_acceptance (agency_id, version) values ($1, $2)', [
        agencyId(agency),
        index + 1,
      ]);
    }
  }
  const dangers = drawn.dangers.map((danger) => ({ ...danger, recordId: randomUUID() }));
  for (const { person, agency, recordId, until } of dangers) {
    await client.query(
      `insert into imminent_danger (id, person_id, agency_id, record_id, reason, opened_at, valid_until)
       values (gen_random_uuid(), $1, $2, $3, 'Invented for a test of keyrings.', $4::timestamptz - interval '5 minutes', $4)`,
      [personId(person), agencyId(agency), recordId, moment(until)],
    );
  }
  const taskForces: TaskForceFact[] = [];
  for (const [index, { term, agencies, members }] of drawn.taskForces.entries()) {
    const name = `task force ${index}`;
    const id = await addTaskForce(client, { name, leadAgencyId: agencyId(0), ...sql(term) });
    for (const it of agencies) {
      await addTaskForceAgency(client, { taskForceId: id, agencyId: agencyId(it.agency), ...sql(it.term) });
    }
    const named = members.filter(({ agency }) => agencies.some((it) => it.agency === agency));
    for (const it of named) {
      const member = { taskForceId: id, agencyId: agencyId(it.agency), personId: personId(it.person) };
      await addTaskForceMember(client, { ...member, ...sql(it.term) });
    }
    taskForces.push({
      ...{ id, name, ...inMemory(term) },
      agencies: agencies.map((it) => ({ agencyId: agencyId(it.agency), ...inMemory(it.term) })),
      members: named.map((it) => ({
        agencyId: agencyId(it.agency),
        personId: personId(it.person),
        ...inMemory(it.term),
      })),
    });
  }
  for (const [index, counties] of drawn.regions.entries()) {
    await addRegion(client, { id: REGIONS[index] ?? '', counties });
  }

  const directoryFacts = {
    now: NOW,
    memberships: drawn.memberships.map(({ person, agency, roles, term }) => ({
      ...{ personId: personId(person), agencyId: agency === null ? null : agencyId(agency), roles },
      ...inMemory(term),
    })),
    purpose: drawn.purpose,
    agreements: drawn.agreements.map(({ name, parties, purposes, term }) => ({
      ...{ name, purposes },
      parties: parties.map(({ agency, until }) => ({
        agencyId: agencyId(agency),
        validUntil: until === null ? null : inSeconds(until),
      })),
      ...inMemory(term),
    })),
    policyTexts: policies.map(({ from }, index) => ({ version: index + 1, effectiveFrom: inSeconds(from) })),
    acceptances: policies.flatMap(({ acceptedBy }, index) =>
      acceptedBy.map((agency) => ({ agencyId: agencyId(agency), version: index + 1 })),
    ),
    dangers: dangers.map(({ person, agency, recordId, until }) => ({
      ...{ personId: personId(person), agencyId: agencyId(agency), recordId },
      validUntil: inSeconds(until),
    })),
    taskForces,
    regions: drawn.regions.map((countyFips, index) => ({ id: REGIONS[index] ?? '', countyFips })),
  };
  return drawn.agencies.flatMap((agency, a) =>
    drawn.people.map((status, p) => ({
      ...directoryFacts,
      person: { id: personId(p), status },
      agency: { ...agency, id: agencyId(a), name: `agency ${a}` },
    })),
  );
}

/** The moments as text that PostgreSQL reads back to the microsecond. */
async function momentsAround(client: Client): Promise<Map<number, string>> {
  const { rows } = await client.query<{ moment: number; at: string }>(
    'select m as moment, (now() + make_interval(secs => m))::text as at from unnest($1::float8[]) m',
    [MOMENTS],
  );
  return new Map(rows.map(({ moment, at }) => [moment, at]));
}

const inSeconds = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

const inMemory = ({ from, until }: { from: number; until: number | null }): Term => ({
  validFrom: new Date(NOW.getTime() + from * 1000),
  validUntil: until === null ? null : new Date(NOW.getTime() + until * 1000),
});
