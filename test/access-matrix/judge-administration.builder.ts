import {
  agreements,
  apiKeys,
  approvals,
  isShownApproval,
  dangers,
  explained,
  listedAgencies,
  listedRegions,
  members,
  membersOf,
  ownMemberships,
  placesOf,
  type Rows,
} from './administration.oracle.js';
import type { Findings } from './findings.js';
import type { MatrixClient } from './matrix-client.builder.js';
import { mayAsk } from './may-ask.oracle.js';
import { agencyOf, isSomebody } from './who-sees.oracle.js';
import type { StandingWorld } from './world.builder.js';
import type { ActorFact, RecordFact } from './world.facts.js';

type Node = Readonly<Record<string, unknown>> & { readonly id: string };

interface Connection {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly node: Node }[];
}

/** A list of administration: what is asked, what of a row is told, what the oracle says. */
interface List {
  readonly field: string;
  readonly args?: string;
  readonly fields: string;
  readonly tell: (node: Node) => string;
  readonly expected: Rows;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const DIGEST = 'a'.repeat(64);
const sorted = (items: unknown): string => [...(items as string[])].sort().join(' ');
const idOf = (item: unknown): string => (item as Named | null)?.id ?? 'nobody';

/** Asks as one actor for what administration answers, and holds every row against the oracle. */
export class AdministrationJudge {
  constructor(
    private readonly standing: StandingWorld,
    private readonly findings: Findings,
  ) {}

  /** Every list that the actor may ask for: which rows come back, and what they say. */
  async lists(actor: ActorFact): Promise<void> {
    const client = this.standing.clientOf(actor);
    for (const list of this.#listsOf(actor)) {
      if (mayAsk(this.standing.world, actor, `Query.${list.field}`, true) !== 'ANSWERED') continue;
      const got = await allOf(client, list);
      this.#compare(actor, `${list.field}${list.args ?? ''}`, got, list.expected);
    }
    await this.#self(actor, client);
    await this.#membersElsewhere(actor, client);
  }

  /** Why somebody reads a record of one's own, of others' nothing. */
  async explanations(actor: ActorFact, sample: readonly RecordFact[]): Promise<void> {
    const { world } = this.standing;
    if (mayAsk(world, actor, 'Query.explainAccess', true) !== 'ANSWERED') return;
    const own = world.records.filter((it) => it.agencyId === actor.agencyId).slice(0, sample.length);
    const client = this.standing.clientOf(actor);
    for (const [n, record] of [...own, ...sample].entries()) {
      const person = world.persons[(n * 7 + actor.name.length) % world.persons.length];
      if (person === undefined) continue;
      const { data, errors } = await client.ask<{
        explainAccess: { precision: string | null; because: readonly { key: string }[] } | null;
      }>(
        `{ explainAccess(recordId: "${record.recordId}", personId: "${person.id}") { allowed precision because { key } } }`,
      );
      const answer = data?.explainAccess ?? null;
      const got =
        answer === null
          ? (errors[0]?.code ?? 'nothing')
          : `${answer.precision ?? '-'} by ${[...new Set(answer.because.map(({ key }) => key))].sort().join(' ')}`;
      const right = explained(world, record, person.id);
      const expected =
        record.agencyId === actor.agencyId ? `${right.precision ?? '-'} by ${right.keys.join(' ')}` : 'NOT_FOUND';
      this.findings.decide(
        'administration',
        got === expected,
        () =>
          `seed ${world.seed}: ${actor.name} asks why ${person.id} reads record ${record.n} of ${record.agencyId} and gets ${got}, where ${expected} is right`,
      );
    }
  }

  /** What is another agency's is as absent to every act as what nobody made. */
  async acts(actor: ActorFact): Promise<void> {
    const { world } = this.standing;
    if (!isSomebody(world, actor)) return;
    const client = this.standing.clientOf(actor);
    for (const [field, document, isOthers] of this.#actsOf(actor)) {
      if (!isOthers || mayAsk(world, actor, `Mutation.${field}`, true) !== 'ANSWERED') continue;
      const { data, errors } = await client.ask<Record<string, { issues?: readonly { code: string }[] } | null>>(
        `mutation { ${field}${document} { __typename ... on AdminRejected { issues { code } } } }`,
      );
      const got = data?.[field]?.issues?.[0]?.code ?? errors[0]?.code ?? 'done';
      this.findings.decide(
        'administration',
        got === 'NOT_FOUND',
        () => `seed ${world.seed}: ${actor.name} may ${field}${document} and gets ${got}, where NOT_FOUND is right`,
      );
    }
  }

  #listsOf(actor: ActorFact): List[] {
    const { world } = this.standing;
    const danger = (unreviewed: boolean): List => ({
      field: 'imminentDangerOpenings',
      args: `unreviewed: ${unreviewed}`,
      fields: 'id side recordId reason openedBy { id } review { note }',
      tell: (it) =>
        `${String(it['side'])}, record ${String(it['recordId'])}, by ${idOf(it['openedBy'])}, ${it['reason'] === null ? 'no reason' : 'with its reason'}, ${it['review'] === null ? 'not reviewed' : 'reviewed'}`,
      expected: dangers(world, actor, unreviewed),
    });
    const ofMembers = (ended: boolean): List => ({
      field: 'members',
      args: `ended: ${ended}`,
      fields: 'id person { id } roles',
      tell: (it) => `${idOf(it['person'])} as ${sorted(it['roles'])}`,
      expected: members(world, actor, ended),
    });
    return [
      {
        field: 'agencies',
        fields: 'id name level parent { id } jurisdiction { nation stateFips countyFips tribes }',
        tell: (it) =>
          `${String(it['name'])}, ${String(it['level'])}, under ${idOf(it['parent'])}, of ${jurisdiction(it['jurisdiction'])}`,
        expected: listedAgencies(world),
      },
      {
        field: 'regions',
        fields: 'id countyFips',
        tell: (it) => sorted(it['countyFips']),
        expected: listedRegions(world),
      },
      {
        field: 'approvals',
        fields: 'id state needs requestedBy { id } decidedBy { id }',
        tell: (it) =>
          `${String(it['state'])}, needs ${String(it['needs'])}, by ${idOf(it['requestedBy'])}, decided by ${idOf(it['decidedBy'])}`,
        expected: approvals(world, actor),
      },
      {
        field: 'agreements',
        fields: 'id name until purposes parties { name signed until }',
        tell: agreement,
        expected: agreements(world, actor),
      },
      {
        field: 'apiKeys',
        fields: 'id personId revokedAt expiresAt',
        tell: (it) =>
          `${it['revokedAt'] !== null ? 'REVOKED' : Date.parse(String(it['expiresAt'])) < Date.now() ? 'EXPIRED' : 'ALIVE'}, acts from ${String(it['personId'])}`,
        expected: apiKeys(world, actor),
      },
      ofMembers(false),
      ofMembers(true),
      danger(false),
      danger(true),
    ];
  }

  /** One's own seats, what waits for a review, where the agency stands with the policy text, what it has set. */
  async #self(actor: ActorFact, client: MatrixClient): Promise<void> {
    const { world } = this.standing;
    if (!isSomebody(world, actor)) return;
    const { data } = await client.ask<{ me: Self | null }>(
      '{ me { memberships { id roles } imminentDangersToReview policy { accepted closed } } }',
    );
    const me = data?.me ?? null;
    const got = new Map((me?.memberships ?? []).map((it) => [it.id, sorted(it.roles)]));
    this.#compare(actor, 'me { memberships }', got, ownMemberships(world, actor));
    const notified = mayAsk(world, actor, 'Query.imminentDangerOpenings', true) === 'ANSWERED';
    const policy = agencyOf(world, actor.agencyId)?.policy ?? null;
    const expected = [
      notified ? dangers(world, actor, true).size : 0,
      policy === 'ACCEPTED',
      policy === 'OVERDUE',
    ].join(' ');
    const told = [me?.imminentDangersToReview, me?.policy?.accepted, me?.policy?.closed].join(' ');
    this.findings.decide(
      'administration',
      told === expected,
      () => `seed ${world.seed}: ${actor.name} is told ${told} of itself, where ${expected} is right`,
    );
  }

  /** Named by its ORI: one's own agency, one that is another's, one that has left. */
  async #membersElsewhere(actor: ActorFact, client: MatrixClient): Promise<void> {
    const { world, oriOf } = this.standing;
    if (mayAsk(world, actor, 'Query.members', true) !== 'ANSWERED') return;
    for (const agency of world.agencies) {
      const ori = oriOf(agency.id);
      if (ori === null) continue;
      const expected = membersOf(world, actor, agency.id);
      const { data, errors } = await client.ask<{ members: Connection | null }>(
        `{ members(first: 200, agencyOri: "${ori}") { pageInfo { hasNextPage endCursor } edges { node { id person { id } roles } } } }`,
      );
      const got = new Map(
        (data?.members?.edges ?? []).map(({ node }) => [
          node.id,
          `${idOf(node['person'])} as ${sorted(node['roles'])}`,
        ]),
      );
      if (expected !== null) this.#compare(actor, `members of ${agency.name}`, got, expected);
      else
        this.findings.decide(
          'administration',
          got.size === 0 && errors[0]?.code === 'NOT_FOUND',
          () =>
            `seed ${world.seed}: ${actor.name} asks for the members of ${agency.name} and gets ${got.size}, ${errors[0]?.code ?? 'no refusal'}`,
        );
    }
  }

  /** One decision for each row that the world or the answer has. Agencies and people of the stack's own are no part of it. */
  #compare(actor: ActorFact, what: string, got: Rows, expected: Rows): void {
    const { world, isOfTheStack } = this.standing;
    for (const id of new Set([...got.keys(), ...expected.keys()])) {
      if (isOfTheStack(id)) continue;
      const [shown, right] = [got.get(id) ?? 'nothing', expected.get(id) ?? 'nothing'];
      this.findings.decide(
        'administration',
        shown === right,
        () => `seed ${world.seed}: ${actor.name} gets ${shown} of ${id} in ${what}, where ${right} is right`,
      );
    }
    // That an answer holds nothing more is a decision about everything that it leaves out.
    this.findings.decide('administration', true, () => '');
  }

  /** Acts on what is not the actor's, by ids that are there. */
  *#actsOf(actor: ActorFact): Generator<readonly [field: string, args: string, isOthers: boolean]> {
    const { world } = this.standing;
    const ofAgency = actor.agencyId !== null;
    const shown = { agreements: agreements(world, actor) };
    const some = <T>(items: readonly T[], is: (item: T) => boolean): T[] => {
      const found = items.filter(is);
      return found.slice(actor.name.length % Math.max(1, found.length - 1)).slice(0, 2);
    };
    for (const { id } of some(world.apiKeys, (it) => it.agencyId !== actor.agencyId))
      yield ['revokeApiKey', `(id: "${id}")`, true];
    for (const { id } of some(world.seats, (it) => it.agencyId !== actor.agencyId))
      yield ['endMembership', `(id: "${id}", reason: "invented")`, ofAgency];
    for (const { id } of some(world.approvals, (it) => !isShownApproval(world, actor, it)))
      yield ['decideApproval', `(id: "${id}", approve: false)`, true];
    for (const { id } of some(world.agreements, (it) => !shown.agreements.has(it.id))) {
      yield ['endAgreement', `(id: "${id}", reason: "invented")`, ofAgency];
      yield ['signAgreement', `(input: { agreementId: "${id}", textDigest: "${DIGEST}" })`, ofAgency];
    }
    const ours = dangers(world, actor, false);
    for (const { id } of some(world.dangers, (it) => !(ours.get(it.id) ?? 'WATCHED').startsWith('OPENED')))
      yield ['reviewImminentDanger', `(id: "${id}", note: "invented")`, ofAgency];
    const seated = new Set(world.seats.filter((it) => it.agencyId === actor.agencyId).map((it) => it.personId));
    for (const { id } of some(world.persons, (it) => !seated.has(it.id) && it.id !== actor.personId))
      yield ['disablePerson', `(id: "${id}")`, ofAgency];
  }
}

interface Self {
  readonly memberships: readonly { readonly id: string; readonly roles: readonly string[] }[];
  readonly imminentDangersToReview: number;
  readonly policy: { readonly accepted: boolean; readonly closed: boolean } | null;
}

async function allOf(client: MatrixClient, { field, args, fields, tell }: List): Promise<Rows> {
  const got = new Map<string, string>();
  for (let after: string | null = null; ;) {
    const given = [args, 'first: 200', after === null ? undefined : `after: "${after}"`].filter(Boolean).join(', ');
    const { data, errors }: { data: Record<string, Connection | null> | null; errors: readonly { code: string }[] } =
      await client.ask<Record<string, Connection | null>>(
        `{ ${field}(${given}) { pageInfo { hasNextPage endCursor } edges { node { ${fields} } } } }`,
      );
    const page: Connection | null = data?.[field] ?? null;
    if (page === null) {
      got.set('the list', `refused: ${errors[0]?.code ?? ''}`);
      return got;
    }
    for (const { node } of page.edges) got.set(node.id, got.has(node.id) ? 'twice' : tell(node));
    if (!page.pageInfo.hasNextPage) return got;
    after = page.pageInfo.endCursor;
  }
}

function jurisdiction(shown: unknown): string {
  const { nation, stateFips, countyFips, tribes } = shown as {
    readonly nation: boolean;
    readonly stateFips: readonly string[];
    readonly countyFips: readonly string[];
    readonly tribes: readonly string[];
  };
  return placesOf([
    ...(nation ? ['nation:us'] : []),
    ...stateFips.map((it) => `state:${it}`),
    ...countyFips.map((it) => `county:${it}`),
    ...tribes.map((it) => `tribe:${it}`),
  ]);
}

function agreement(node: Node): string {
  const isOver = (until: unknown): boolean => typeof until === 'string' && Date.parse(until) <= Date.now();
  const parties = (node['parties'] as readonly { name: string; signed: boolean; until: string | null }[]).map(
    (it) => `${it.name} ${it.signed ? 'bound' : 'named'}${isOver(it.until) ? ', ended' : ''}`,
  );
  return `${String(node['name'])}, ${isOver(node['until']) ? 'ended' : 'open'}, for ${sorted(node['purposes'])}: ${parties.sort().join('; ')}`;
}
