import { personId } from '../../apps/embedded/src/personas.js';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { CREATE_API_KEY } from './documents.js';
import { eventually } from './flow-client.builder.js';
import {
  HEADING,
  type Import,
  IMPORT_BY_ID,
  ImportClient,
  IMPORTS,
  MAPPING,
  row,
  sheet,
} from './import-client.builder.js';
import { FlowStack } from './stack.builder.js';

const FOUND_BY_IMPORT = `query FoundByImport($import: ID!) {
  mySeizureReports(import: $import, first: 10) { totalCount { value atLeast } edges { node { submitterReference } } } }`;
interface OwnReports {
  readonly mySeizureReports: {
    readonly totalCount: { readonly value: number; readonly atLeast: boolean };
    readonly edges: readonly { readonly node: { readonly submitterReference: string } }[];
  };
}

const SECRET = 'Zephyrine Quagmire said so';

describe('imports of files', () => {
  let stack: FlowStack;
  let clerk: ImportClient;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    clerk = new ImportClient(stack, 'local-submitter');
  }, 60_000);
  afterAll(() => stack?.stop());

  const stored = (like: string): Promise<number> =>
    stack.count('from seizure_report where submitter_reference like $1', [like]);

  it('shows how rows are read before anything counts, and nothing that may name somebody', async () => {
    const { id, state } = await clerk.started({
      format: 'CSV',
      text: sheet([row('P-1', { narrative: SECRET }), row('P-2', { drug: '0000' })]),
    });
    expect(state).toBe('READY');
    const shown = await clerk.preview(id);
    expect(shown).toMatchObject({
      __typename: 'ImportPreviewed',
      entries: [{ outcome: 'ACCEPTED' }, { outcome: expect.stringMatching('REFUSED|QUESTION') as unknown }],
    });
    expect(JSON.stringify(shown)).not.toContain('Zephyrine');
    expect(JSON.stringify(shown)).toContain('"value":"06073"');
    expect(await stored('P-%')).toBe(0);
    expect(await clerk.change('cancel', id)).toMatchObject({ import: { state: 'CANCELLED', reason: 'BY_HAND' } });
  });

  it('judges each row as a submission would, gives the refused ones back, and takes them mended', async () => {
    const rows = [
      row('A-1'),
      row('A-2', { drug: 'nonsense', narrative: SECRET }),
      row('A-3', { county: '99999' }),
      row('A-1', { quantity: '13' }),
      row('A-4'),
      row('A-6'),
      row('A-4'),
      row('', { quantity: '7' }),
    ];
    const done = await clerk.through(sheet(rows));
    expect(done).toMatchObject({ accepted: 3, duplicates: 1, lines: 9 });
    expect(done.refused + done.questions).toBe(4);
    expect(await stored('A-%')).toBe(3);
    const entries = await clerk.entries(done.id, null, 2);
    expect(entries.map(({ ordinal }) => ordinal)).toEqual(entries.map((_, at) => at));
    expect(entries.filter(({ outcome }) => outcome === 'ACCEPTED').every(({ reportId }) => reportId !== null)).toBe(
      true,
    );

    // What an import has stored is found by it: by its own agency, and no more than that.
    for (const [persona, expected] of [
      ['local-submitter', ['A-1', 'A-4', 'A-6']],
      ['other-local-submitter', []],
    ] as const) {
      const { mySeizureReports } = await stack.as(persona).run<OwnReports>(FOUND_BY_IMPORT, { import: done.id });
      expect(mySeizureReports.edges.map(({ node }) => node.submitterReference).sort()).toEqual(expected);
      expect(mySeizureReports.totalCount).toEqual({ value: expected.length, atLeast: false });
    }

    const { status, text } = await clerk.refused(done.refusedPath);
    expect(status).toBe(200);
    const lines = text.trimEnd().split('\r\n');
    expect(lines[0]).toBe(`${HEADING},problem,what_would_be_right`);
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['A-2', 'A-3', 'A-1', '']);
    expect(lines[1]).toContain(SECRET);

    const mended = text.replace('nonsense', '9801').replace('99999', '06065').replace('A-1,', 'A-5,');
    const again = await clerk.through(mended);
    expect(again).toMatchObject({ accepted: 3, duplicates: 0 });
    expect(again.refused + again.questions).toBe(1);
    const resent = await clerk.through(mended);
    expect(resent).toMatchObject({ accepted: 0, duplicates: 3 });
    expect(await stored('A-%')).toBe(6);
  });

  it('keeps nothing of a file in the clear', async () => {
    const { rows } = await stack.admin.query<{ found: boolean }>(
      `select exists (select from report_import_chunk c where position(convert_to($1, 'utf8') in c.sealed) > 0)
           or exists (select from report_import_entry e where position(convert_to($1, 'utf8') in e.sealed_issues) > 0)
           or exists (select from report_import i where i::text like '%' || $1 || '%') as found`,
      ['Quagmire'],
    );
    expect(rows[0]?.found).toBe(false);
    expect(await stack.count('from report_import_chunk')).toBeGreaterThan(0);
  });

  it('raises no alerts unless it says so', async () => {
    await stack.as('local-analyst').rule('everything of imports');
    await clerk.through(sheet([row('N-1')]));
    await stack.drain();
    expect(await stack.as('local-analyst').alerts()).toHaveLength(0);
    await clerk.through(sheet([row('N-2')]), { raiseAlerts: true });
    await stack.drain();
    expect(await stack.as('local-analyst').alerts()).toHaveLength(1);
  });

  it('stores nothing in a dry run', async () => {
    const done = await clerk.through(sheet([row('D-1'), row('D-2', { county: '99999' })]), { dryRun: true });
    expect(done.accepted).toBe(1);
    expect(done.refused + done.questions).toBe(1);
    expect(await stored('D-%')).toBe(0);
  });

  it('takes a file in pieces, goes on where it broke off, and refuses what is misplaced', async () => {
    const text = sheet(Array.from({ length: 40 }, (_, at) => row(`U-${at}`)));
    const { id, uploadPath } = await clerk.started({ fileName: 'seizures.csv', bytes: text.length });
    expect(await clerk.put(uploadPath, text.slice(0, 1_000))).toMatchObject({
      status: 200,
      answer: { state: 'RECEIVING', receivedBytes: 1_000 },
    });
    const misplaced = await clerk.put(uploadPath, text);
    expect(misplaced).toMatchObject({
      status: 409,
      answer: { errors: [{ extensions: { code: 'MISPLACED', receivedBytes: 1_000 } }] },
    });
    expect((await clerk.put(`${uploadPath}?offset=1000`, `${text.slice(1_000)}and more`)).status).toBe(409);
    expect(await clerk.put(`${uploadPath}?offset=1000`, text.slice(1_000))).toMatchObject({
      status: 200,
      answer: { state: 'READY' },
    });
    await clerk.change('confirm', id);
    expect(await clerk.reaches(id, ['DONE'])).toMatchObject({ accepted: 40, entriesDone: 40 });
  });

  it('is the same import while the same file is asked for, and refuses a file whose digest is another', async () => {
    const contentDigest = 'ab'.repeat(32);
    const first = await clerk.start({ format: 'CSV', bytes: 10, contentDigest });
    const again = await clerk.start({ format: 'CSV', bytes: 10, contentDigest });
    expect([first.resumed, again.resumed, again.import?.id]).toEqual([false, true, first.import?.id]);
    const [one, other] = await Promise.all(
      ['cd', 'cd'].map((digit) => clerk.start({ format: 'CSV', bytes: 10, contentDigest: digit.repeat(32) })),
    );
    expect(one?.import?.id).toBe(other?.import?.id);
    expect((await clerk.put(first.import?.uploadPath ?? '', '0123456789')).answer).toMatchObject({
      state: 'FAILED',
      reason: 'DIGEST_MISMATCH',
    });
    await clerk.change('cancel', one?.import?.id ?? '');
  });

  it('says every fault of what it is asked', async () => {
    const { issues = [] } = await clerk.start({
      fileName: 'a.pdf',
      contentDigest: 'x',
      timeZone: 'Nowhere',
      stateFips: '99',
    });
    expect(issues.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'format REQUIRED',
      'bytes REQUIRED',
      'contentDigest INVALID_DIGEST',
      'timeZone UNKNOWN_CODE',
      'stateFips UNKNOWN_CODE',
    ]);
    const { id } = await clerk.started({ format: 'CSV', text: `unheard of,${HEADING}\r\n` });
    expect(await clerk.preview(id)).toMatchObject({ issues: [{ code: 'UNKNOWN_COLUMNS' }] });
    await clerk.change('confirm', id);
    expect(await clerk.reaches(id, ['FAILED'])).toMatchObject({ reason: 'FILE_UNREADABLE' });
  });

  it('looks to everybody else as if it were not there', async () => {
    const { id, uploadPath, refusedPath } = await clerk.started({ format: 'CSV', bytes: 5 });
    for (const persona of ['other-local-submitter', 'federal-analyst', 'taskforce-analyst'] as const) {
      const other = new ImportClient(stack, persona);
      expect(await stack.as(persona).refusal(IMPORT_BY_ID, { id })).toMatchObject({ code: 'NOT_FOUND' });
      expect((await other.run<{ imports: { edges: unknown[] } }>(IMPORTS, {})).imports.edges).toEqual([]);
      expect(await other.change('cancel', id)).toMatchObject({ issues: [{ code: 'NOT_FOUND' }] });
      expect((await other.put(uploadPath, 'abcde')).status).toBe(404);
      expect((await other.refused(refusedPath)).status).toBe(404);
    }
    for (const persona of ['auditor', 'watch-officer', 'agency-admin', 'system-admin'] as const) {
      expect(await stack.as(persona).refusal(IMPORT_BY_ID, { id })).toMatchObject({ code: 'FORBIDDEN' });
      expect((await new ImportClient(stack, persona).put(uploadPath, 'abcde')).status).toBe(404);
    }
    expect((await new ImportClient(stack, 'local-submitter', 'nonsense').put(uploadPath, 'abcde')).status).toBe(401);
    // A colleague sees it and may stop it; it goes on in the name of whoever started it.
    const colleague = new ImportClient(stack, 'supervisor');
    expect((await colleague.put(uploadPath, 'abcde')).status).toBe(404);
    expect(await colleague.change('confirm', id)).toMatchObject({ issues: [{ code: 'NOT_STARTED_BY_YOU' }] });
    expect(await colleague.change('cancel', id)).toMatchObject({ import: { state: 'CANCELLED' } });
  });

  it('goes on where it was when the worker stops, and when it is paused and resumed', async () => {
    const text = sheet(Array.from({ length: 600 }, (_, at) => row(`W-${at}`)));
    const { id, uploadPath } = await clerk.started({ format: 'CSV', bytes: Buffer.byteLength(text) });
    await clerk.put(uploadPath, text);
    await clerk.change('confirm', id);
    await eventually('some are done', async () => (await stored('W-%')) > 0);
    expect(await clerk.change('pause', id)).toMatchObject({ import: { state: 'PAUSED', reason: 'BY_HAND' } });
    await clerk.change('resume', id);
    await stack.stopWorker();
    expect(await clerk.find(id)).toMatchObject({ state: 'RUNNING' });
    await stack.startWorker();
    expect(await clerk.reaches(id, ['DONE'])).toMatchObject({
      accepted: 600,
      duplicates: 0,
      refused: 0,
      entriesDone: 600,
    });
    expect(await stored('W-%')).toBe(600);
  }, 60_000);

  it('is paused when whoever started it may not submit any more, person or key', async () => {
    const seat = (roles: string): Promise<unknown> =>
      stack.admin.query('update membership set roles = $2 where person_id = $1', [personId('local-submitter'), roles]);
    const { id } = await clerk.started({ format: 'CSV', text: sheet([row('S-1')]) });
    await clerk.change('confirm', id);
    await clerk.reaches(id, ['DONE']);
    const second = await clerk.started({ format: 'CSV', text: sheet([row('S-2')]) });
    await stack.stopWorker();
    await clerk.change('confirm', second.id);
    await seat('{AUDITOR}');
    await stack.startWorker();
    const colleague = new ImportClient(stack, 'supervisor');
    expect(await colleague.reaches(second.id, ['PAUSED'])).toMatchObject({ reason: 'SEAT_ENDED' });
    await seat('{SUBMITTER}');
    await clerk.change('resume', second.id);
    expect(await clerk.reaches(second.id, ['DONE'])).toMatchObject({ accepted: 1 });

    const { createApiKey } = await stack
      .as('agency-admin')
      .run<{ createApiKey: { secret: string; key: { id: string } } }>(CREATE_API_KEY, {
        input: {
          name: 'records',
          capabilities: ['SUBMIT'],
          widestSharing: 'STATE',
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        },
      });
    const machine = new ImportClient(stack, 'local-submitter', createApiKey.secret);
    // The key's bound holds in an import too; and the person of the same seat does not see the agency's others by it.
    expect((await machine.through(sheet([row('K-1')]))).refused).toBe(1);
    expect((await machine.run<{ imports: { edges: unknown[] } }>(IMPORTS, {})).imports.edges).toHaveLength(1);
    const keyed = await machine.started({ format: 'CSV', text: sheet([row('K-2', { sharing: 'STATE' })]) });
    await stack.stopWorker();
    await machine.change('confirm', keyed.id);
    await stack.admin.query(
      'update api_key set revoked_at = now(), slot = null, revoked_by = created_by where id = $1',
      [createApiKey.key.id],
    );
    await stack.startWorker();
    expect(await colleague.reaches(keyed.id, ['PAUSED'])).toMatchObject({ reason: 'KEY_ENDED' });
    expect(await stored('K-%')).toBe(0);
  }, 60_000);

  it('tells whoever follows it, to the end', async () => {
    const { id } = await clerk.started({ format: 'CSV', text: sheet([row('F-1'), row('F-2')]) });
    const socket = createClient({
      url: `${stack.origin.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${stack.as('local-submitter').token}` },
    });
    const seen: Import[] = [];
    const ended = new Promise<unknown>((resolve) => {
      socket.subscribe<{ importProgressed: Import }>(
        { query: 'subscription Follow($id: ID!) { importProgressed(id: $id) { state accepted } }', variables: { id } },
        {
          next: ({ data, errors }) => (data ? void seen.push(data.importProgressed) : resolve(errors)),
          error: resolve,
          complete: () => resolve(null),
        },
      );
    });
    await Promise.race([eventually('it is followed', () => seen.length > 0), ended]);
    expect(seen).toHaveLength(1);
    await clerk.change('confirm', id);
    expect(await ended).toBeNull();
    expect(seen[0]).toMatchObject({ state: 'READY' });
    expect(seen.at(-1)).toMatchObject({ state: 'DONE', accepted: 2 });
    await socket.dispose();
  });

  it('keeps mappings by name, at the version that was seen, for the agency alone', async () => {
    const SAVE = `mutation Save($input: SaveColumnMappingInput!) { saveColumnMapping(input: $input) { __typename
      ... on ColumnMappingSaved { saved { id name version mapping { columns { heading column } constants { column value } } } }
      ... on ColumnMappingRejected { issues { path code } } } }`;
    type Saved = { saveColumnMapping: { saved?: { id: string; version: number }; issues?: { code: string }[] } };
    const save = async (input: Record<string, unknown>): Promise<Saved['saveColumnMapping']> =>
      (await clerk.run<Saved>(SAVE, { input })).saveColumnMapping;
    const mapping = { ...MAPPING, constants: [{ column: 'sharing', value: 'NATION' }] };
    const { saved } = await save({ name: 'Our sheet', mapping });
    expect(saved).toMatchObject({ version: 1, mapping });
    expect((await save({ name: 'our SHEET', mapping })).issues).toMatchObject([{ code: 'NAME_TAKEN' }]);
    expect((await save({ id: saved?.id, version: 1, name: 'Our sheet', mapping: MAPPING })).saved).toMatchObject({
      version: 2,
    });
    expect((await save({ id: saved?.id, version: 1, name: 'Our sheet', mapping })).issues).toMatchObject([
      { code: 'CONFLICT' },
    ]);
    expect(
      (await save({ name: 'x', mapping: { columns: [], constants: [{ column: 'narrative', value: SECRET }] } })).issues,
    ).toMatchObject([{ code: 'NOT_A_CONSTANT' }]);
    const LIST = '{ columnMappings { name version } }';
    expect(await clerk.run(LIST, {})).toEqual({ columnMappings: [{ name: 'Our sheet', version: 2 }] });
    expect(await new ImportClient(stack, 'other-local-submitter').run(LIST, {})).toEqual({ columnMappings: [] });
  });
});
