import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  addRegion,
  addTaskForce,
  addTaskForceAgency,
  addTaskForceMember,
} from '@concord/platform/testing';
import { openPool } from '@concord/platform/database';
import { correctReport, loadReports, recallReport, submitReport, type SubmissionServices } from '@concord/submission';
import type { AgencyActor } from '@concord/access';
import { writeAdministration } from './administration.builder.js';
import { SUBMIT } from '../flows/documents.js';
import type { Submitted } from '../flows/flow-client.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { TokenSmith } from '../attacks/tokens.builder.js';
import { MatrixClient } from './matrix-client.builder.js';
import { inputOf, LAPSE_MS, referenceOf } from './report-input.builder.js';
import type { ActorFact, RecordFact, Role, Term, World } from './world.facts.js';

/** As test-directory has it, for everybody whom it makes. */
const ISSUER = 'https://issuer.test';
const AT_ONCE = 6;
const CREATE_RULE = `mutation($input: CreateAlertRuleInput!) { createAlertRule(input: $input) { __typename } }`;

export interface Ids {
  readonly reportId: string;
  readonly recordId: string;
}

/** A world that stands in a database, with an API before it. */
export interface StandingWorld {
  readonly stack: FlowStack;
  /** With the ids that the database gave. */
  readonly world: World;
  readonly clientOf: (actor: ActorFact, purpose?: string | null) => MatrixClient;
  /** Where the actor's socket goes, and what it says in connection_init. */
  readonly socketOf: (
    actor: ActorFact,
    purpose: string | null,
  ) => { readonly url: string; readonly params: Record<string, unknown> };
  readonly idsOf: (record: RecordFact) => Ids;
  readonly oriOf: (agencyId: string) => string | null;
  /** Agencies and memberships that every stack has, beside the world's. */
  readonly isOfTheStack: (id: string) => boolean;
  /** Those who had a rule that everything meets while the records over HTTP were submitted. */
  readonly watchers: ReadonlySet<ActorFact>;
  stop(): Promise<void>;
}

interface Made {
  readonly ids: Map<string, string>;
  /** What ends or is still to begin, when everything has been submitted: a table, a condition, values. */
  readonly endings: {
    readonly table: string;
    readonly where: string;
    readonly values: readonly string[];
    readonly term: Term;
  }[];
}

/**
 * Writes a generated world into a database of its own: the directory by hand, every record through the real
 * functions, each by one of three ways in; then what is recalled and corrected; last, what ends, and who leaves.
 */
export async function standUp(generated: World): Promise<StandingWorld> {
  const smith = await TokenSmith.create(ISSUER, 'ES256');
  const stack = await FlowStack.start(undefined, {
    issuers: [smith.trusted],
    rates: { factor: 100, windowSeconds: 60 },
  });
  try {
    const ofTheStack = await idsBefore(stack);
    const made = await writeDirectory(stack, generated);
    const unwritten = JSON.parse(
      JSON.stringify(generated).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => made.ids.get(id) ?? id),
    ) as World;
    const oris = await orisOf(stack);
    const clients = new ClientMaker(stack, smith, oris);
    const watchers = await watch(unwritten, clients);
    await submitAll(stack, unwritten, clients);
    await stack.drain();
    const ids = await idsByReference(stack);
    await amendAll(stack, unwritten, ids);
    await stack.drain();
    const world = {
      ...unwritten,
      records: unwritten.records.map((it) => ({ ...it, recordId: known(ids, referenceOf(it)).recordId })),
    };
    await writeAdministration(stack.admin, world);
    await end(stack, world, made);
    await clients.revoke(world.actors);
    return {
      ...{ stack, world, watchers },
      clientOf: (actor, purpose) => clients.of(actor, purpose),
      socketOf: (actor, purpose) => clients.socketOf(actor, purpose),
      idsOf: (record) => known(ids, referenceOf(record)),
      oriOf: (agencyId) => oris.get(agencyId) ?? null,
      isOfTheStack: (id) => ofTheStack.has(id),
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function writeDirectory({ admin }: FlowStack, world: World): Promise<Made> {
  const made: Made = { ids: new Map(), endings: [] };
  const idOf = (id: string): string => known(made.ids, id);
  // The personas' regions would open counties of ours.
  await admin.query('delete from region');
  for (const { id, counties } of world.regions) await addRegion(admin, { id, counties });
  for (const agency of world.agencies) {
    const { level, places, name } = agency;
    made.ids.set(agency.id, await addAgency(admin, { level, places, name }));
    if (agency.h3Resolution === 7)
      await admin.query('insert into agency_settings (agency_id, h3_resolution) values ($1, 7)', [idOf(agency.id)]);
  }
  for (const { id, parentId } of world.agencies)
    if (parentId !== null)
      await admin.query('update agency set parent_id = $2 where id = $1', [idOf(id), idOf(parentId)]);
  await addAccessKeys(admin);
  await acceptPolicy(admin);
  for (const person of world.persons) made.ids.set(person.id, await addPerson(admin));
  for (const { id: seat, personId, agencyId, roles, term } of world.seats) {
    const id = await addMembership(admin, {
      personId: idOf(personId),
      agencyId: agencyId === null ? null : idOf(agencyId),
      roles,
    });
    made.ids.set(seat, id);
    made.endings.push({ table: 'membership', where: 'id = $1', values: [id], term });
  }
  for (const { id, name, parties, invited, withdrawn, purposes, widest, term } of world.agreements) {
    const agreement = await addAgreement(admin, { parties: parties.map(idOf), name, widestSharing: widest });
    made.ids.set(id, agreement);
    await admin.query('update agreement set purposes = $2 where id = $1', [agreement, purposes]);
    await admin.query('insert into agreement_invitation (agreement_id, agency_id) select $1, unnest($2::uuid[])', [
      agreement,
      [...parties, ...invited].map(idOf),
    ]);
    made.endings.push({ table: 'agreement', where: 'id = $1', values: [agreement], term });
    for (const it of withdrawn)
      made.endings.push({
        table: 'agreement_party',
        where: 'agreement_id = $1 and agency_id = $2',
        values: [agreement, idOf(it)],
        term: 'ENDED',
      });
  }
  for (const force of world.taskForces) {
    const taskForceId = await addTaskForce(admin, { leadAgencyId: idOf(force.leadAgencyId), name: force.name });
    made.ids.set(force.id, taskForceId);
    made.endings.push({ table: 'task_force', where: 'id = $1', values: [taskForceId], term: force.term });
    for (const it of force.agencies) {
      const agencyId = idOf(it.agencyId);
      await addTaskForceAgency(admin, { taskForceId, agencyId });
      const where = 'task_force_id = $1 and agency_id = $2';
      made.endings.push({ table: 'task_force_agency', where, values: [taskForceId, agencyId], term: it.term });
    }
    for (const it of force.members) {
      const [agencyId, personId] = [idOf(it.agencyId), idOf(it.personId)];
      await addTaskForceMember(admin, { taskForceId, agencyId, personId });
      const where = 'task_force_id = $1 and agency_id = $2 and person_id = $3';
      made.endings.push({
        table: 'task_force_member',
        where,
        values: [taskForceId, agencyId, personId],
        term: it.term,
      });
    }
  }
  return made;
}

/** As whoever makes an agency does: its keys exist before its first record, or nothing can be saved under them. */
async function addAccessKeys(admin: FlowStack['admin']): Promise<void> {
  await admin.query(
    `insert into access_key (key) select 'agency:' || id from agency union select place_key from agency_place
     on conflict (key) do nothing`,
  );
}

/** "Each agency accepts the current policy text before it reads": with the branch that has one, every agency has. */
async function acceptPolicy(admin: FlowStack['admin']): Promise<void> {
  const { rows } = await admin.query<{ known: boolean }>(
    `select to_regclass('policy_acceptance') is not null as known`,
  );
  if (rows[0]?.known)
    await admin.query(
      `insert into policy_acceptance (agency_id, version) select a.id, p.version from agency a cross join policy_text p
       on conflict do nothing`,
    );
}

/** Tokens and headers of everybody. */
class ClientMaker {
  readonly #tokens = new Map<ActorFact, string>();
  readonly #revoked: string[] = [];

  constructor(
    private readonly stack: FlowStack,
    private readonly smith: TokenSmith,
    private readonly oris: ReadonlyMap<string, string | null>,
  ) {}

  /** For what the actor reads, unless something else is said. */
  of(actor: ActorFact, purpose: string | null = purposeOf(actor)): MatrixClient {
    const ori = actor.agencyId === null ? null : (this.oris.get(actor.agencyId) ?? null);
    return new MatrixClient(this.stack.api.url, { token: this.#tokenOf(actor), purpose, ori });
  }

  socketOf(actor: ActorFact, purpose: string | null): { url: string; params: Record<string, unknown> } {
    const token = this.#tokenOf(actor);
    const agency = actor.agencyId === null ? null : (this.oris.get(actor.agencyId) ?? null);
    const params = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(purpose === null ? {} : { purpose }),
      ...(agency === null ? {} : { agency }),
    };
    return { url: this.stack.api.url.replace('http', 'ws'), params };
  }

  async revoke(actors: readonly ActorFact[]): Promise<void> {
    for (const actor of actors) this.#tokenOf(actor);
    for (const jti of this.#revoked)
      await this.stack.admin.query(
        `insert into revoked_token (issuer, token_id, expires_at) values ($1, $2, now() + interval '1 day')`,
        [ISSUER, jti],
      );
  }

  #tokenOf(actor: ActorFact): string | null {
    const known = this.#tokens.get(actor);
    if (known !== undefined) return known;
    if (actor.credential === 'NONE') return null;
    const jti = `matrix-${this.#tokens.size}`;
    const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
    const token = this.smith.mint({
      jti,
      exp: Math.floor(Date.now() / 1_000) + 6 * 3_600,
      sub: actor.credential === 'UNKNOWN_SUBJECT' ? 'nobody' : actor.personId,
      ...(actor.credential === 'EXPIRED' ? { iat: hourAgo - 600, exp: hourAgo } : {}),
    });
    if (actor.credential === 'REVOKED') this.#revoked.push(jti);
    this.#tokens.set(actor, token);
    return token;
  }
}

const purposeOf = ({ purpose }: ActorFact): string => `${purpose}; ref=MATRIX-2026-001`;

/** One of each level and role that is alerted, and some whose keys end afterwards. */
async function watch(world: World, clients: ClientMaker): Promise<Set<ActorFact>> {
  const watching = new Set<ActorFact>();
  for (const actor of world.actors) {
    const roles = rolesBefore(world, actor);
    const sworn = world.agencies.find((it) => it.id === actor.agencyId)?.level !== 'COMMUNITY';
    const alerted = roles.some((role) => role === 'ANALYST' || role === 'SUPERVISOR' || role === 'WATCH_OFFICER');
    if (!sworn || actor.agencyId === null || !alerted || actor.credential !== 'GOOD') continue;
    // Whoever reads for something else has the same inbox.
    const same = [...watching].some((it) => it.personId === actor.personId && it.agencyId === actor.agencyId);
    watching.add(actor);
    if (same) continue;
    const { data, errors } = await clients.of(actor).ask(CREATE_RULE, { input: { name: 'everything' } });
    if (data === null) throw new Error(`no rule for ${actor.name}: ${JSON.stringify(errors)}`);
  }
  return watching;
}

const rolesBefore = (world: World, actor: ActorFact): Role[] =>
  world.seats
    .filter((it) => it.personId === actor.personId && it.agencyId === actor.agencyId)
    .flatMap((it) => it.roles);

async function submitAll(stack: FlowStack, world: World, clients: ClientMaker): Promise<void> {
  const groups = new Map<string, RecordFact[]>();
  for (const record of world.records)
    if (record.by === 'LOAD') groups.set(record.submitterId, [...(groups.get(record.submitterId) ?? []), record]);
  const { ownerUrl: url } = stack.database;
  const loader = openPool({ url, role: 'concord_loader', max: 2, statementTimeoutMs: 60_000 });
  try {
    for (const records of groups.values()) {
      const [first] = records;
      if (first === undefined) continue;
      const outcome = await loadReports(
        { ...services(stack), db: loader },
        actorOf(world, first),
        records.map(inputOf),
        { synthetic: false, spreadMs: 0 },
      );
      if (outcome.refused.length > 0) throw new Error(JSON.stringify(outcome.refused));
    }
  } finally {
    await loader.end();
  }
  await byHands(
    world.records.filter((it) => it.by === 'INSIDE'),
    async (record) => {
      const outcome = await submitReport(services(stack), actorOf(world, record), inputOf(record), {
        raisesAlerts: false,
      });
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify([record.n, outcome]));
    },
  );
  await byHands(
    world.records.filter((it) => it.by === 'HTTP'),
    async (record) => {
      const actor = {
        personId: record.submitterId,
        agencyId: record.agencyId,
        name: 'submitter',
        credential: 'GOOD',
        purpose: 'INVESTIGATION',
      } as const;
      const { data, errors } = await clients
        .of(actor)
        .ask<{ submitSeizureReport: Submitted }>(SUBMIT, { input: inputOf(record) });
      if (data?.submitSeizureReport.record === undefined) throw new Error(JSON.stringify([record.n, data, errors]));
    },
  );
}

/** What is corrected and recalled was something else before, and somebody may have been told of it. */
async function amendAll(stack: FlowStack, world: World, ids: ReadonlyMap<string, Ids>): Promise<void> {
  // Corrected to what it is now; recalled for good.
  await byHands(world.records, async (record) => {
    const { reportId: id } = known(ids, referenceOf(record));
    const actor = actorOf(world, record);
    if (record.sharedBefore !== null) {
      const input = inputOf({ ...record, sharedBefore: null });
      const outcome = await correctReport(services(stack), actor, { id, version: 1, input, reason: 'invented' });
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify([record.n, outcome]));
    }
    if (record.recalled) {
      const outcome = await recallReport(services(stack), actor, { id, version: 1, reason: 'invented' });
      if (outcome.kind !== 'recalled') throw new Error(JSON.stringify([record.n, outcome]));
    }
  });
  const lapsed = world.records.some((it) => it.embargo === 'LAPSES') ? LAPSE_MS : 0;
  // By the database's clock: an embargo is over when it says so.
  await stack.admin.query(
    `select pg_sleep(greatest(0, extract(epoch from max(released_at) - clock_timestamp())) + 0.01) from record_view
     where released_at < clock_timestamp() + $1 * interval '1 millisecond'`,
    [lapsed],
  );
}

async function end({ admin }: FlowStack, world: World, made: Made): Promise<void> {
  for (const { table, where, values, term } of made.endings) {
    if (term === 'NOW') continue;
    const set =
      term === 'ENDED' ? `valid_until = now() - interval '1 second'` : `valid_from = now() + interval '1 day'`;
    await admin.query(`update ${table} set ${set} where ${where}`, [...values]);
  }
  for (const person of world.persons)
    if (person.status === 'DISABLED')
      await admin.query(`update person set status = 'DISABLED' where id = $1`, [person.id]);
  for (const agency of world.agencies)
    if (agency.status === 'LEFT') await admin.query(`update agency set status = 'LEFT' where id = $1`, [agency.id]);
}

async function orisOf({ admin }: FlowStack): Promise<Map<string, string | null>> {
  const { rows } = await admin.query<{ id: string; ori: string | null }>('select id, ori from agency');
  return new Map(rows.map(({ id, ori }) => [id, ori]));
}

/** Of the personas' directory. */
async function idsBefore({ admin }: FlowStack): Promise<ReadonlySet<string>> {
  const { rows } = await admin.query<{ id: string }>(
    `select id::text from agency union all select id::text from membership union all select id::text from agreement
     union all select id::text from region`,
  );
  return new Set(rows.map(({ id }) => id));
}

async function idsByReference({ admin }: FlowStack): Promise<Map<string, Ids>> {
  const { rows } = await admin.query<{ reference: string; report: string; record: string }>(
    `select r.submitter_reference as reference, r.id as report, q.id as record
     from seizure_report r join seizure_record q on q.report_id = r.id`,
  );
  return new Map(rows.map(({ reference, report, record }) => [reference, { reportId: report, recordId: record }]));
}

/** What the API itself submits with. */
function services({ api }: FlowStack): SubmissionServices {
  const { db, keyHolder, clock, digestKey } = api.services;
  return { db, keyHolder, clock, digestKey };
}

function actorOf(world: World, { agencyId, submitterId }: RecordFact): AgencyActor {
  const agency = world.agencies.find((it) => it.id === agencyId);
  if (agency === undefined) throw new Error('every record has an agency');
  return {
    personId: submitterId,
    displayName: 'submitter',
    agency: { id: agencyId, ori: null, name: agency.name, level: agency.level },
    roles: new Set(['SUBMITTER']),
    purpose: null,
  };
}

function known<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`nothing is known of ${key}`);
  return value;
}

/** Each item once, some at a time. */
export async function byHands<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  hands = AT_ONCE,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: hands }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
