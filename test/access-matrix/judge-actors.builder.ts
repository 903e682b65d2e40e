import type { Findings } from './findings.js';
import { mayAsk, type Answer } from './may-ask.oracle.js';
import {
  asItWas,
  beforeTheEnd,
  isClosed,
  isSomebody,
  isSomebodyElsewhere,
  keyringOf,
  rolesOf,
  whoSees,
  whoSeesById,
} from './who-sees.oracle.js';
import type { WholeDocuments } from './whole-documents.js';
import type { StandingWorld } from './world.builder.js';
import type { ActorFact, RecordFact, World } from './world.facts.js';
import type { Refused } from './matrix-client.builder.js';

interface Reports {
  readonly mySeizureReports: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: { readonly id: string } }[];
  } | null;
}

interface Alerts {
  readonly alerts: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly {
      readonly node: {
        readonly id: string;
        readonly record: { readonly id: string; readonly precision: string } | null;
      };
    }[];
  } | null;
}

interface Overview {
  readonly records: number;
}

/** Asks as one actor for everything but records, and holds each answer against the oracle. */
export class ActorJudge {
  constructor(
    private readonly standing: StandingWorld,
    private readonly documents: WholeDocuments,
    private readonly findings: Findings,
  ) {}

  /** Every root field that is asked by HTTP, with a purpose and without one: who may ask at all. */
  async rootFields(
    actor: ActorFact,
    some: { readonly of: number; readonly turn: number } = { of: 1, turn: 0 },
    untilFound = false,
  ): Promise<void> {
    for (const [n, { name, kind }] of this.documents.rootFields().entries()) {
      if (kind === 'subscription' || (n + some.turn) % some.of !== 0) continue;
      if (untilFound && this.findings.faults > 0) return;
      const document = this.documents.harmlessCall(name);
      for (const purpose of [undefined, null]) {
        const expected = mayAsk(this.standing.world, actor, name, purpose !== null);
        // Without a purpose where that makes a difference.
        if (purpose === null && expected !== 'PURPOSE_REQUIRED') continue;
        const { errors } = await this.standing.clientOf(actor, purpose).ask(document);
        const got = answerOf(errors);
        const agrees =
          got === expected ||
          (expected === 'UNAUTHENTICATED' && got === 'FORBIDDEN' && isSomebodyElsewhere(this.standing.world, actor));
        this.findings.saw(`${name} ${expected ?? 'without a row'}`);
        this.findings.decide('root field', agrees, () =>
          expected === null
            ? `${name} has no row in the table`
            : `seed ${this.standing.world.seed}: ${actor.name} asks ${name} ${purpose === null ? 'without' : 'with'} a purpose and gets ${got}, where ${expected} is right${errors[0] === undefined ? '' : ` (${errors[0].code}: ${errors[0].message})`}`,
        );
      }
    }
  }

  /** What it is told of its own keys and roles. */
  async self(actor: ActorFact): Promise<void> {
    const { world } = this.standing;
    if (!isSomebody(world, actor)) return;
    const document = `{ me ${this.documents.everyFieldOf('Me')} }`;
    const { data, errors } = await this.standing.clientOf(actor).ask<{ me: Mine | null }>(document);
    const got = (data?.me?.keyring ?? []).map(({ key, precision }) => `${key} ${precision}`).sort();
    const expected = keyringOf(world, actor);
    this.findings.decide(
      'keyring',
      errors.length === 0 && got.join(', ') === expected.join(', '),
      () =>
        `seed ${world.seed}: ${actor.name} carries ${got.join(', ') || 'no keys'}, where ${expected.join(', ') || 'none'} is right`,
    );
    const roles = [...(data?.me?.roles ?? [])].sort().join(' ');
    this.findings.decide(
      'keyring',
      roles === rolesOf(world, actor).join(' ') && data?.me?.id === actor.personId,
      () => `seed ${world.seed}: ${actor.name} is told that its roles are ${roles}`,
    );
  }

  /** Reports: "only that agency ever sees it", in a list and by id. */
  async reports(actor: ActorFact, sample: readonly RecordFact[]): Promise<void> {
    const { world, idsOf } = this.standing;
    if (mayAsk(world, actor, 'Query.mySeizureReports', true) !== 'ANSWERED') return;
    const listed = await this.#ownReports(actor);
    for (const record of world.records) {
      const expected = record.agencyId === actor.agencyId;
      this.findings.decide(
        'report',
        listed.has(idsOf(record).reportId) === expected,
        () =>
          `seed ${world.seed}: ${actor.name} ${expected ? 'misses' : 'lists'} report ${record.n} of ${record.agencyId}`,
      );
    }
    const client = this.standing.clientOf(actor);
    for (const record of sample) {
      // A report's id, and the record's, which everybody who sees the record knows.
      for (const id of Object.values(idsOf(record))) {
        const { data, errors } = await client.ask<{ seizureReport: { narrative: string | null } | null }>(
          `{ seizureReport(id: "${id}") ${this.documents.everyFieldOf('SeizureReport')} }`,
        );
        const expected = record.agencyId === actor.agencyId && id === idsOf(record).reportId;
        const agrees = expected
          ? data?.seizureReport?.narrative === record.secret.narrative
          : data?.seizureReport == null && errors[0]?.code === 'NOT_FOUND';
        this.findings.decide(
          'report',
          agrees,
          () =>
            `seed ${world.seed}: ${actor.name} asks for report ${record.n} by ${id} and gets ${JSON.stringify(data).slice(0, 80)} ${errors[0]?.code ?? ''}`,
        );
      }
    }
  }

  /** Overviews count what their reader can list and is released, and nothing else. */
  async overviews(actor: ActorFact): Promise<void> {
    const { world } = this.standing;
    const agency = world.agencies.find((it) => it.id === actor.agencyId);
    const visible = world.records.filter(
      (record) => record.embargo !== 'IN_FORCE' && !['-', 'X', '?'].includes(whoSees(world, actor, record).seen),
    );
    for (const [field, among] of [
      ['stateOverview', visible.filter(({ place }) => agency?.places.includes(`state:${place.stateFips}`) ?? false)],
      ['nationOverview', visible],
    ] as const) {
      if (mayAsk(world, actor, `Query.${field}`, true) !== 'ANSWERED') continue;
      const type = field === 'stateOverview' ? 'StateOverview' : 'NationOverview';
      const { data, errors } = await this.standing
        .clientOf(actor)
        .ask<Record<string, Overview | null>>(`{ ${field} ${this.documents.everyFieldOf(type)} }`);
      const got = data?.[field]?.records ?? errors[0]?.code ?? 'none';
      // What others share is closed to the whole agency, and that is said in place of a number.
      const expected = isClosed(world, actor) ? 'POLICY_NOT_ACCEPTED' : among.length;
      this.findings.decide(
        'count',
        got === expected,
        () => `seed ${world.seed}: ${actor.name} is told of ${got} records by ${field}, where ${expected} is right`,
      );
    }
  }

  /** Alerts of what was visible when it was submitted; of what is not visible now, the alert without its record. */
  async alerts(actor: ActorFact): Promise<void> {
    const { world, idsOf, watchers } = this.standing;
    if (!watchers.has(actor) || mayAsk(world, actor, 'Query.alerts', true) !== 'ANSWERED') return;
    const nodes = await this.#inbox(actor);
    const [atFirst, atLast] = [asItWas(world), beforeTheEnd(world)];
    // A rule stands for whatever its owner will name.
    const owner: ActorFact = { ...actor, purpose: 'ANY' };
    const now = new Map(
      nodes.flatMap(({ record }) => (record === null ? [] : [[record.id, record.precision] as const])),
    );
    let told = 0;
    for (const [n, record] of world.records.entries()) {
      // Told of a release, where the way in raises alerts, and of a correction that opened it; before a release nobody is,
      // not even its agency.
      const released = record.by === 'HTTP' && record.embargo !== 'IN_FORCE';
      const wasShown =
        (released && isShown(record.embargo === 'LAPSES' ? atLast : atFirst, owner, n)) ||
        (record.sharedBefore !== null && isShown(atLast, owner, n));
      if (wasShown) told += 1;
      const { seen, because } = whoSeesById(world, actor, record);
      const expected = wasShown ? seen : '-';
      const got = now.get(idsOf(record).recordId) ?? '-';
      this.findings.decide(
        'alert',
        got === expected,
        () =>
          `seed ${world.seed}: ${actor.name} is alerted to record ${record.n} at ${got}, where ${expected} is right: it was ${wasShown ? '' : 'not '}visible before, and now ${seen}, for ${because}`,
      );
    }
    this.findings.decide(
      'alert',
      nodes.length === told,
      () => `seed ${world.seed}: ${actor.name} has ${nodes.length} alerts, where ${told} is right`,
    );
  }

  async #ownReports(actor: ActorFact): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const document = `query($after: String) { mySeizureReports(first: 200, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id } } } }`;
    for (let after: string | null = null; ;) {
      const { data }: { data: Reports | null } = await this.standing.clientOf(actor).ask<Reports>(document, { after });
      const page: Reports['mySeizureReports'] = data?.mySeizureReports ?? null;
      for (const { node } of page?.edges ?? []) ids.add(node.id);
      if (!page?.pageInfo.hasNextPage) return ids;
      after = page.pageInfo.endCursor;
    }
  }

  async #inbox(actor: ActorFact): Promise<Alert[]> {
    const alerts: Alert[] = [];
    const document = `query($after: String) { alerts(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id record { id precision } } } } }`;
    for (let after: string | null = null; ;) {
      const { data }: { data: Alerts | null } = await this.standing.clientOf(actor).ask<Alerts>(document, { after });
      const page: Alerts['alerts'] = data?.alerts ?? null;
      alerts.push(...(page?.edges ?? []).map(({ node }) => node));
      if (!page?.pageInfo.hasNextPage) return alerts;
      after = page.pageInfo.endCursor;
    }
  }
}

interface Mine {
  readonly id: string;
  readonly roles: readonly string[];
  readonly keyring: readonly { readonly key: string; readonly precision: string }[];
}

type Alert = NonNullable<Alerts['alerts']>['edges'][number]['node'];

function isShown(world: World, actor: ActorFact, n: number): boolean {
  const record = world.records[n];
  return record !== undefined && !['-', 'X', '?'].includes(whoSees(world, actor, record).seen);
}

/** Whatever is not a refusal at the door is an answer. */
function answerOf(errors: readonly Refused[]): Answer {
  const code = errors[0]?.code;
  return code === 'FORBIDDEN' || code === 'PURPOSE_REQUIRED' || code === 'UNAUTHENTICATED' ? code : 'ANSWERED';
}
