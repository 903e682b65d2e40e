import { RELEASE_POLICY_1 } from '@concord/deidentification';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { concord } from '../../faults/concord-command.builder.js';
import { CORRECT, RECALL } from '../../flows/documents.js';
import type { FlowStack } from '../../flows/stack.builder.js';
import { CommunityBatches, dueAt, type Batch } from '../news/community-batches.js';
import { FIRST_FACTS, readCommunity, type KeepingReader, type NewRows } from './keeping-readers.builder.js';
import {
  belowTheViews,
  drawReport,
  kindsOf,
  otherControls,
  otherFacts,
  SUBMITTERS,
  type RealInput,
  type RealRecord,
} from './real-records.builder.js';

export type Step =
  'submit' | 'company' | 'alone' | 'control' | 'below' | 'facts' | 'recall' | 'batch' | 'january' | 'policy';

/**
 * What happens in a history. In every stretch of it the year ends once, the policy changes twice, and at some time before
 * a class finds company and is let out: a history in which nothing ever is would prove nothing.
 */
export function stepsOf(random: SeededRandom, length: number): Step[] {
  const steps = Array.from({ length }, () =>
    random.weighted<Step>([
      ...[['submit', 9] as const, ['control', 5] as const, ['facts', 2] as const],
      ...[['below', 1] as const, ['recall', 1] as const, ['batch', 4] as const],
    ]),
  );
  const stretch = Math.min(length, 40);
  for (let from = 0; from + stretch <= length; from += stretch)
    for (const [part, step] of [
      [0.4, 'policy'],
      [0.6, 'january'],
      [0.8, 'policy'],
    ] as const)
      steps[from + Math.floor(part * stretch)] = step;
  for (let from = 0; from + stretch <= length; from += stretch) {
    const at = from + random.between(0, Math.max(0, Math.floor(0.4 * stretch) - 2));
    steps.splice(at, 2, 'company', 'batch');
  }
  return [...steps, 'batch'];
}

const WEEK_MS = 7 * 86_400_000;
/** The first week of February after the clock's: half a year and more of batches before a year begins. */
const START = dueAt(Date.UTC(new Date(Date.now() + WEEK_MS).getUTCFullYear() + 1, 1, 8)) + 1;

/** What the policies that are published in a history say, beside version 1. All of them nest. */
const TIER_CHOICES: readonly (readonly [tier: string, rule: string, entries: readonly [object, ...object[]]])[] = [
  ['PARTNER', 'place', [{ level: 'COUNTY' }, { level: 'STATE' }]],
  ['PARTNER', 'occurred', [{ level: 'ISO_WEEK', ownerMayChoose: 'DAY' }, { level: 'ISO_WEEK' }]],
  ['PARTNER', 'substances.form', [{ level: 'AS_REPORTED' }, { level: 'ABSENT' }]],
  ['PARTNER', 'substances.purity', [{ level: 'BAND_10' }, { level: 'BAND_20' }, { level: 'ABSENT' }]],
  ['PARTNER', 'concealment', [{ level: 'AS_REPORTED', withheldBy: 'METHOD' }, { level: 'ABSENT' }]],
  ['PARTNER', 'route', [{ level: 'STATE' }, { level: 'COUNTRY' }]],
  ['TASK_FORCE', 'substances.purity', [{ level: 'EXACT' }, { level: 'BAND_5' }]],
  ['TASK_FORCE', 'people.age', [{ level: 'BAND_10' }, { level: 'BAND_20' }]],
];

/** One history, in the whole service by its API and commands, and in the model of COMMUNITY's batches alike. */
export class RealHistory {
  readonly records: RealRecord[] = [];
  readonly taken: Step[] = [];
  /** What went wrong, in words. */
  readonly broken: string[] = [];
  /** The fewest rows that a reader who kept every batch of an edition can tell apart from the others, and their agencies. */
  smallestGroup = Infinity;
  fewestAgencies = Infinity;
  released = 0;
  editions = new Set<number>();
  #model = new CommunityBatches();
  /** What half of what is submitted is like. */
  readonly #popular: RealInput;
  #week = 0;
  #policy = 1;
  #known = new Set<string>();
  #edition = 0;
  /** The list as the partner read it last. */
  #rows: readonly { readonly id: string; readonly kind: string }[] = [];

  private constructor(
    private readonly stack: FlowStack,
    private readonly random: SeededRandom,
    private readonly readers: readonly KeepingReader[],
    private readonly folder: string,
  ) {
    this.#popular = drawReport(random, 'other-local-submitter');
  }

  static async start(stack: FlowStack, random: SeededRandom, readers: readonly KeepingReader[]): Promise<RealHistory> {
    const folder = await mkdtemp(join(tmpdir(), 'concord-history-'));
    await writeFile(join(folder, 'root.key'), `${stack.rootKey.toString('hex')}\n`);
    const history = new RealHistory(stack, random, readers, folder);
    // The worker makes the batch of this week when it comes to it: here it has been made, and is empty.
    await stack.admin.query('select make_community_batch_at(now())');
    history.#model.batch(Date.now());
    return history;
  }

  stop = (): Promise<void> => rm(this.folder, { recursive: true, force: true });

  async take(step: Step): Promise<void> {
    this.taken.push(step);
    if (step === 'submit') await this.#submit();
    else if (step === 'company') await this.#submitCompany();
    else if (step === 'alone') await this.#submitAlone();
    else if (step === 'batch' || step === 'january') await this.#batch(step === 'batch' ? 1 : 53);
    else if (step === 'policy') await this.#changePolicy();
    else await this.#change(step);
  }

  /** After it every reader has read everything. */
  async readAll(): Promise<void> {
    await this.stack.drain();
    await Promise.all(this.readers.map((reader) => reader.readAll((id) => this.#epochOf(id))));
  }

  async #submit(): Promise<void> {
    const like = this.random.chance(0.5) ? this.#popular : drawReport(this.random, 'other-local-submitter');
    // Several of one kind, so that some classes find company; of one agency now and then, which is none.
    const alone = this.random.chance(0.25);
    for (let n = this.random.between(2, 5); n > 0; n--) {
      const by = alone ? SUBMITTERS[0] : this.random.pick(SUBMITTERS);
      const drawn = drawReport(this.random, by);
      const weeks = this.random.chance(0.1) ? this.random.between(1, 3) : 0;
      const releaseAfter = weeks === 0 ? null : new Date(this.#instant(weeks) - 1_000);
      const input: RealInput = {
        ...{ ...drawn, substances: like.substances, occurredAt: like.occurredAt },
        ...(releaseAfter === null ? {} : { releaseAfter: releaseAfter.toISOString() }),
      };
      await this.#store(by, input, releaseAfter);
    }
  }

  /** A class that the next batch lets out, whatever else was drawn. */
  async #submitCompany(): Promise<void> {
    const { substances, occurredAt } = drawReport(this.random, SUBMITTERS[0]);
    for (const by of [SUBMITTERS[0], SUBMITTERS[1], ...[0, 1, 2].map(() => this.random.pick(SUBMITTERS))])
      await this.#store(by, { ...drawReport(this.random, by), substances, occurredAt, tlp: 'AMBER' }, null);
  }

  /** A class that nobody else is in: no other report is of that month. */
  async #submitAlone(): Promise<void> {
    const [by] = SUBMITTERS;
    const drawn = drawReport(this.random, by);
    await this.#store(by, { ...drawn, occurredAt: '2026-02-10T04:15:00-08:00', tlp: 'AMBER' }, null);
  }

  async #store(by: RealRecord['by'], input: RealInput, releaseAfter: Date | null): Promise<void> {
    const { reportId, recordId } = await this.stack.as(by).report(input);
    this.records.push({ by, reportId, recordId, releaseAfter, input, version: 1, recalled: false, epoch: 0 });
    this.#tellModel(this.records.length - 1);
  }

  async #change(step: 'control' | 'below' | 'facts' | 'recall'): Promise<void> {
    const standing = this.records.flatMap((it, n) => (it.recalled ? [] : [n]));
    const at = standing[this.random.between(0, Math.max(0, standing.length - 1))] ?? -1;
    const record = this.records[at];
    if (record === undefined) return;
    if (step === 'recall') await this.#recall(record);
    else if (step === 'below') await this.#correctBelow(record);
    else {
      const { random } = this;
      await this.#correct(record, step === 'control' ? otherControls(random) : otherFacts(random, record.input));
      if (step === 'facts') record.epoch += 1;
    }
    this.#tellModel(at);
  }

  async #recall(record: RealRecord): Promise<void> {
    const variables = { id: record.reportId, version: record.version, reason: 'Not ours.' };
    const { recallSeizureReport } = await this.stack
      .as(record.by)
      .run<{ recallSeizureReport: { __typename: string } }>(RECALL, variables);
    if (recallSeizureReport.__typename !== 'SeizureReportRecalled')
      throw new Error(JSON.stringify(recallSeizureReport));
    record.recalled = true;
  }

  async #correct(record: RealRecord, change: Record<string, unknown>): Promise<void> {
    record.input = { ...record.input, ...change };
    const { reportId: id, version, input } = record;
    const { correctSeizureReport } = await this.stack
      .as(record.by)
      .run<{ correctSeizureReport: { __typename: string; report?: { version: number } } }>(CORRECT, {
        ...{ id, version, input, reason: 'Typed wrong.' },
      });
    if (correctSeizureReport.report === undefined) throw new Error(JSON.stringify(correctSeizureReport));
    record.version = correctSeizureReport.report.version;
  }

  /** Nobody can tell that there was one: every answer is what it was. */
  async #correctBelow(record: RealRecord): Promise<void> {
    await this.readAll();
    const before = this.readers.map((it) => it.last.get(record.recordId));
    await this.#correct(record, belowTheViews(this.random, record.input));
    await this.readAll();
    for (const [n, reader] of this.readers.entries())
      if (reader.last.get(record.recordId) !== before[n])
        this.broken.push(`${reader.persona} sees a correction below the view of ${record.recordId}`);
  }

  /** The batch after so many weeks, in SQL and in the model; then the partner reads on. */
  async #batch(weeks: number): Promise<void> {
    this.#week += weeks;
    const at = this.#instant(0);
    const { rows } = await this.stack.admin.query<{ number: number; edition: number; records: number }>(
      'select number, edition, records from make_community_batch_at($1)',
      [new Date(at)],
    );
    const expected = this.#model.batch(at);
    const [made] = rows;
    if (expected === null || made === undefined) throw new Error('a batch is due each week');
    const letOut = expected.increments.reduce((sum, { members }) => sum + members.length, 0);
    this.#compare('batch', [made.number, made.edition, made.records], [expected.number, expected.edition, letOut]);
    this.released += letOut;
    this.editions.add(expected.edition);
    await this.#partnerReads(expected);
  }

  async #partnerReads(expected: Batch): Promise<void> {
    const read = await readCommunity(this.stack, this.#known);
    const before = expected.edition === this.#edition ? this.#rows : [];
    this.#edition = expected.edition;
    this.#compareRows(expected, read);
    // What was there stays where it was, under its id, until a year begins; then every id is new.
    if (JSON.stringify(read.list.slice(0, before.length)) !== JSON.stringify(before))
      this.broken.push(`batch ${expected.number} changed rows that were let out before`);
    for (const { members } of expected.increments) {
      this.smallestGroup = Math.min(this.smallestGroup, members.length);
      this.fewestAgencies = Math.min(this.fewestAgencies, new Set(members.map(({ agency }) => agency)).size);
    }
    for (const id of read.ids) this.#known.add(id);
    this.#rows = read.list;
  }

  #compareRows(expected: Batch, read: NewRows): void {
    this.#compare(`edition of batch ${expected.number}`, read.edition, expected.edition);
    this.#compare(
      `rows new to a partner after batch ${expected.number}`,
      [...read.byKind].map(([kind, n]) => `${kind} ${n}`).sort(),
      expected.increments.map(({ kind, members }) => `${kind} ${members.length}`).sort(),
    );
    this.#compare(
      `all rows after batch ${expected.number}`,
      read.list.map(({ kind }) => kind).sort(),
      this.#model.list.map(({ kind }) => kind).sort(),
    );
  }

  #compare(what: string, found: unknown, expected: unknown): void {
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    if (one !== other) this.broken.push(`${what}: SQL has ${one}, the model ${other}`);
  }

  async #changePolicy(): Promise<void> {
    this.#policy += 1;
    const policy = structuredClone({ ...RELEASE_POLICY_1, version: this.#policy }) as unknown as {
      tiers: Record<string, Record<string, object>>;
    };
    for (const [tier, rule, entries] of TIER_CHOICES) {
      const rules = policy.tiers[tier];
      if (rules) rules[rule] = this.random.pick(entries);
    }
    const file = join(this.folder, `policy-${this.#policy}.json`);
    await writeFile(file, JSON.stringify(policy));
    await this.#release('dry-run', file, '--all');
    await this.#release('publish', file, '--note', 'Another policy.');
    await this.#release('apply', '--key-file', join(this.folder, 'root.key'));
  }

  async #release(...args: string[]): Promise<void> {
    const said = await concord(['release-policy', ...args, '--database-url', this.stack.database.ownerUrl, '--json']);
    if (said.outcome !== 'done') throw new Error(`release-policy ${args.join(' ')}: ${said.printed}${said.told}`);
  }

  #tellModel(at: number): void {
    const record = this.records[at];
    if (record === undefined) return;
    const releasedAt = record.releaseAfter?.getTime() ?? 0;
    this.#model.put(at, { agency: record.by, kinds: kindsOf(record), releasedAt });
  }

  #epochOf(recordId: string): string {
    const at = this.records.findIndex((it) => it.recordId === recordId);
    const epoch = this.records[at]?.epoch ?? 0;
    return `record ${at}${epoch === 0 ? FIRST_FACTS : ` as corrected, ${epoch}`}`;
  }

  #instant = (weeks: number): number => START + (this.#week + weeks) * WEEK_MS;
}
