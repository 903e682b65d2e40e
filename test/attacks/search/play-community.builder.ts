import { SUBSTANCE_CATEGORIES } from '@concord/codes';
import { COMMUNITY, CORRECT, RECALL } from '../../flows/documents.js';
import type { FlowStack } from '../../flows/stack.builder.js';
import { dueAt } from '../news/community-batches.js';
import type { CommunityReport, CommunityWorld } from './community-worlds.builder.js';
import type { Ask } from './search-adversary.js';

const WEEK_MS = 7 * 86_400_000;
/** February of the year after: weeks on which nothing begins anew, the same in every world. */
const START = dueAt(Date.UTC(new Date(Date.now() + WEEK_MS).getUTCFullYear() + 1, 1, 8)) + 1;

type Filter = Record<string, unknown>;

/** One of each condition of the filter, and halves of everything that could be looked for; compared with the schema. */
export const COMMUNITY_CONDITIONS: readonly Filter[] = [
  ...['06', '53', '04'].map((state) => ({ stateFips: [state] })),
  ...['2025-10', '2025-11', '2025-12', '2026-01', '2026-02', '2026-03'].flatMap((month) => [
    { months: { from: month } },
    { months: { until: month } },
    { months: { from: month, until: month } },
  ]),
  ...['9801', '9200', '9041', '9250'].map((code) => ({ deaCodes: [code] })),
  ...SUBSTANCE_CATEGORIES.map((category) => ({ categories: [category] })),
  { stateFips: ['06'], months: { from: '2026-02', until: '2026-02' }, deaCodes: ['9801'], categories: ['FENTANYL'] },
];

/** What a community partner must not be able to ask; how it is refused is an answer too. */
const NOT_FOR_PARTNERS = [
  '{ seizureRecords(first: 10) { totalCount { value } } }',
  '{ alerts(first: 10) { edges { cursor } } }',
  '{ nationOverview { records } }',
  '{ mySeizureReports(first: 10) { edges { cursor } } }',
];
const ME = '{ me { keyring { key precision because } } }';

export interface CommunityAdversary {
  /** Every question and every answer of a partner: before any batch, after each, and in January. */
  readonly ask: Ask;
  /** Those of the same partner in a build whose batches need no company. */
  readonly askBroken: Ask;
}

/** Plays a world for community partners, after whatever else happened on the stack. */
export async function playCommunity(
  stack: FlowStack,
  { batches }: CommunityWorld,
  { ask, askBroken }: CommunityAdversary,
): Promise<void> {
  // The worker makes the batch of this week when it comes to it: here it has been made, and is empty, in every world.
  await stack.admin.query('select make_community_batch_at(now())');
  await askEverything(ask);
  const made: { readonly report: CommunityReport; readonly id: string }[] = [];
  for (const [week, reports] of batches.entries()) {
    for (const report of reports) made.push({ report, id: (await stack.as(report.by).report(report.input)).reportId });
    // What is submitted waits for Monday.
    await readPages(ask);
    await makeBatch(stack, week);
    await readPages(ask);
    for (const it of made.splice(0)) await changeLater(stack, it);
    await askEverything(ask);
  }
  await makeBatch(stack, batches.length);
  await makeBatch(stack, 53);
  await askEverything(ask);
  await letOutAlone(stack);
  await makeBatch(stack, 106);
  await readPages(askBroken);
}

async function changeLater(
  stack: FlowStack,
  { report: { by, input, withdrawn, corrected }, id }: { report: CommunityReport; id: string },
): Promise<void> {
  const narrowed = withdrawn === 'NARROWED' ? { ...input, sharing: 'NATION' } : corrected;
  const reason = 'Typed wrong.';
  const answer: Record<string, { __typename: string }> | null =
    withdrawn === 'RECALLED'
      ? await stack.as(by).run(RECALL, { id, version: 1, reason })
      : narrowed && (await stack.as(by).run(CORRECT, { id, version: 1, input: narrowed, reason }));
  for (const { __typename } of Object.values(answer ?? {}))
    if (!/Accepted|Recalled/.test(__typename)) throw new Error(JSON.stringify(answer));
}

async function askEverything(ask: Ask): Promise<void> {
  await ask(ME);
  await readPages(ask);
  for (const filter of COMMUNITY_CONDITIONS) await ask(COMMUNITY, { filter, first: 3, after: null });
  for (const document of NOT_FOR_PARTNERS) await ask(document, { filter: null });
}

interface Page {
  readonly communityRecords: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

async function readPages(ask: Ask): Promise<void> {
  await ask(COMMUNITY, { filter: null, first: 200, after: null });
  for (let after: string | null = null; ;) {
    const { communityRecords } = (await ask(COMMUNITY, { filter: null, first: 7, after })) as Page;
    after = communityRecords.pageInfo.endCursor;
    if (!communityRecords.pageInfo.hasNextPage) return;
  }
}

/**
 * The batch of a week. Its rows have random ids, in whose order they are listed: so that worlds can be compared to the
 * byte, the same lot is drawn in each of them, which looks at nothing but the rows. That real ids tell nothing is shown
 * in libs/records/src/community.int-spec.ts.
 */
async function makeBatch(stack: FlowStack, week: number): Promise<void> {
  await stack.admin.query('select from make_community_batch_at($1)', [new Date(START + week * WEEK_MS)]);
  await stack.admin.query(
    `update community_record r set id = md5(concat_ws('|', r.batch, r.state_fips, r.month, r.substance, r.band, n.at))::uuid
     from (select id, row_number() over (partition by batch, state_fips, month, substance, band) as at from community_record) n
     where n.id = r.id and r.batch = (select max(number) from community_batch)`,
  );
}

/** Breaks the build: a class of one is company enough. */
async function letOutAlone(stack: FlowStack): Promise<void> {
  const { rows } = await stack.admin.query<{ definition: string }>(
    `select pg_get_functiondef('make_community_batch_at'::regproc) as definition`,
  );
  const whole = rows[0]?.definition ?? '';
  const broken = whole.replace('count(*) >= 5', 'count(*) >= 1').replace('>= 2', '>= 1');
  if (broken === whole) throw new Error('the rule of the batches has other words now');
  await stack.admin.query(broken);
}
