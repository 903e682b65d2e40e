import { createLogger } from '@concord/platform/logging';
import { randomUUID } from 'node:crypto';
import { INCIDENT, flatFile, xmlFile, xmlReport } from '../../libs/interpretation/src/nibrs/nibrs-files.builder.js';
import { workbookOf, zipOf } from '../../libs/interpretation/src/workbook/workbook.builder.js';
import { eventually } from './flow-client.builder.js';
import { HEADING, ImportClient, MAPPING, row, sheet, type Import } from './import-client.builder.js';
import { FlowStack } from './stack.builder.js';

/** Of an import with a file of any kind, until it has ended. */
async function end(client: ImportClient, format: string, file: Buffer, mapping: Record<string, unknown> = MAPPING) {
  const started = await client.started({ format, bytes: file.length, timeZone: 'America/Los_Angeles' });
  expect((await client.put(started.uploadPath, new Uint8Array(file))).status).toBe(200);
  expect(await client.change('confirm', started.id, mapping)).toMatchObject({ __typename: 'ImportChanged' });
  return client.reaches(started.id, ['DONE', 'FAILED']);
}

describe('imports and what may go wrong with them', () => {
  let stack: FlowStack;
  let clerk: ImportClient;
  let logged = '';

  beforeAll(async () => {
    const log = createLogger({ name: 'flow', level: 'info', destination: { write: (line) => void (logged += line) } });
    stack = await FlowStack.start(undefined, { rates: { factor: 100 }, observed: { log } });
    clerk = new ImportClient(stack, 'local-submitter');
  }, 60_000);
  afterAll(() => stack?.stop());

  const stored = (like: string): Promise<number> =>
    stack.count('from seizure_report where submitter_reference like $1', [like]);

  it('stores a report and what became of its row together, and goes on after one that cannot be stored', async () => {
    // The third entry of this import cannot be noted as stored, whoever tries.
    await stack.admin.query(`create function broken_entry() returns trigger language plpgsql as $$ begin
        if new.ordinal = 2 and new.outcome = 'ACCEPTED' then raise exception 'broken'; end if; return new; end $$;
      create trigger broken before insert on report_import_entry for each row execute function broken_entry()`);
    const done = await clerk.through(sheet(Array.from({ length: 30 }, (_, at) => row(`T-${at}`))));
    await stack.admin.query('drop trigger broken on report_import_entry; drop function broken_entry()');
    expect(done).toMatchObject({ state: 'DONE', accepted: 29, refused: 1, entriesDone: 30 });
    expect(
      (await clerk.entries(done.id, ['REFUSED'])).map(({ ordinal, issues }) => [ordinal, issues[0]?.code]),
    ).toEqual([[2, 'INTERNAL']]);
    // What is not noted is not stored either: a worker killed between the two would store it twice, or lose it.
    expect(await stored('T-%')).toBe(29);
    expect(await clerk.through((await clerk.refused(done.refusedPath)).text)).toMatchObject({ accepted: 1 });
    expect(await stored('T-%')).toBe(30);
  });

  it('refuses no row because PostgreSQL is too busy for it: the import is let go of and taken again', async () => {
    // More often than is tried at once.
    await stack.admin.query(`create sequence busy_times; grant usage on sequence busy_times to public;
      create function busy_entry() returns trigger language plpgsql as $$ begin
        if new.ordinal = 2 and new.outcome = 'ACCEPTED' and nextval('busy_times') <= 5 then raise exception 'too long' using errcode = '57014'; end if; return new; end $$;
      create trigger busy before insert on report_import_entry for each row execute function busy_entry()`);
    const done = await clerk.through(sheet(Array.from({ length: 30 }, (_, at) => row(`B-${at}`))));
    await stack.admin.query('drop trigger busy on report_import_entry; drop function busy_entry()');
    const { rows } = await stack.admin.query<{ times: string }>('select last_value as times from busy_times');
    expect(Number(rows[0]?.times)).toBeGreaterThan(5);
    expect(done).toMatchObject({ state: 'DONE', accepted: 30, duplicates: 0, held: 0, refused: 0, entriesDone: 30 });
    expect(await stored('B-%')).toBe(30);
  });

  it('refuses rows that it cannot read by a fault of its own, and does the rest', async () => {
    // Nobody can send such a mapping: every row that says no sharing of its own is read with an exception.
    await stack.admin.query(`create function broken_mapping() returns trigger language plpgsql as $$ begin
        new.mapping = jsonb_set(new.mapping, '{constants}', '{"sharing": 5}'); return new; end $$;
      create trigger broken before update on report_import for each row
        when (old.state = 'READY' and new.state = 'RUNNING') execute function broken_mapping()`);
    // A whole batch of them is no reason to stop either: read again they would be read as badly.
    const rows = Array.from({ length: 60 }, (_, at) => row(`U-${at}`, at < 25 || at === 40 ? { sharing: '' } : {}));
    const done = await clerk
      .through(sheet(rows))
      .finally(() => stack.admin.query('drop trigger broken on report_import; drop function broken_mapping()'));
    expect(done).toMatchObject({ state: 'DONE', reason: null, accepted: 34, refused: 26, entriesDone: 60 });
    const refused = await clerk.entries(done.id, ['REFUSED']);
    expect(new Set(refused.flatMap(({ issues }) => issues.map(({ code }) => code)))).toEqual(new Set(['INTERNAL']));
    expect(logged).toContain('import.entry-failed');
    const again = (await clerk.refused(done.refusedPath)).text;
    expect(await clerk.through(again.replaceAll(/,GM,,/g, ',GM,STATE,'))).toMatchObject({ accepted: 26, refused: 0 });
  });

  it('does a short file of one agency beside long files of another', async () => {
    const long = (name: string): string =>
      sheet(Array.from({ length: 2_000 }, (_, at) => row(`${name}-${at}`, { narrative: 'x'.repeat(200) })));
    const begun: Import[] = [];
    for (const text of [long('L'), long('M')]) {
      const started = await clerk.started({ format: 'CSV', bytes: text.length });
      await clerk.put(started.uploadPath, text);
      await clerk.change('confirm', started.id);
      begun.push(started);
    }
    await eventually('both run', async () => (await stored('L-%')) > 0 && (await stored('M-%')) > 0);
    const other = new ImportClient(stack, 'other-local-submitter');
    const { id } = await other.started({
      format: 'CSV',
      text: sheet(Array.from({ length: 10 }, (_, at) => row(`O-${at}`))),
    });
    await other.change('confirm', id);
    expect((await other.reaches(id, ['DONE'], 10_000)).accepted).toBe(10);
    for (const started of begun) {
      expect((await clerk.find(started.id)).state).toBe('RUNNING');
      await clerk.change('cancel', started.id);
    }
  }, 40_000);

  it('says that it is read otherwise to whoever confirms it again with another mapping', async () => {
    const started = await clerk.started({ format: 'CSV', bytes: 2_000 });
    expect(await clerk.change('confirm', started.id)).toMatchObject({ issues: [{ code: 'WRONG_STATE' }] });
    const { id } = await clerk.through(sheet([row('C-1')]));
    expect(await clerk.change('confirm', id)).toMatchObject({ import: { state: 'DONE' } });
    const other = {
      ...MAPPING,
      columns: MAPPING.columns.filter(({ heading }) => heading !== 'narrative'),
      ignored: ['narrative'],
    };
    expect(await clerk.change('confirm', id, other)).toMatchObject({ issues: [{ path: 'mapping', code: 'CONFLICT' }] });
    await clerk.change('cancel', started.id);
  });

  it('gives refused rows, which may name people, to nobody but who sent them', async () => {
    const done = await clerk.through(sheet([row('R-1', { county: '99999', narrative: 'named' })]));
    expect((await clerk.refused(done.refusedPath)).text).toContain('named');
    const colleague = new ImportClient(stack, 'supervisor');
    expect((await colleague.find(done.id)).state).toBe('DONE');
    expect((await colleague.refused(done.refusedPath)).status).toBe(404);
    expect(await stack.count(`from audit_entry where action = 'import.refused.read' and outcome = 'REFUSED'`)).toBe(1);
  });

  it('removes what it kept of a file 14 days after the end, and ends what nobody goes on with for 30, on the books', async () => {
    const old = await clerk.through(sheet([row('G-1', { county: '99999' })]));
    const young = await clerk.through(sheet([row('G-2', { county: '99999' })]));
    const left = await clerk.started({ format: 'CSV', text: sheet([row('G-3')]) });
    const sooner = await clerk.started({ format: 'CSV', text: sheet([row('G-4')]) });
    const age = (id: string, days: number): Promise<unknown> =>
      stack.admin.query(
        `update report_import set created_at = now() - make_interval(days => $2),
           progressed_at = null, ended_at = case when ended_at is null then null else now() - make_interval(days => $2) end where id = $1`,
        [id, days],
      );
    await Promise.all([age(old.id, 15), age(young.id, 13), age(left.id, 31), age(sooner.id, 29)]);
    await eventually(
      'it is removed',
      async () =>
        (await stack.count('from report_import where id = $1 and content_removed_at is not null', [old.id])) === 1,
    );
    expect(await clerk.reaches(left.id, ['CANCELLED'])).toMatchObject({ reason: 'ABANDONED' });
    expect((await clerk.find(sooner.id)).state).toBe('READY');
    const kept = async (id: string): Promise<number[]> => [
      await stack.count('from report_import_chunk where import_id = $1', [id]),
      await stack.count('from report_import_entry where import_id = $1 and sealed_issues is not null', [id]),
    ];
    expect([await kept(old.id), await kept(young.id)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect((await clerk.refused(old.refusedPath)).status).toBe(404);
    const booked = (action: string, id: string): Promise<number> =>
      stack.count('from audit_entry where action = $1 and canonical like $2', [action, `%${id}%`]);
    expect(await booked('import.content.remove', old.id)).toBe(1);
    expect(await booked('import.end', left.id)).toBe(1);
    await clerk.change('cancel', sooner.id);
  });

  it('begins one draft under an id of the writer’s own, however often it is sent', async () => {
    const SAVE = `mutation Save($input: SubmitSeizureReportInput!, $id: ID) {
      saveSeizureReportDraft(input: $input, id: $id, version: 0) { __typename
        ... on SeizureReportDraftSaved { draft { id version } } ... on SeizureReportRejected { issues { code } } } }`;
    const id = randomUUID();
    const save = (input: Record<string, unknown>): Promise<Record<string, unknown>> =>
      clerk.run<Record<string, unknown>>(SAVE, { input, id });
    const input = { submitterReference: 'DRAFT-1' };
    const both = await Promise.all([save(input), save(input)]);
    for (const answer of [...both, await save(input)])
      expect(answer).toMatchObject({ saveSeizureReportDraft: { draft: { id, version: 1 } } });
    expect(await save({ submitterReference: 'DRAFT-2' })).toMatchObject({
      saveSeizureReportDraft: { issues: [{ code: 'CONFLICT' }] },
    });
    expect(await stack.count('from seizure_report_draft')).toBe(1);
    expect(await new ImportClient(stack, 'supervisor').run(SAVE, { input, id })).toMatchObject({
      saveSeizureReportDraft: { issues: [{ code: 'NOT_FOUND' }] },
    });
  });

  it('takes workbooks, JSON Lines and what records systems emit through the same job', async () => {
    const cells = row('X-1').split(',').slice(0, -1);
    const line = (texts: readonly string[]): string =>
      `<row>${texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`;
    const workbook = workbookOf({ S: `<sheetData>${line(HEADING.split(',').slice(0, -1))}${line(cells)}</sheetData>` });
    const columns = MAPPING.columns.slice(0, -1);
    expect(await end(clerk, 'XLSX', workbook, { columns })).toMatchObject({ state: 'DONE', accepted: 1 });
    const object = Object.fromEntries(
      HEADING.split(',')
        .slice(0, -1)
        .map((name, at) => [name, at === 0 ? 'X-2' : cells[at]]),
    );
    const lines = Buffer.from(`${JSON.stringify(object)}\n`);
    expect(await end(clerk, 'JSON_LINES', lines, { columns })).toMatchObject({ state: 'DONE', accepted: 1 });
    const nibrs = {
      columns: [],
      constants: [
        { column: 'county', value: '06073' },
        { column: 'sharing', value: 'STATE' },
      ],
    };
    for (const [format, file] of [
      ['NIBRS_FLAT', flatFile([INCIDENT])],
      ['NIBRS_XML', xmlFile([xmlReport(INCIDENT)])],
    ] as const)
      expect(await end(clerk, format, file, nibrs)).toMatchObject({ state: 'DONE', entriesDone: 1 });
  });

  it.each([
    ['a workbook that unpacks to 150 MB', 'XLSX', () => bomb(), 'TOO_LARGE|FILE_UNREADABLE'],
    [
      'entities in entities',
      'NIBRS_XML',
      () => Buffer.from('<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'),
      'FILE_UNREADABLE',
    ],
    ['one line of 4 MB', 'JSON_LINES', () => Buffer.alloc(4 * 2 ** 20, 'a'), 'TOO_LARGE|FILE_UNREADABLE'],
    [
      'one cell of 4 MB',
      'CSV',
      () => Buffer.concat([Buffer.from(`${HEADING}\r\n"`), Buffer.alloc(4 * 2 ** 20, 'a')]),
      'TOO_LARGE|FILE_UNREADABLE',
    ],
  ])(
    'refuses %s and stays small',
    async (_, format, file, reason) => {
      const bytes = file();
      const before = process.memoryUsage.rss();
      let most = before;
      const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
      const done = await end(clerk, format, bytes, { columns: [] });
      clearInterval(look);
      expect(done).toMatchObject({ state: 'FAILED', reason: expect.stringMatching(reason) as unknown });
      expect((most - before) / 2 ** 20).toBeLessThan(400);
    },
    40_000,
  );

  it('reads cells that are made to be slow as quickly as others', async () => {
    const nasty = [
      '1/1/1'.repeat(60),
      `${'0'.repeat(300)}x`,
      `${' '.repeat(300)}g`,
      '1.'.repeat(150),
      'a'.repeat(300) + '!',
    ];
    const rows = nasty.flatMap((cell, at) => [
      row(`E-${at}a`, { date: cell }), row(`E-${at}b`, { quantity: cell }), row(`E-${at}c`, { unit: cell }), row(`E-${at}d`, { drug: cell }),
    ]); // prettier-ignore
    const since = performance.now();
    const done = await clerk.through(sheet(rows));
    expect(done.entriesDone).toBe(rows.length);
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

/** A workbook of some hundred kilobytes whose sheet would be 150 MB. */
function bomb(): Buffer {
  const cells = 'a'.repeat(50_000_000);
  return zipOf({
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData><row><c t="inlineStr"><is><t>${cells}${cells}${cells}</t></is></c></row></sheetData></worksheet>`,
  });
}
