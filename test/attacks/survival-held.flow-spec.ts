import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { CORRECT, SUBMIT } from '../flows/documents.js';
import { DISGUISES, PLANTS } from './survival/disguises.js';
import { HeldDrive, sightings } from './survival/held-drive.builder.js';
import { fateOf, OURS, plain, reportWith, type Fate } from './survival/survival.js';
import { TEXT_FIELDS } from './survival/text-fields.js';

const RELEASE = `mutation($id: ID!, $version: Int!) { releaseSeizureReport(id: $id, version: $version, note: "Looked at it.") { __typename } }`;
const RETURN = `mutation($id: ID!, $version: Int!) { returnSeizureReport(id: $id, version: $version, note: "Take it out.") { __typename } }`;
const SHARED = TEXT_FIELDS.filter(({ shared }) => shared);
const FATES: Readonly<Record<string, readonly Fate[]>> = {
  SeizureReportHeld: ['HELD'],
  SeizureReportRejected: ['REFUSED'],
  SeizureReportAccepted: ['SURVIVES', 'NOT_SHOWN'],
};

interface Submitted {
  readonly input: Record<string, unknown>;
  readonly text: string;
  readonly what: string;
  readonly expected: Fate;
  readonly answer: { readonly __typename: string; readonly report?: { readonly id: string } };
  readonly id: string;
}

/**
 * The survival attack over real HTTP: every disguise, with every other kind, each in one of the shared texts, which are taken
 * in turn. Whatever is held must be nowhere for others until a supervisor lets it out, and never where nobody decides.
 */
describe('an identifier that is held', () => {
  const random = new SeededRandom(Date.now() % 100_000);
  let drive: HeldDrive;
  const submitted: Submitted[] = [];
  const refusedByLaboratory: string[] = [];
  const HARMLESS = { ...reportWith(null), submitterReference: 'HELD-HARMLESS', remarks: 'Two lots, one stamp.' };

  beforeAll(async () => {
    drive = await HeldDrive.start();
    let turn = random.between(0, SHARED.length - 1);
    const first = random.between(0, 1);
    for (const [row, [disguise, hide]] of Object.entries(DISGUISES).entries())
      for (const [kind, draw] of Object.entries(PLANTS).filter((_, at) => (at + row + first) % 2 === 0)) {
        const field = SHARED[(turn += 1) % SHARED.length];
        if (field === undefined) throw new Error('some texts are shared');
        const text = hide(draw(random));
        const input = { ...field.plant(reportWith(null), text), submitterReference: `HELD-${submitted.length}` };
        const expected = fateOf(field, text, null, OURS);
        const { data } = JSON.parse(await submit(input)) as { data: { submitSeizureReport: Submitted['answer'] } };
        const answer = data.submitSeizureReport;
        const what = `${kind} (${disguise}) in ${field.path}`;
        submitted.push({ input, text, what, expected, answer, id: answer.report?.id ?? '' });
      }
  }, 120_000);
  afterAll(() => drive?.stop());

  const submit = (input: object): Promise<string> =>
    drive.send('local-submitter', SUBMIT.replace('SeizureReportHeld {', 'SeizureReportHeld { report { id }'), {
      input,
    });
  /** What was accepted somewhere is shown, and may be the same words. */
  const textsOf = (some: readonly Submitted[]): string[] => {
    const shown = submitted
      .filter(({ answer }) => answer.__typename === 'SeizureReportAccepted')
      .map(({ text }) => plain(text));
    return some.map(({ text }) => text).filter((text) => !shown.some((it) => it.includes(plain(text))));
  };
  const held = (): Submitted[] => submitted.filter(({ answer }) => answer.__typename === 'SeizureReportHeld');
  const part = (rest: number): Submitted[] => held().filter((_, at) => at % 3 === rest);

  it('is held by the service where the model says so, refused where it says so, and let through nowhere else', () => {
    const other = submitted.filter(({ answer, expected }) => !FATES[answer.__typename]?.includes(expected));
    expect(other.map(({ what, answer, expected }) => `${what}: ${answer.__typename}, not ${expected}`)).toEqual([]);
    expect(held().length).toBeGreaterThan(25);
  });

  it('is refused in a laboratory’s words, and the refusal does not repeat it', async () => {
    const { data } = JSON.parse(await submit(HARMLESS)) as { data: { submitSeizureReport: Submitted['answer'] } };
    const id = data.submitSeizureReport.report?.id ?? '';
    for (const disguise of ['as written', 'upper case', 'full width', 'zero-width spaces'])
      for (const kind of ['phone', 'VIN', 'e-mail', 'name beside a title']) {
        // Of a hundred telephone numbers some are in reports too, and may be read there later.
        const taken = (it: string): boolean => submitted.some(({ text: other }) => plain(other).includes(plain(it)));
        const drawn = (): string => DISGUISES[disguise]?.(PLANTS[kind]?.(random) ?? '') ?? '';
        let text = drawn();
        while (taken(text)) text = drawn();
        const result = random.chance(0.5) ? { adulterants: [text] } : { name: text, category: 'OTHER' };
        const answer = await drive.laboratory(id, 1, result);
        expect(`${kind} ${disguise} ${answer}`).toContain('SeizureReportRejected');
        expect(sightings(new Map([['answer', answer]]), [text])).toEqual([]);
        refusedByLaboratory.push(text);
      }
  });

  it('is in no view, alert, event, preview, count, error, log, metric, queue and no export of another agency', async () => {
    await drive.tryAt(
      held()
        .slice(0, 2)
        .map(({ id }) => id),
    );
    const places = await drive.gather({ ...HARMLESS, submitterReference: 'HELD-LIKE' });
    expect([...places].filter(([, content]) => content.length < 2)).toEqual([]);
    expect(sightings(places, [...textsOf(held()), ...refusedByLaboratory])).toEqual([]);
    // The search finds what is there: what was accepted is read by others (an overview names uncoded substances), and in
    // nobody's log.
    const through = submitted.filter(({ expected }) => expected === 'SURVIVES').map(({ text }) => text);
    const seen = sightings(places, through).map((it) => it.split(/ of |:/)[0]);
    expect([...new Set(seen)].sort()).toEqual(['inbox', 'overview', 'records', 'stream']);
  }, 60_000);

  it('and after the supervisor has decided: what was returned or corrected nowhere, what was released with readers alone', async () => {
    const decided = { released: part(0), returned: part(1), corrected: part(2) };
    for (const { id } of decided.released)
      expect(await drive.send('supervisor', RELEASE, { id, version: 1 })).toContain('SeizureReportAccepted');
    for (const { id } of decided.returned)
      expect(await drive.send('supervisor', RETURN, { id, version: 1 })).toContain('SeizureReportReturned');
    for (const { id, input } of decided.corrected) {
      const clean = { ...HARMLESS, submitterReference: input['submitterReference'] };
      const change = { id, version: 1, input: clean, reason: 'Names somebody.' };
      expect(await drive.send('local-submitter', CORRECT, change)).toContain('SeizureReportAccepted');
    }
    const places = await drive.gather({ ...HARMLESS, submitterReference: 'HELD-AGAIN' });
    const shown = new Set(textsOf(decided.released).map(plain));
    const never = [...textsOf(decided.returned), ...textsOf(decided.corrected)].filter((it) => !shown.has(plain(it)));
    expect(sightings(places, [...never, ...refusedByLaboratory])).toEqual([]);
    const elsewhere = new Map(
      [...places].filter(([place]) => !/^(?:overview$|(?:records|inbox|stream) of)/.test(place)),
    );
    expect(sightings(elsewhere, textsOf(decided.released))).toEqual([]);
    expect(sightings(places, textsOf(decided.released)).length).toBeGreaterThan(5);
  }, 60_000);

  it('is found by this attack where a hold does not hold', async () => {
    // All that were returned: which text stands in the first of them, and whether this reader's view has it, is drawn.
    const leaked = part(1);
    const reports = leaked.map(({ id }) => id);
    await drive.stack.admin.query(`update seizure_record set released_at = now() where report_id = any($1)`, [reports]);
    await drive.stack.admin.query(
      `update record_view set released_at = now()
       where record_id in (select id from seizure_record where report_id = any($1))`,
      [reports],
    );
    const places = new Map([['records', await drive.records('state-analyst')]]);
    const texts = textsOf(leaked);
    expect(texts.length).toBeGreaterThan(5);
    expect(sightings(places, texts)).not.toEqual([]);
  }, 60_000);
});
