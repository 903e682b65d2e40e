import type { Findings } from './findings.js';
import { holds, type AskedFilter } from './filter.oracle.js';
import type { MatrixClient, Refused } from './matrix-client.builder.js';
import { carriedAt } from './record-fields.oracle.js';
import { differences, expectedView, type ShownAt } from './record-view.oracle.js';
import { isClosed, isSomebodyElsewhere, whoSees, whoSeesById, type Verdict } from './who-sees.oracle.js';
import { whyDiffers } from './why.oracle.js';
import type { WholeDocuments } from './whole-documents.js';
import type { StandingWorld } from './world.builder.js';
import type { ActorFact, RecordFact } from './world.facts.js';

type Shown = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly precision: string;
  readonly releasedAt: string;
};

interface Page {
  readonly seizureRecords: {
    readonly totalCount: { readonly value: number; readonly atLeast: boolean };
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly {
      readonly cursor: string;
      readonly match: 'CERTAIN' | 'POSSIBLE';
      readonly node: Shown;
    }[];
  } | null;
}

/** So that a page of whole records stays below what a document may cost. */
const PAGE = 100;
const MOST_OF_A_PAGE = 200;
/** In place of nothing, where the agency has not accepted the policy text that is in force. */
const CLOSED = 'closed';
const BY_ID_AT_ONCE = 10;

/** Asks for records in every way there is, as one actor, and holds each answer against the oracle. */
export class RecordJudge {
  readonly #byId: ReadonlyMap<string, RecordFact>;
  readonly #wholeRecord: string;

  constructor(
    private readonly standing: StandingWorld,
    private readonly documents: WholeDocuments,
    private readonly findings: Findings,
  ) {
    this.#byId = new Map(standing.world.records.map((record) => [standing.idsOf(record).recordId, record]));
    this.#wholeRecord = documents.everyFieldOf('SeizureRecord', ['SeizureRecord.disseminations']);
  }

  verdict(actor: ActorFact, record: RecordFact): Verdict {
    return whoSees(this.standing.world, actor, record);
  }

  /** Every record, field by field, from the list without a filter. */
  async list(actor: ActorFact): Promise<void> {
    const { records } = this.standing.world;
    const verdicts = records.map((record) => this.verdict(actor, record));
    const shown = await this.#pages(actor, null, this.#wholeRecord, verdicts.some(isShown));
    if (shown === null) return;
    for (const [n, record] of records.entries()) {
      const verdict = verdicts[n] ?? this.verdict(actor, record);
      this.findings.saw(verdict.seen);
      const found = shown.nodes.get(this.standing.idsOf(record).recordId);
      const precision = found?.node.precision ?? '-';
      this.findings.decide('list', precision === verdict.seen, () =>
        this.#told(actor, record, verdict, precision, 'in its list'),
      );
      if (found !== undefined) this.#judgeFields(actor, record, verdict, found.node);
    }
    this.#judgeOrder(actor, shown);
  }

  /** One filter over all records: which are there, and whether surely. */
  async filter(actor: ActorFact, filter: AskedFilter): Promise<void> {
    const judged = this.standing.world.records.map((record) => {
      const verdict = this.verdict(actor, record);
      return { record, verdict, truth: isShown(verdict) ? holds(filter, record, verdict.seen) : false };
    });
    const some = judged.some(({ truth }) => truth !== false);
    const shown = await this.#pages(actor, filter, '{ id precision releasedAt }', some, MOST_OF_A_PAGE);
    if (shown === null) return;
    for (const { record, verdict, truth } of judged) {
      const expected = truth === false ? '-' : truth === null ? 'POSSIBLE' : 'CERTAIN';
      const found = shown.nodes.get(this.standing.idsOf(record).recordId)?.match ?? '-';
      this.findings.decide(
        'filter',
        found === expected,
        () =>
          `${this.#told(actor, record, verdict, found, `under ${JSON.stringify(filter)}`)}, where ${expected} is right`,
      );
    }
    this.#judgeOrder(actor, shown);
  }

  /** By id, many in one document, with ids of nothing among them: hidden and absent come back the same. */
  async byId(actor: ActorFact, records: readonly RecordFact[]): Promise<void> {
    const client = this.standing.clientOf(actor);
    for (let n = 0; n < records.length; n += BY_ID_AT_ONCE) {
      const some = records.slice(n, n + BY_ID_AT_ONCE);
      const parts = some.map(
        (record, i) =>
          `r${i}: seizureRecord(id: "${this.standing.idsOf(record).recordId}") { id precision releasedAt }`,
      );
      const { data, errors } = await client.ask<Record<string, Shown | null>>(`{ ${parts.join(' ')} }`);
      some.forEach((record, i) => {
        const verdict = whoSeesById(this.standing.world, actor, record);
        const got = data?.[`r${i}`]?.precision ?? seenBy(errors.find(({ path }) => path[0] === `r${i}`) ?? errors[0]);
        const expected = verdict.seen === '-' && isClosed(this.standing.world, actor) ? CLOSED : verdict.seen;
        this.findings.decide('by id', got === expected || this.#isTurnedAway(actor, verdict, got), () =>
          this.#told(actor, record, verdict, got, 'by its id'),
        );
      });
    }
  }

  #isTurnedAway(actor: ActorFact, { seen }: Verdict, got: string): boolean {
    return seen === '?' && got === 'X' && isSomebodyElsewhere(this.standing.world, actor);
  }

  #judgeFields(actor: ActorFact, record: RecordFact, verdict: Verdict, shown: Shown): void {
    for (const { field, value } of leaves('SeizureRecord', shown, this.documents)) {
      const carried = carriedAt(field, shown.precision);
      this.findings.decide('field', carried === 'yes' || (carried === '-' && value === null), () =>
        carried === null
          ? `the field ${field} has no row in the table`
          : `${this.#told(actor, record, verdict, shown.precision, 'in its list')}, and ${field}, which is not carried there, is ${JSON.stringify(value)}`,
      );
    }
    if (!isShown(verdict) || verdict.seen !== shown.precision) return;
    const found = differences(expectedView(this.standing.world, record, verdict.seen), shown, 'record');
    found.push(...whyDiffers(this.standing.world, actor, record, shown));
    const text = JSON.stringify(shown);
    const { secret } = record;
    for (const hidden of [secret.narrative, secret.phone, secret.suspicion, 'Quagmire', `MATRIX-`])
      if (text.includes(hidden)) found.push(`its answer holds ${JSON.stringify(hidden)}`);
    this.findings.decide(
      'field',
      found.length === 0,
      () => `${this.#told(actor, record, verdict, shown.precision, 'in its list')}, but ${found.join('; ')}`,
    );
  }

  /** Newest release first, each once, and a count that tells of nothing more. */
  #judgeOrder(actor: ActorFact, shown: Listed): void {
    const { order, total, repeated } = shown;
    const sorted = order.every((at, n) => n === 0 || Date.parse(order[n - 1] ?? '') >= Date.parse(at));
    this.findings.decide(
      'count',
      sorted && !repeated && total.value === order.length && !total.atLeast,
      () =>
        `${actor.name} is told of ${total.value} records and gets ${order.length}${sorted ? '' : ', out of order'}${repeated ? ', some twice' : ''}`,
    );
  }

  /** @param some whether the oracle has anything to show: whose agency is closed is told so in place of an empty page. */
  async #pages(
    actor: ActorFact,
    filter: AskedFilter | null,
    fields: string,
    some: boolean,
    first = PAGE,
  ): Promise<Listed | null> {
    const client = this.standing.clientOf(actor);
    const document = `query($filter: SeizureRecordFilter, $first: Int, $after: String) { seizureRecords(filter: $filter, first: $first, after: $after) {
      totalCount { value atLeast } pageInfo { hasNextPage endCursor } edges { cursor match node ${fields} } } }`;
    const nodes = new Map<string, { node: Shown; match: 'CERTAIN' | 'POSSIBLE' }>();
    const order: string[] = [];
    let [repeated, total] = [false, { value: 0, atLeast: false }];
    for (let after: string | null = null; ;) {
      const { data, errors } = await pageOf(client, document, { filter, first, after });
      if (data?.seizureRecords == null || errors.length > 0) return this.#refused(actor, errors, some);
      const { edges, pageInfo, totalCount } = data.seizureRecords;
      if (after === null) total = totalCount;
      for (const { node, match } of edges) {
        repeated ||= nodes.has(node.id);
        nodes.set(node.id, { node, match });
        order.push(node.releasedAt);
        if (!this.#byId.has(node.id))
          this.findings.decide('list', false, () => `${actor.name} gets a record that nobody made: ${node.id}`);
      }
      if (!pageInfo.hasNextPage) {
        if (order.length === 0 && isClosed(this.standing.world, actor))
          this.findings.decide('list', false, () => `${actor.name} is not told that its agency is closed`);
        return { nodes, order, total, repeated };
      }
      after = pageInfo.endCursor;
    }
  }

  /** A refused list is one decision, whatever there is. */
  #refused(actor: ActorFact, errors: readonly Refused[], some: boolean): null {
    const [record] = this.standing.world.records;
    if (record === undefined) return null;
    const verdict = this.verdict(actor, record);
    const got = seenBy(errors[0]);
    const expected = isClosed(this.standing.world, actor) && !some ? CLOSED : verdict.seen;
    this.findings.saw(expected);
    this.findings.decide('list', got === expected || this.#isTurnedAway(actor, verdict, got), () =>
      this.#told(actor, record, verdict, got, 'in its list'),
    );
    return null;
  }

  /** A counterexample, as a sentence that can be looked into. */
  #told(actor: ActorFact, record: RecordFact, { seen, because }: Verdict, got: string, where: string): string {
    const owner = this.standing.world.agencies.find((it) => it.id === record.agencyId);
    const traits = [
      `sharing ${record.sharing}`,
      record.taskForceIds.length > 0 ? `into ${record.taskForceIds.length} task forces` : '',
      record.embargo === 'NONE' ? '' : `embargo ${record.embargo}`,
      record.recalled ? 'recalled' : '',
      record.sharedBefore === null ? '' : `shared ${record.sharedBefore} before`,
      record.withhold.length > 0 ? `withholding ${record.withhold.join(' ')}` : '',
    ].filter((it) => it !== '');
    return `seed ${this.standing.world.seed}: ${actor.name} gets ${got} of record ${record.n} of ${owner?.name ?? '?'} in ${record.place.countyFips} (${traits.join(', ')}) ${where}, and should get ${seen}, for ${because}`;
  }
}

interface Listed {
  readonly nodes: ReadonlyMap<string, { readonly node: Shown; readonly match: 'CERTAIN' | 'POSSIBLE' }>;
  readonly order: readonly string[];
  readonly total: { readonly value: number; readonly atLeast: boolean };
  readonly repeated: boolean;
}

const pageOf = (client: MatrixClient, document: string, variables: Record<string, unknown>) =>
  client.ask<Page>(document, variables);

const isShown = (verdict: Verdict): verdict is Verdict & { readonly seen: ShownAt } =>
  verdict.seen === 'OWNER' || verdict.seen === 'TASK_FORCE' || verdict.seen === 'PARTNER';

/** Refusals in the words of the oracle; what is none of them is shown as it is. */
function seenBy(refused: Refused | undefined): string {
  const words: Readonly<Record<string, string>> = {
    NOT_FOUND: '-',
    FORBIDDEN: 'X',
    UNAUTHENTICATED: '?',
    POLICY_NOT_ACCEPTED: CLOSED,
  };
  return refused === undefined ? 'nothing' : (words[refused.code] ?? refused.code);
}

/** Every field of an answer by `Type.field`; of lists, every item's. */
function* leaves(
  typeName: string,
  value: unknown,
  documents: WholeDocuments,
): Generator<{ field: string; value: unknown }> {
  if (Array.isArray(value)) {
    for (const one of value) yield* leaves(typeName, one, documents);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    yield { field: `${typeName}.${name}`, value: one };
    const inner = documents.typeOf(typeName, name);
    if (inner !== null) yield* leaves(inner, one, documents);
  }
}
