import fc from 'fast-check';
import { flatFile, xmlFile, xmlReport, type TrueDrug, type TrueIncident } from './nibrs-files.builder.js';
import { readNibrs, saying, type ReadNibrs } from './read-nibrs.builder.js';

/** What each letter must become, written down apart from the table of the reader; null: it must be asked about. */
const SUBSTANCES: Readonly<Record<string, object | null>> = {
  A: { deaCode: '9041' },
  B: { deaCode: '9041' },
  C: { name: 'Hashish', category: 'CANNABIS' },
  D: { deaCode: '9200' },
  E: { deaCode: '7360' },
  F: { deaCode: '9300' },
  G: { name: 'Opium', category: 'OTHER_OPIOID' },
  H: null,
  I: { deaCode: '7315' },
  J: { deaCode: '7471' },
  K: { name: 'Other Hallucinogens', category: 'HALLUCINOGEN' },
  L: null,
  M: { name: 'Other Stimulants', category: 'OTHER_STIMULANT' },
  N: { name: 'Barbiturates', category: 'DEPRESSANT' },
  O: { name: 'Other Depressants', category: 'DEPRESSANT' },
  P: null,
  U: { name: 'Unknown Drug Type', category: 'UNKNOWN' },
};

const letters = Object.keys(SUBSTANCES);
const measured: fc.Arbitrary<TrueDrug> = fc.record({
  letter: fc.constantFrom(...letters),
  thousandths: fc.integer({ min: 1, max: 999_999_999_999 }),
  unit: fc.constantFrom('GM', 'KG', 'OZ', 'LB', 'ML', 'LT', 'FO', 'GL', 'DU'),
});
const unmeasured: fc.Arbitrary<TrueDrug> = fc.record({
  letter: fc.constantFrom(...letters),
  thousandths: fc.constant(1_000),
  unit: fc.constant('XX'),
});
const drugs = fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: measured }, unmeasured), {
  minLength: 1,
  maxLength: 3,
  selector: ({ letter }) => letter,
});

const incident: fc.Arbitrary<TrueIncident> = fc.record({
  ori: fc.oneof({ weight: 9, arbitrary: fc.constant('CA0371100') }, fc.constant('CA0190000')),
  number: fc.stringMatching(/^[A-Z0-9-]{1,12}$/),
  action: fc.constantFrom('I', 'I', 'I', 'R', 'D'),
  date: fc
    .integer({ min: 0, max: 5_000 })
    .map((days) => new Date(Date.UTC(2012, 5, 1) + days * 86_400_000).toISOString().slice(0, 10)),
  hour: fc.oneof(
    fc.constant(''),
    fc.integer({ min: 4, max: 23 }).map((hour) => String(hour).padStart(2, '0')),
  ),
  isReportDate: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  offenses: fc.constantFrom(
    [{ code: '35A', location: '20' }],
    [
      { code: '35B', location: '14' },
      { code: '35A', location: '13' },
    ],
    [
      { code: '35A', location: '15' },
      { code: '520', location: '20' },
    ],
  ),
  properties: drugs.chain((found) =>
    fc.constantFrom(
      [{ loss: 6, descriptions: ['10'], drugs: found }],
      [
        { loss: 6, descriptions: ['10'], drugs: found },
        { loss: 7, descriptions: ['20'], drugs: [] },
      ],
      [{ loss: 1, descriptions: [], drugs: found.map(({ letter }) => ({ letter, thousandths: null, unit: '' })) }],
      [{ loss: 7, descriptions: ['20'], drugs: [] }],
    ),
  ),
});

/** What must come of an incident, by the specification: a report, a question, or nothing. */
function truthOf({ ori, number, action, isReportDate, hour, properties }: TrueIncident): object {
  const seized = properties.find(({ loss }) => loss === 6);
  if (action === 'D') return { is: 'QUESTION', number };
  if (seized === undefined) return action === 'R' ? { is: 'QUESTION', number } : { is: 'NOTHING' };
  const substances = seized.drugs.map(({ letter, thousandths, unit }) => {
    const quantity =
      unit === 'XX' ? { quantityReason: 'PENDING', unit } : { quantity: Number(`${String(thousandths)}e-3`), unit };
    return { ...SUBSTANCES[letter], ...quantity, laboratoryStatus: 'NONE' };
  });
  const isUnclear = seized.drugs.some(({ letter }) => SUBSTANCES[letter] === null);
  if (ori !== 'CA0371100' || isReportDate || isUnclear) return { is: 'QUESTION', number };
  return { is: 'REPORT', number, substances, precision: hour === '' ? 'DAY' : 'HOUR' };
}

/** What came of them, in the order of the file: `NOTHING` for what was counted. */
function outcomesOf({ entries, skipped }: ReadNibrs): object[] {
  const found = [
    ...skipped.map(({ line }) => ({ line, outcome: { is: 'NOTHING' } })),
    ...entries.map(({ rows, input, questions }) => {
      const { submitterReference: number, substances, occurredAtPrecision: precision } = input;
      const outcome: object =
        questions.length > 0 ? { is: 'QUESTION', number } : { is: 'REPORT', number, substances, precision };
      return { line: rows[0]?.line ?? 0, outcome };
    }),
  ];
  return found.sort((a, b) => a.line - b.line).map(({ outcome }) => outcome);
}

/** Two incidents of one number that follow each other would be one with its replacement. */
const incidents = fc.uniqueArray(incident, { maxLength: 8, selector: ({ number }) => number });
const cut = (content: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let [from, turn] = [0, 0]; from < content.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(content.subarray(from, (from += size)));
  }
  return chunks;
};
const sizes = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 });

describe('laws of the readers', () => {
  it('make of every incident what it truly is, flat and XML alike', async () => {
    await fc.assert(
      fc.asyncProperty(incidents, async (drawn) => {
        const truth = drawn.map(truthOf);
        const flat = await readNibrs('NIBRS_FLAT', flatFile(drawn));
        const xml = await readNibrs('NIBRS_XML', xmlFile(drawn.map((it) => xmlReport(it))));
        expect(outcomesOf(flat)).toEqual(truth);
        expect(outcomesOf(xml)).toEqual(truth);
        const said = ({ entries }: ReadNibrs) =>
          entries.map(({ ordinal, input, questions }) => ({
            ordinal,
            input,
            codes: questions.map(({ code, path }) => [code, path]),
          }));
        expect(said(xml)).toEqual(said(flat));
      }),
      { numRuns: 100 },
    );
  });

  it('do not depend on how the file comes in pieces, nor on its line ends', async () => {
    await fc.assert(
      fc.asyncProperty(incidents, sizes, async (drawn, pieces) => {
        const flat = await readNibrs('NIBRS_FLAT', flatFile(drawn));
        expect(await readNibrs('NIBRS_FLAT', cut(flatFile(drawn, '\n'), pieces))).toEqual(flat);
        const content = xmlFile(drawn.map((it) => xmlReport(it)));
        expect(await readNibrs('NIBRS_XML', cut(content, pieces))).toEqual(await readNibrs('NIBRS_XML', content));
      }),
      { numRuns: 40 },
    );
  });

  it('end, whatever the bytes: with entries, or with a code that says why not', async () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(incidents, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 20 })).map(([drawn, at, bytes]) => {
        const content = flatFile(drawn);
        return Buffer.concat([
          content.subarray(0, at % (content.length + 1)),
          bytes,
          content.subarray(at % (content.length + 1)),
        ]);
      }),
    );
    await fc.assert(
      fc.asyncProperty(noise, fc.constantFrom('NIBRS_FLAT' as const, 'NIBRS_XML' as const), async (content, format) => {
        const known = await readNibrs(format, content).then(
          () => true,
          (error: unknown) => (error as { name: string }).name === 'UnreadableFile',
        );
        expect(known).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  it('never make a report of what the agency has to answer first', async () => {
    for (const letter of ['H', 'L', 'P']) {
      const drawn = fc.sample(incident, 1)[0] as TrueIncident;
      const asked = {
        ...drawn,
        action: 'I',
        ori: 'CA0371100',
        isReportDate: false,
        properties: [{ loss: 6, descriptions: ['10'], drugs: [{ letter, thousandths: 500, unit: 'GM' }] }],
      };
      const { entries } = await readNibrs('NIBRS_FLAT', flatFile([asked]));
      expect(entries[0]?.questions).toMatchObject([
        { code: 'NIBRS_DRUG_CLASS', column: 'drug', text: `NIBRS ${letter}` },
      ]);
      const answered = await readNibrs(
        'NIBRS_FLAT',
        flatFile([asked]),
        saying('drug', `NIBRS ${letter}`, '9801 PILL_TABLET'),
      );
      expect(answered.entries[0]).toMatchObject({
        questions: [],
        input: { substances: [{ deaCode: '9801', form: 'PILL_TABLET', quantity: 0.5 }] },
      });
    }
  });
});
