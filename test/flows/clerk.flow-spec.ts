import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personaFacts } from '../../apps/embedded/src/personas.js';
import { runProgram } from '../../apps/cli/src/run-command.js';
import { eventually } from './flow-client.builder.js';
import { row, sheet } from './import-client.builder.js';
import { FlowStack } from './stack.builder.js';

/** Planted in every narrative, and in an identifier: it may come back in a file and be printed nowhere. */
const SECRETS = ['Zephyrine Quagmire', '619 555 0177'] as const;

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
    answer?: string,
  ): Promise<{ code: number; out: string; told: string }> {
    let [out, told] = ['', ''];
    const keep = (text: string): string => ((said += text), text);
    const code = await runProgram(args, {
      env: { CONCORD_URL: stack.origin, CONCORD_TOKEN: stack.as('local-submitter').token },
      print: (text) => void (out += keep(text)),
      tell: (line) => void (told += keep(`${line}\n`)),
      paint: (_, text) => text,
      ...(answer === undefined ? {} : { ask: () => Promise.resolve(answer) }),
    });
    return { code, out, told };
  }
  const submit = (name: string, more: readonly string[], answer?: string) =>
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
    const mend = await readFile(path('mend.csv'), 'utf8');
    expect(mend).toContain(narrative);
    await writeFile(path('mend.csv'), mend.replace('nonsense', 'fentanyl'));
    const second = await submit('mend.csv', ['--yes', '--json']);
    expect([second.code, counts(second.out)]).toEqual([0, { state: 'DONE', accepted: 1, duplicates: 0, wrong: 0 }]);
    expect(await stored('C-%')).toBe(3);
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

  it('has printed no narrative, no identifier and no token', () => {
    expect(said.length).toBeGreaterThan(1_000);
    for (const secret of [...SECRETS, stack.as('local-submitter').token]) expect(said).not.toContain(secret);
    expect(said).not.toContain('Zephyrine');
  });
});
