import { ClientError } from 'graphql-request';
import { PERSONA_NAMES, type PersonaName } from '../../apps/embedded/src/personas.js';
import { CREATE_RULE, RECORD, RECORDS } from '../flows/documents.js';
import { riversideReport, sanDiegoReport, SECRETS, TASK_FORCE_ID } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { ALERTED, expected, RIVERSIDE, SAN_DIEGO, SHARINGS, type Seen, type Sharing } from './sharing.oracle.js';

interface Case {
  readonly owner: 'San Diego' | 'Riverside';
  readonly sharing: Sharing;
  readonly named: boolean;
  readonly recordId: string;
}

interface SeenRecord {
  readonly id: string;
  readonly precision: Seen;
  readonly occurred: { readonly from: string; readonly to: string };
  readonly place: Readonly<Record<string, unknown>>;
  readonly substances: readonly { readonly quantity: Readonly<Record<string, unknown>>; readonly purity: unknown }[];
  readonly people: readonly unknown[];
  readonly route: Readonly<Record<string, unknown>>;
}

const OWNERS = {
  'San Diego': { submitter: 'local-submitter', table: SAN_DIEGO, report: sanDiegoReport },
  Riverside: { submitter: 'taskforce-analyst', table: RIVERSIDE, report: riversideReport },
} as const;
const DAY_MS = 86_400_000;

describe('who sees a record, and how exactly', () => {
  let stack: FlowStack;
  const cases: Case[] = [];
  /** What `seizureRecord` gave, by persona and record. */
  const seen = new Map<string, SeenRecord>();

  beforeAll(async () => {
    stack = await FlowStack.start();
    for (const persona of ALERTED) await stack.as(persona as PersonaName).rule('everything');
    for (const owner of ['San Diego', 'Riverside'] as const) {
      for (const sharing of SHARINGS) {
        for (const named of [false, true]) {
          const { submitter, report } = OWNERS[owner];
          const { recordId } = await stack
            .as(submitter)
            .report(report({ sharing, taskForceIds: named ? [TASK_FORCE_ID] : [] }));
          cases.push({ owner, sharing, named, recordId });
        }
      }
    }
    await stack.drain();
  });
  afterAll(() => stack.stop());

  const oracle = (persona: string, { owner, sharing, named }: Case): Seen =>
    expected(OWNERS[owner].table, persona, sharing, named);
  const nameOf = ({ owner, sharing, named }: Case): string => `${owner} ${sharing}${named ? ' + task force' : ''}`;
  const visible = (persona: string): Case[] => cases.filter((it) => !['-', 'X'].includes(oracle(persona, it)));

  test('the oracle knows every persona, and both tables are complete', () => {
    expect(Object.keys(SAN_DIEGO).sort()).toEqual([...PERSONA_NAMES].sort());
    expect(Object.keys(RIVERSIDE).sort()).toEqual([...PERSONA_NAMES].sort());
    expect(cases).toHaveLength(20);
  });

  test.each(PERSONA_NAMES)('%s, one by one', async (persona) => {
    const got = new Map<string, Seen>();
    // Each once, and all of them at once.
    const answers = cases.map(async (it) => {
      try {
        const { seizureRecord } = await stack
          .as(persona)
          .run<{ seizureRecord: SeenRecord }>(RECORD, { id: it.recordId });
        seen.set(`${persona} ${it.recordId}`, seizureRecord);
        got.set(nameOf(it), seizureRecord.precision);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        const code = String(error.response.errors?.[0]?.extensions['code']);
        got.set(nameOf(it), code === 'NOT_FOUND' ? '-' : code === 'FORBIDDEN' ? 'X' : (code as Seen));
      }
    });
    await Promise.all(answers);
    expect(Object.fromEntries(got)).toEqual(Object.fromEntries(cases.map((it) => [nameOf(it), oracle(persona, it)])));
  });

  test.each(PERSONA_NAMES)('%s, in lists, with and without a filter', async (persona) => {
    if (oracle(persona, cases[0] as Case) === 'X') {
      expect(await stack.as(persona).refusal(RECORDS)).toMatchObject({ code: 'FORBIDDEN' });
      return;
    }
    const wanted = visible(persona).map((it) => [it.recordId, oracle(persona, it)]);
    const filters = [
      null,
      { substance: { deaCodes: ['9801'] } },
      { not: { place: { stateFips: ['36'] } } },
      { place: { countyFips: ['06073', '06065'] } },
    ];
    for (const filter of filters) {
      type Page = {
        seizureRecords: { totalCount: { value: number }; edges: { node: { id: string; precision: Seen } }[] };
      };
      const { seizureRecords } = await stack.as(persona).run<Page>(RECORDS, { filter, first: 100 });
      expect(seizureRecords.edges.map(({ node }) => [node.id, node.precision]).sort()).toEqual([...wanted].sort());
      expect(seizureRecords.totalCount.value).toBe(wanted.length);
    }
  });

  test.each(PERSONA_NAMES)('%s, by alerts: one for each record that it may see, and no more', async (persona) => {
    if (!ALERTED.includes(persona)) {
      expect(await stack.as(persona).refusal(CREATE_RULE, { input: { name: 'no', filter: null } })).toMatchObject({
        code: 'FORBIDDEN',
      });
      return;
    }
    const alerts = await stack.as(persona).alerts();
    expect(alerts.map(({ record }) => [record?.id, record?.precision]).sort()).toEqual(
      visible(persona)
        .map((it) => [it.recordId, oracle(persona, it)])
        .sort(),
    );
  });

  test('no answer but the owner’s report holds a narrative, an identifier or a suspicion', () => {
    expect(seen.size).toBe(PERSONA_NAMES.reduce((sum, persona) => sum + visible(persona).length, 0));
    const text = JSON.stringify([...seen.values()]);
    for (const secret of [...Object.values(SECRETS), 'Zephyrine', 'Quagmire', '5550177', '555 0177', 'FLOW-0'])
      expect(text).not.toContain(secret);
  });

  test('each precision shows what the table gives it, and withholds the rest', () => {
    const all = [...seen.values()];
    const at = (precision: Seen): SeenRecord[] => all.filter((record) => record.precision === precision);
    expect([at('OWNER').length, at('TASK_FORCE').length, at('PARTNER').length].every((count) => count >= 12)).toBe(
      true,
    );
    for (const record of at('OWNER')) {
      expect(record.place).toMatchObject({
        latitude: expect.any(Number),
        longitude: expect.any(Number),
        portOfEntry: expect.any(String),
      });
      expect(record.people).toEqual([
        { role: 'COURIER', minAge: 34, maxAge: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' },
      ]);
    }
    for (const record of at('TASK_FORCE')) {
      expect(record.place).toMatchObject({
        latitude: null,
        longitude: null,
        h3: expect.stringMatching(/^86[0-9a-f]{13}$/),
        portOfEntry: expect.any(String),
      });
      expect(record.substances).toMatchObject([
        {
          quantity: { minGrams: 12_500, maxGrams: 12_500, amount: 12.5, unit: 'KG' },
          purity: { minPercent: 4.1 },
          signature: 'stamp: scorpion',
        },
      ]);
      expect(record.people).toEqual([
        { role: 'COURIER', minAge: 30, maxAge: 39, citizenship: null, affiliation: null },
      ]);
      expect(record.route).toMatchObject({ destinationCountyFips: '53033' });
      expect(Date.parse(record.occurred.to) - Date.parse(record.occurred.from)).toBe(DAY_MS);
    }
    for (const record of at('PARTNER')) {
      expect(record.place).toMatchObject({
        latitude: null,
        longitude: null,
        h3: null,
        portOfEntry: null,
        countyFips: expect.any(String),
      });
      expect(record.substances).toMatchObject([
        { quantity: { minGrams: 10_000, maxGrams: 100_000, amount: null }, purity: { minPercent: 0, maxPercent: 10 } },
      ]);
      expect(record.people).toEqual([
        { role: 'COURIER', minAge: null, maxAge: null, citizenship: null, affiliation: null },
      ]);
      expect(record.route).toMatchObject({
        originCountry: 'MX',
        destinationStateFips: '53',
        destinationCountyFips: null,
        originCountyFips: null,
      });
      expect(Date.parse(record.occurred.to) - Date.parse(record.occurred.from)).toBe(7 * DAY_MS);
      // Random ids and times may hold any digits.
      const told = JSON.stringify({ ...record, id: null, releasedAt: null });
      expect(told).not.toMatch(/12\.5|12500|SAN YSIDRO|INDIO|US_CITIZEN|53033|:4\.1[,}]/);
    }
  });
});
