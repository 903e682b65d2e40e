import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personaFacts } from '../../apps/embedded/src/personas.js';
import { runProgram } from '../../apps/cli/src/run-command.js';
import { guessMapping, interpretFile, readHeadings, type InterpretedEntry } from '@concord/interpretation';
import { CORRECT, CREATE_API_KEY } from './documents.js';
import { eventually } from './flow-client.builder.js';
import { row, sheet } from './import-client.builder.js';
import { sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

/** Planted in every narrative, and in an identifier: it may come back in a file and be printed nowhere. */
const SECRETS = ['Zephyrine Quagmire', '619 555 0177'] as const;

const BARE = { narrative: null, identifiers: [], basis: null, people: [] };
const inAYear = (): string => new Date(Date.now() + 364 * 86_400_000).toISOString();

describe('a clerk at a terminal', () => {
  let stack: FlowStack;
  let folder: string;
  let said = '';

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    folder = await mkdtemp(join(tmpdir(), 'concord-clerk-'));
  }, 60_000);
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const agency = personaFacts('local-submitter').agencyOri ?? '';
  const path = (name: string): string => join(folder, name);
  const ACCESS = ['--agency', agency, '--time-zone', 'America/Los_Angeles'];

  /** The program in this process, with nobody to ask unless there is an answer. */
  async function concord(
    args: readonly string[],
    answer?: string | ((question: string) => string),
  ): Promise<{ code: number; out: string; told: string }> {
    let [out, told] = ['', ''];
    const keep = (text: string): string => ((said += text), text);
    const code = await runProgram(args, {
      env: { CONCORD_URL: stack.origin, CONCORD_TOKEN: stack.as('local-submitter').token },
      print: (text) => void (out += keep(text)),
      tell: (line) => void (told += keep(`${line}\n`)),
      paint: (_, text) => text,
      ...(answer === undefined
        ? {}
        : { ask: (asked: string) => Promise.resolve(typeof answer === 'string' ? answer : answer(keep(asked))) }),
    });
    return { code, out, told };
  }
  const submit = (name: string, more: readonly string[], answer?: string | ((question: string) => string)) =>
    concord(['submit', path(name), ...ACCESS, ...more], answer);
  const counts = (out: string): unknown => {
    const { state, accepted, refused, questions, duplicates } = JSON.parse(out) as Record<string, unknown>;
    return { state, accepted, duplicates, wrong: Number(refused) + Number(questions) };
  };
  const stored = (like: string): Promise<number> =>
    stack.count('from seizure_report where submitter_reference like $1', [like]);

  it('gets the template, and its example is one report', async () => {
    expect(await concord(['template', '--out', path('mine.csv')])).toMatchObject({ code: 0 });
    expect((await concord(['template'])).out).toBe(await readFile(path('mine.csv'), 'utf8'));
    const text = (await readFile(path('mine.csv'), 'utf8')).replaceAll('+1 619 555 0100', SECRETS[1]);
    await writeFile(path('mine.csv'), text.replaceAll('Found at secondary inspection.', `${SECRETS[0]} said so.`));

    const tried = await submit('mine.csv', ['--dry-run', '--json']);
    expect([tried.code, counts(tried.out)]).toEqual([0, { state: 'DONE', accepted: 1, duplicates: 0, wrong: 0 }]);
    expect(await stored('2026-000123')).toBe(0);
    expect(await submit('mine.csv', [])).toMatchObject({ code: 2 });
    expect(await submit('mine.csv', [], '')).toMatchObject({ code: 1, out: '' });
    expect(await stored('2026-000123')).toBe(0);
    const sent = await submit('mine.csv', [], 'y');
    expect([sent.code, sent.told]).toEqual([0, expect.stringContaining('“meth” is 1105')]);
    expect(await stored('2026-000123')).toBe(1);
    const again = await submit('mine.csv', ['--yes', '--json']);
    expect([again.code, counts(again.out)]).toEqual([0, { state: 'DONE', accepted: 0, duplicates: 1, wrong: 0 }]);
  });

  it('gets a faulty row back, mends it, and sends it again', async () => {
    const narrative = `${SECRETS[0]}, ${SECRETS[1]}`;
    const quoted = `"${narrative}"`;
    await writeFile(
      path('list.csv'),
      sheet([row('C-1', { narrative: quoted }), row('C-2', { narrative: quoted, drug: 'nonsense' }), row('C-3')]),
    );
    const first = await submit('list.csv', ['--yes', '--refused', path('mend.csv')]);
    expect(first).toMatchObject({ code: 1, told: expect.stringContaining('line 3, drug: DRUG_NOT_KNOWN') as unknown });
    expect(first.out).toMatch(/accepted +2\n/);
    // Over no file and through no link: asked before anything is submitted.
    await symlink(path('elsewhere.csv'), path('link.csv'));
    for (const there of ['mend.csv', 'link.csv'])
      expect(await submit('list.csv', ['--yes', '--refused', path(there)])).toMatchObject({
        code: 2,
        out: '',
        told: expect.stringContaining('is there already: name another file.') as unknown,
      });
    expect((await concord(['laboratory', path('list.csv'), ...ACCESS, '--refused', path('mend.csv')])).code).toBe(2);
    const mend = await readFile(path('mend.csv'), 'utf8');
    expect(mend).toContain(narrative);
    await writeFile(path('mend.csv'), mend.replace('nonsense', 'fentanyl'));
    const second = await submit('mend.csv', ['--yes', '--json']);
    expect([second.code, counts(second.out)]).toEqual([0, { state: 'DONE', accepted: 1, duplicates: 0, wrong: 0 }]);
    expect(await stored('C-%')).toBe(3);
  });

  it('is steered by nothing that stands in a file, and shows no line that a file made up', async () => {
    const nasty = 'blues\u001b[2J\u009b1m';
    const made = `"Note\u001b]0;x\u0007\nline 9: ACCEPTED"`;
    await writeFile(
      path('nasty.csv'),
      `Case No,Date,County,Drug,Qty,Unit,Sharing,${made}\nN-1,2026-11-20,San Diego,${nasty},10,du,STATE,x\n`,
    );
    const { told, out } = await submit('nasty.csv', ['--dry-run']);
    expect(told).toContain('is LEFT OUT');
    expect(told + out).toContain('\\u{1b}');
    // eslint-disable-next-line no-control-regex -- these are what is looked for
    expect(told + out).not.toMatch(/[\u001b\u0007\u009b]|^line 9/m);
  });

  it('asks each unknown word and date once, applies no answer that nobody gave, and keeps those that were', async () => {
    const word = (n: number, drug: string, date = '2026-11-20'): string =>
      `Q-${n},${date},San Diego,${drug},10,du,STATE`;
    const list = (prefix: string): string =>
      [
        'Case No,Date,County,Drug,Qty,Unit,Sharing',
        ...[1, 2, 3].map((n) => word(n, 'blues')),
        word(4, 'Xanax', '03/04/2026'),
        word(5, SECRETS[0]),
      ]
        .join('\n')
        .replaceAll('Q-', prefix);
    await writeFile(path('words.csv'), list('Q-'));
    const dry = await submit('words.csv', ['--dry-run', '--json']);
    const { asked } = JSON.parse(dry.out) as {
      asked: { text: string | null; choices: { option: string }[] }[];
    };
    expect(dry.code).toBe(1);
    expect(asked).toMatchObject([
      { code: 'DATE_ORDER', text: '03/04/2026', count: 1, choices: [{ option: '--reads dateOrder=MONTH_FIRST' }, {}] },
      {
        ...{ code: 'LOOKS_COUNTERFEIT', text: 'blues', count: 3, firstLine: 2 },
        choices: [{ option: "--means 'drug:blues=9801 PILL_TABLET'" }, {}, {}, {}],
      },
      { code: 'DRUG_NOT_KNOWN', text: null, count: 1, firstLine: 6, choices: [] },
    ]);
    const unanswered = await submit('words.csv', ['--yes', '--json']);
    expect(counts(unanswered.out)).toEqual({ state: 'DONE', accepted: 0, duplicates: 0, wrong: 5 });
    expect(await stored('Q-%')).toBe(0);

    const answers = ['--means', 'drug:blues=9801 PILL_TABLET', '--reads', 'dateOrder=DAY_FIRST'];
    const answered = await submit('words.csv', ['--yes', '--json', ...answers, '--save-mapping', 'Our list']);
    expect(counts(answered.out)).toEqual({ state: 'DONE', accepted: 4, duplicates: 0, wrong: 1 });
    await writeFile(path('more-words.csv'), list('R-'));
    const kept = await submit('more-words.csv', ['--yes', '--json', '--mapping', 'our list']);
    expect(counts(kept.out)).toEqual({ state: 'DONE', accepted: 4, duplicates: 0, wrong: 1 });
    expect(await submit('words.csv', ['--yes', '--means', 'drug:blues=oxy'])).toMatchObject({ code: 2 });
  });

  it('asks whoever sits at the terminal, by number, and leaves open what is not answered', async () => {
    const lines = [1, 2].map((n) => `S-${n},03/04/2026,San Diego,${n === 1 ? 'blues' : 'dope'},10,g,STATE`);
    await writeFile(path('asked.csv'), ['Case No,Date,County,Drug,Qty,Unit,Sharing', ...lines].join('\n'));
    const asked: string[] = [];
    const replies = ['1', '1', '', 'y'];
    const sent = await submit('asked.csv', [], (question) => {
      asked.push(question);
      return replies[asked.length - 1] ?? '';
    });
    expect(asked).toHaveLength(4);
    expect([sent.code, sent.told]).toEqual([1, expect.stringContaining('“blues” is 9801 (CONFIRMED)')]);
    expect(sent.out).toMatch(/accepted +1\n/);
    expect(await stored('S-%')).toBe(1);
  });

  it('shows nothing of a file without headings', async () => {
    await writeFile(path('bare.csv'), `${row('N-1', { narrative: SECRETS[0] })}\r\n`);
    expect(await submit('bare.csv', ['--dry-run'])).toMatchObject({ code: 1 });
  });

  it('watches a folder: one file to done, one to failed with its rows to mend', async () => {
    const watched = await mkdtemp(join(folder, 'watched-'));
    await writeFile(join(watched, 'good.csv'), sheet([row('W-1', { narrative: SECRETS[0] })]));
    await writeFile(join(watched, 'bad.csv'), sheet([row('W-2', { narrative: SECRETS[0], county: '99999' })]));
    const watching = concord(['watch', watched, ...ACCESS, '--settle', '0', '--json']);
    const lies = async (name: string): Promise<string[]> => readdir(join(watched, name)).catch(() => []);
    try {
      await eventually(
        'both files are away',
        async () => (await lies('done')).length + (await lies('failed')).length > 2,
        15_000,
      );
    } finally {
      process.emit('SIGTERM', 'SIGTERM');
    }
    expect((await watching).code).toBe(0);
    expect(await lies('done')).toEqual(['good.csv']);
    expect((await lies('failed')).sort()).toEqual(['bad.csv', 'bad.refused.csv']);
    expect(await stored('W-%')).toBe(1);
  });

  it('takes all of her reports home, of her agency alone, and the file can be submitted again', async () => {
    const foreign = stack.as('other-local-submitter');
    const other = await foreign.submit(sanDiegoReport({ narrative: null, identifiers: [], basis: null }));
    const machine = sanDiegoReport({
      people: [34, 35, 36].map((age) => ({ role: 'COURIER', age })),
      substances: [
        { deaCode: '9801', form: 'POWDER', quantity: 2, unit: 'GM', signature: '=1+1, "x"' },
        { name: 'xylazine', category: 'ADULTERANT', form: 'POWDER', quantityReason: 'TRACE' },
      ],
      remarks: 'two lines,\nof it',
    });
    const own = await stack.as('local-submitter').submit(machine);
    const named = String(machine['submitterReference']);
    const told = await concord(['export', 'reports', '--agency', agency, '--out', path('all.jsonl'), '--json']);
    const lines = (await readFile(path('all.jsonl'), 'utf8')).trim().split('\n');
    const reports = lines.slice(1, -1).map((line) => JSON.parse(line) as { id: string; submitterReference: string });
    expect([told.code, JSON.parse(told.out)]).toMatchObject([0, { rows: reports.length }]);
    const inDatabase = `from seizure_report r join agency a on a.id = r.agency_id where a.ori = $1`;
    expect(reports).toHaveLength(await stack.count(inDatabase, [agency]));
    expect(reports.map(({ id }) => id)).toContain(own.report?.id);
    expect(reports.map(({ id }) => id)).not.toContain(other.report?.id);
    const text = lines.join('\n');
    expect(text).toContain(SECRETS[0]);
    for (const sealed of [SECRETS[1], '555 0177', 'Watched for weeks'])
      expect(text.replaceAll(`${SECRETS[0]}, ${SECRETS[1]}`, '')).not.toContain(sealed);
    expect(reports.find(({ submitterReference }) => submitterReference === named)).toMatchObject({
      ...{ status: 'RELEASED', narrative: machine['narrative'], keptBack: { identifiers: 1, basis: true } },
      versions: [{ version: 1, change: 'SUBMITTED' }],
    });
    const booked = await stack.admin.query<{ action: string; canonical: { rows?: number } }>(
      `select action, canonical::jsonb as canonical from audit_entry where action like 'report.export%' order by at, id`,
    );
    expect(booked.rows.map(({ action, canonical }) => [action, canonical.rows])).toEqual([
      ['report.export.begin', undefined],
      ['report.export', reports.length],
      ['report.export.end', reports.length],
    ]);

    expect(await concord(['export', 'reports', '--agency', agency, '--out', path('all.csv')])).toMatchObject({
      code: 0,
    });
    const again = await submit('all.csv', ['--dry-run', '--json']);
    expect([again.code, counts(again.out)]).toEqual([
      0,
      { state: 'DONE', accepted: reports.length, duplicates: 0, wrong: 0 },
    ]);
    const bytes = async function* () {
      yield await readFile(path('all.csv'));
    };
    const { mapping } = guessMapping(await readHeadings('CSV', bytes()));
    const settings = { stateFips: '06', countyFips: [], timeZone: null, now: new Date() };
    const entries: InterpretedEntry[] = [];
    for await (const entry of interpretFile('CSV', bytes(), mapping, settings)) entries.push(entry);
    const back = entries.find(({ input }) => input.submitterReference === named);
    expect(back?.questions).toEqual([]);
    const { identifiers: _, basis: __, occurredAt, people, taskForceIds: ___, ...same } = machine;
    expect(back?.input).toMatchObject(same);
    expect(back?.input.people).toHaveLength((people as unknown[]).length);
    expect(Math.abs(Date.parse(back?.input.occurredAt ?? '') - Date.parse(String(occurredAt)))).toBeLessThan(60_000);

    const since = new Date(Date.now() + 60_000).toISOString();
    expect(await concord(['export', 'reports', '--agency', agency, '--since', since])).toMatchObject({
      ...{ code: 0, out: expect.stringMatching(/concord_no_rows\r\n$/) as unknown },
    });
  });

  it('lets nobody take them who may not read them', async () => {
    const input = { name: 'submits', capabilities: ['SUBMIT'], widestSharing: 'PARTNERS', expiresAt: inAYear() };
    const { createApiKey } = await stack
      .as('agency-admin')
      .run<{ createApiKey: { secret?: string } }>(CREATE_API_KEY, { input });
    const ask = async (token: string, query = ''): Promise<number> => {
      const answer = await fetch(`${stack.origin}/reports/export${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await ask(createApiKey.secret ?? '')).toBe(404);
    expect(await ask(stack.as('local-submitter').token, '?format=xml')).toBe(400);
    expect(await ask(stack.as('local-submitter').token, '?since=yesterday')).toBe(400);
    expect(await ask(stack.as('local-submitter').token)).toBe(200);
    expect(await ask('nonsense')).toBe(401);
  });

  it('is not given the half of an export for the whole of it', async () => {
    const inputs = Array.from({ length: 110 }, (_, n) => sanDiegoReport({ submitterReference: `H-${n}`, ...BARE }));
    await stack
      .as('local-submitter')
      .run(
        'mutation Many($inputs: [SubmitSeizureReportInput!]!) { submitSeizureReports(inputs: $inputs) { __typename } }',
        { inputs },
      );
    const hurt = (how: string): Promise<unknown> =>
      stack.admin.query(
        `begin; set local session_replication_role = replica; update seizure_report set content = ${how} where submitter_reference = 'H-109'; commit`,
      );
    await hurt(`content - 'people'`);
    try {
      for (const format of ['csv', 'jsonl']) {
        const cut = await concord(['export', 'reports', '--agency', agency, '--format', format, '--out', path('half')]);
        expect(cut).toMatchObject({ code: 1, told: expect.stringContaining('broke off') as unknown });
      }
    } finally {
      await hurt(`jsonb_set(content, '{people}', '[]')`);
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('half'))).toEqual([]);
    expect(
      await stack.count(
        "from audit_entry where action = 'report.export.cut' and (canonical::jsonb->>'rows')::int = 100",
      ),
    ).toBe(2);
  });

  it('records a laboratory file once, and gets the faulty rows back', async () => {
    expect(await concord(['template', '--laboratory', '--out', path('lab.csv')])).toMatchObject({ code: 0 });
    const heading = (await readFile(path('lab.csv'), 'utf8')).split('\r\n')[0] ?? '';
    expect(heading).toBe(
      'reference,substance,lab_status,dea_code,drug_name,drug_category,purity_percent,quantity,unit,quantity_reason,adulterants',
    );
    const two = sanDiegoReport({
      ...BARE,
      substances: [
        { deaCode: '9801', form: 'POWDER', quantity: 2, unit: 'GM', adulterants: ['xylazine'] },
        { deaCode: '1105', form: 'CRYSTAL', quantity: 3, unit: 'GM' },
      ],
    });
    const one = sanDiegoReport(BARE);
    const reports = [await stack.as('local-submitter').submit(two), await stack.as('local-submitter').submit(one)];
    const [a, b] = [String(two['submitterReference']), String(one['submitterReference'])];
    const good = [`${a},0,confirmed,,,,3.8,1.9,grams,,none`, `${a},1,REFUTED,9041,,,,,,,`, `${b},,CONFIRMED,,,,50,,,,`];
    const bad = [`NOT-THERE,,CONFIRMED,,,,,,,,`, `${b},7,CONFIRMED,,,,,,,,`, `${a},x,confirmd,,,,101,1,,,`];
    await writeFile(path('lab.csv'), `${[heading, ...good, ...bad].join('\r\n')}\r\n`);
    const versions = (): Promise<number> =>
      stack.count('from seizure_report_version where report_id = any($1)', [reports.map(({ report }) => report?.id)]);
    const lab = (name: string, ...more: string[]) => concord(['laboratory', path(name), '--agency', agency, ...more]);

    const tried = await lab('lab.csv', '--dry-run');
    expect(tried).toMatchObject({
      code: 1,
      told: expect.stringContaining('line 2: Fentanyl, POWDER: CONFIRMED, 1.9, GM, 3.8, none') as unknown,
    });
    expect(await versions()).toBe(0);
    const sent = await lab('lab.csv', '--refused', path('lab-mend.csv'), '--json');
    const answer = JSON.parse(sent.out) as {
      rows: { line: number; outcome: string; faults: { column: string; code: string }[] }[];
    };
    expect([sent.code, answer]).toMatchObject([1, { recorded: 3, there: 0, refused: 3 }]);
    expect(answer.rows.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
      ...['2 RECORDED', '3 RECORDED', '4 RECORDED', '5 REFUSED', '6 REFUSED', '7 REFUSED'],
    ]);
    expect(answer.rows.slice(3).map(({ faults }) => faults.map(({ column, code }) => `${column} ${code}`))).toEqual([
      ['reference NOT_FOUND'],
      ['substance OUT_OF_RANGE'],
      expect.arrayContaining(['lab_status CODE_NOT_KNOWN', 'substance NOT_A_WHOLE_NUMBER', 'quantity UNIT_MISSING']),
    ]);
    expect(await versions()).toBe(2);
    const again = await lab('lab.csv', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ recorded: 0, there: 3, refused: 3 });
    // Corrected since: an old file does not undo it.
    await stack
      .as('local-submitter')
      .run(CORRECT, { id: reports[1]?.report?.id, version: 2, input: one, reason: 'Mistaken.' });
    expect(await versions()).toBe(3);
    expect(JSON.parse((await lab('lab.csv', '--json')).out)).toMatchObject({ recorded: 0, there: 3 });
    expect(await versions()).toBe(3);

    const mend = await readFile(path('lab-mend.csv'), 'utf8');
    expect(mend.split('\r\n')[1]).toMatch(/^NOT-THERE,,CONFIRMED,.*reference: NOT_FOUND,/);
    const [first = '', , mendable = ''] = mend.split('\r\n');
    const kept = [first, mendable.replace(`${b},7,CONFIRMED,,,,,`, `${b},0,PRESUMPTIVE,,,,12,`)].join('\r\n');
    await writeFile(path('lab-mend.csv'), kept);
    expect(await lab('lab-mend.csv')).toMatchObject({ code: 0 });
    expect(await versions()).toBe(4);
  });

  it('has printed no narrative, no identifier and no token', () => {
    expect(said.length).toBeGreaterThan(1_000);
    for (const secret of [...SECRETS, stack.as('local-submitter').token]) expect(said).not.toContain(secret);
    expect(said).not.toContain('Zephyrine');
  });
});
