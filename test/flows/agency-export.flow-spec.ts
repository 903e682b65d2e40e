import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENCIES as SEEDED } from '../../apps/embedded/src/agencies.data.js';
import { personId } from '../../apps/embedded/src/personas.js';
import { concord } from '../faults/concord-command.builder.js';
import { CORRECT, ME } from './documents.js';
import { plainReport, sanDiegoReport, SECRETS } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const ORI = SEEDED['san-diego'].ori;

interface Line {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly change: string;
  readonly changedBy: string | null;
  readonly reason: string | null;
  readonly narrative: string | null;
  readonly basis: { readonly reasonableSuspicion: string } | null;
  readonly identifiers: readonly { readonly value: string }[];
  readonly unopened?: readonly string[];
}
interface Manifest {
  readonly unopened: number;
  readonly files: readonly { name: string; rows: number; bytes: number; sha256: string }[];
}

describe('an agency takes its data with it', () => {
  let stack: FlowStack;
  let folder: string;
  beforeAll(async () => {
    stack = await FlowStack.start();
    folder = await mkdtemp(join(tmpdir(), 'concord-export-'));
    await writeFile(join(folder, 'root.key'), `${stack.rootKey.toString('hex')}\n`);
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const exported = async (name: string): Promise<{ outcome: string; manifest: Manifest; told: string }> => {
    const { outcome, printed, told } = await concord([
      ...['export', 'agency', '--ori', ORI, '--out', join(folder, name), '--key-file', join(folder, 'root.key')],
      ...['--database-url', stack.database.superuserUrl, '--json'],
    ]);
    return { outcome, manifest: JSON.parse(printed) as Manifest, told };
  };
  const linesOf = async (name: string, file: string): Promise<Line[]> =>
    (await readFile(join(folder, name, file), 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);

  test('leaving by an operator, then an export: every report and version, opened, and nobody else’s', async () => {
    const input = sanDiegoReport();
    const { reportId } = await stack.as('local-submitter').report(input);
    const corrected = { ...input, narrative: null, identifiers: [], basis: null };
    await stack
      .as('local-analyst')
      .run(CORRECT, { id: reportId, version: 1, input: corrected, reason: 'Typed wrong.' });
    const plain = await stack.as('local-submitter').report(plainReport());
    await stack.as('neighbour-analyst').report(plainReport());
    await stack.drain();

    const leave = ['agency', 'leave', '--ori', ORI, '--database-url', stack.database.ownerUrl];
    expect(await concord(leave)).toMatchObject({
      outcome: 'done',
      printed: expect.stringContaining('has left;') as string,
    });
    expect(await stack.as('local-submitter').refusal(ME)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(JSON.parse((await concord([...leave, '--json'])).printed)).toMatchObject({ ori: ORI, changed: false });
    expect(await stack.count(`from audit_entry where action = 'agency.leave' and person_id is null`)).toBe(1);
    await stack.drain();

    const { outcome, manifest } = await exported('whole');
    expect([outcome, manifest.unopened]).toEqual(['done', 0]);
    const reports = await linesOf('whole', 'reports.jsonl');
    expect(reports.map(({ id }) => id).sort()).toEqual([reportId, plain.reportId].sort());
    // The recall is in nobody's name, as the leaving was.
    for (const report of reports)
      expect(report).toMatchObject({ status: 'RECALLED', change: 'RECALLED', changedBy: null, reason: null });
    const versions = (await linesOf('whole', 'versions.jsonl')).filter(({ id }) => id === reportId);
    expect(versions).toMatchObject([
      {
        ...{ version: 1, change: 'SUBMITTED', changedBy: personId('local-submitter'), narrative: SECRETS.narrative },
        basis: { reasonableSuspicion: SECRETS.suspicion, activity: 'TRAFFICKING' },
        identifiers: [{ kind: 'PHONE', value: SECRETS.phone }],
      },
      { version: 2, change: 'CORRECTED', reason: 'Typed wrong.', narrative: null, basis: null, identifiers: [] },
    ]);
    // The manifest says what is there, byte by byte, and nothing else is; nobody else may read it.
    expect((await readdir(join(folder, 'whole'))).sort()).toEqual(
      ['manifest.json', ...manifest.files.map(({ name }) => name)].sort(),
    );
    expect(manifest.files.map(({ name, rows }) => [name, rows])).toEqual([
      ['agency.json', 1],
      ['reports.jsonl', 2],
      ['versions.jsonl', 3],
    ]);
    for (const { name, bytes, sha256 } of manifest.files) {
      const content = await readFile(join(folder, 'whole', name));
      expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256]);
      expect((await stat(join(folder, 'whole', name))).mode & 0o077).toBe(0);
    }
    const booked = await stack.admin.query<{ canonical: string }>(
      `select canonical from audit_entry where action = 'agency.export'`,
    );
    const books = booked.rows.map(({ canonical }) => canonical).join('');
    expect([books.includes(reportId), books.includes(plain.reportId), books.includes(SECRETS.phone)]).toEqual([
      ...[true, true, false],
    ]);
  });

  test('refuses a directory that is there, another root key, and an agency that is not; names what does not open', async () => {
    await expect(exported('whole')).rejects.toThrow('is there already');
    const other = join(folder, 'other.key');
    await writeFile(other, `${'ab'.repeat(32)}\n`);
    const asked = ['export', 'agency', '--out', join(folder, 'none'), '--database-url', stack.database.superuserUrl];
    await expect(concord([...asked, '--ori', ORI, '--key-file', other])).rejects.toThrow('root key is not that');
    await expect(concord([...asked, '--ori', 'CA9999999', '--key-file', join(folder, 'root.key')])).rejects.toThrow(
      'no agency',
    );
    // A login that row-level security holds is told so, and gets no part for the whole.
    const owner = [...asked.slice(0, 4), '--database-url', stack.database.ownerUrl];
    await expect(concord([...owner, '--ori', ORI, '--key-file', join(folder, 'root.key')])).rejects.toMatchObject({
      code: '42501',
    });
    await stack.admin.query(
      `update seizure_report_version set sealed_narrative = '\\x00' where sealed_narrative is not null`,
    );
    const { outcome, manifest, told } = await exported('broken');
    expect([outcome, manifest.unopened]).toEqual(['failed', 1]);
    expect(told).toContain('1 sealed parts do not open');
    const broken = (await linesOf('broken', 'versions.jsonl')).filter((line) => line.unopened !== undefined);
    expect(broken).toMatchObject([
      { unopened: ['narrative'], narrative: null, identifiers: [{ value: SECRETS.phone }] },
    ]);
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});
