import { WholeDocuments } from '../access-matrix/whole-documents.js';
import { CORRECT, RECALL } from '../flows/documents.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';

const WHOLE = `query($id: ID!) { seizureRecord(id: $id) ${new WholeDocuments().everyFieldOf('SeizureRecord')} }`;
const DAY_MS = 86_400_000;

interface Shown {
  readonly version: number;
  readonly occurred: { readonly from: string; readonly to: string };
  readonly substances: readonly { readonly quantity: { readonly minGrams: number; readonly maxGrams: number } }[];
  readonly conveyance: string | null;
}

/** The pure part of this attack is sequence.attack.spec: here the same history goes through the whole service. */
describe('a partner who reads a record after every change', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack.stop());

  it('knows no field more exactly than from the finest reading, and cannot count what he does not see', async () => {
    const at = new Date(Date.now() - 20 * DAY_MS).toISOString().slice(0, 10);
    const loadOf = (grams: number): Record<string, unknown>[] => [
      { deaCode: '9801', form: 'POWDER', quantity: grams, unit: 'GM' },
    ];
    const first = plainReport({
      occurredAt: `${at}T03:15:00-08:00`,
      timePrecision: 'WEEK',
      substances: loadOf(45_678),
    });
    const { reportId, recordId } = await stack.as('local-submitter').report(first);
    let version = 1;
    const change = async (input: Record<string, unknown>): Promise<void> => {
      const { correctSeizureReport } = await stack
        .as('local-submitter')
        .run<{ correctSeizureReport: { __typename: string } }>(CORRECT, {
          ...{ id: reportId, version, reason: 'Typed wrong.' },
          input: { ...first, ...input },
        });
      expect(correctSeizureReport.__typename).toBe('SeizureReportAccepted');
      version += 1;
      await stack.drain();
    };
    const read = async (): Promise<Shown> =>
      (await stack.as('state-analyst').run<{ seizureRecord: Shown }>(WHOLE, { id: recordId })).seizureRecord;
    const absent = async (): Promise<unknown> =>
      (await stack.as('state-analyst').refusal(WHOLE, { id: recordId }))?.code ?? null;

    const week = await read();
    await change({ timePrecision: 'DAY', withhold: ['METHOD'] });
    const day = await read();
    await change({});
    const weekAgain = await read();
    // Below the view: the gram and the minute.
    await change({ occurredAt: `${at}T03:47:00-08:00`, substances: loadOf(45_699) });
    const corrected = await read();
    await change({ sharing: 'AGENCY' });
    const gone = await absent();
    await change({});
    const back = await read();
    const { recallSeizureReport } = await stack
      .as('supervisor')
      .run<{ recallSeizureReport: { __typename: string } }>(RECALL, { id: reportId, version, reason: 'Not ours.' });
    expect(recallSeizureReport.__typename).toBe('SeizureReportRecalled');
    await stack.drain();

    const seen = [week, day, weekAgain, corrected, back];
    const [from, to] = [
      Math.max(...seen.map(({ occurred }) => Date.parse(occurred.from))),
      Math.min(...seen.map(({ occurred }) => Date.parse(occurred.to))),
    ];
    expect([from, to]).toEqual([Date.parse(day.occurred.from), Date.parse(day.occurred.to)]);
    expect(to - from).toBe(DAY_MS);
    expect(new Set(seen.map(({ substances }) => JSON.stringify(substances[0]?.quantity))).size).toBe(1);
    expect(day.conveyance).toBeNull();
    // Not even that there was a correction.
    expect(corrected).toEqual(weekAgain);
    expect(seen.map((it) => it.version)).toEqual([1, 2, 3, 3, 3]);
    expect(gone).toBe('NOT_FOUND');
    expect(await absent()).toBe(gone);
    // Six versions there were, as the owner knows.
    expect(version).toBe(6);
  });
});
