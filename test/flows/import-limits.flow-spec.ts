import { request } from 'node:http';
import { ImportClient } from './import-client.builder.js';
import { FlowStack } from './stack.builder.js';

const MiB = 1024 * 1024;

describe('what imports may take', () => {
  let stack: FlowStack;
  let clerk: ImportClient;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    clerk = new ImportClient(stack, 'local-submitter');
  }, 60_000);
  afterAll(() => stack?.stop());

  it('a file that comes slowly takes the place of no operation', async () => {
    const { uploadPath, id } = await clerk.started({ format: 'CSV', bytes: MiB });
    const headers = { authorization: `Bearer ${stack.as('local-submitter').token}` };
    // As many as one person may run, and more: each says a word and then nothing.
    const slow = Array.from({ length: 8 }, () => {
      const upload = request(`${stack.origin}${uploadPath}`, { method: 'PUT', headers });
      upload.on('error', () => undefined).write('reference,');
      return upload;
    });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = performance.now();
      expect(await clerk.find(id)).toMatchObject({ state: 'RECEIVING' });
      expect(performance.now() - began).toBeLessThan(2_000);
    } finally {
      for (const upload of slow) upload.destroy();
    }
    await clerk.change('cancel', id);
  });

  it('an agency keeps so much of files and no more, also of those that it cancelled', async () => {
    await stack.admin.query(
      `insert into report_import (id, agency_id, person_id, format, bytes, received_bytes, settings, state, ended_at)
       select gen_random_uuid(), i.agency_id, i.person_id, 'CSV', $1, $1, '{}', 'CANCELLED', now()
       from (select agency_id, person_id from report_import limit 1) i, generate_series(1, 40)`,
      [100 * MiB],
    );
    expect((await clerk.start({ format: 'CSV', bytes: 100 * MiB })).issues).toMatchObject([
      { path: 'bytes', code: 'TOO_MANY_IMPORTS' },
    ]);
    await stack.admin.query(`update report_import set content_removed_at = now() where state = 'CANCELLED'`);
    const many = await Promise.all(Array.from({ length: 12 }, () => clerk.start({ format: 'CSV', bytes: 100 * MiB })));
    // Ten, also of those that start at the same moment.
    expect(many.filter((one) => one.import !== undefined)).toHaveLength(10);
    for (const one of many) if (one.import) await clerk.change('cancel', one.import.id);
  });

  it('a line that says what no report may say stops no other', async () => {
    const good = (reference: string) => ({
      submitterReference: reference,
      occurredAt: '2026-10-20T15:15:00-07:00',
      sharing: 'NATION',
      place: { countyFips: '06073' },
      substances: [{ deaCode: '9801', quantity: 12.5, unit: 'GM' }],
    });
    const lines: unknown[] = [
      { ...good('Z-1'), narrative: 'a\u0000b' },
      { ...good('Z-2'), narrative: 'a\ud800b' },
      { ...good('Z-\ud800') },
      { ...good('Z-\u0000') },
      { ...good('Z-3'), place: { latitude: 1e308, longitude: -1e308 } },
      { ...good('Z-4'), substances: [{ deaCode: '9801', quantity: 1e300, unit: 'KG' }] },
      { ...good('Z-5'), substances: { deaCode: '9801' } },
      { ...good('Z-6'), submitterReference: { toString: 1 } },
      { ...good('Z-7'), identifiers: [{ kind: 'PERSON', value: 5 }, null, 7] },
      { ...good('Z-8'), people: [{ age: 1e9 }], route: 'north', withhold: 'x', taskForceIds: ['x', 'y'] },
      { ...good('Z-9'), occurredAt: 17, releaseAfter: { a: 1 }, holdUntilReleased: 'yes' },
      { ...good('Z-10'), substances: [{ deaCode: '9801', quantity: 5e-324, unit: 'GM' }] },
      { ...good('Z-11'), remarks: '\u202e'.repeat(2_000), packaging: '\ufffe' },
      { ...good('Z-12'), narrative: 'x'.repeat(30_000) },
      good('Z-13'),
    ];
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"submitterReference":"Z-14","__proto__":{"a":1},"constructor":5}\n`;
    const started = await clerk.started({ format: 'JSON_LINES', text });
    await clerk.change('confirm', started.id, { columns: [] });
    const done = await clerk.reaches(started.id, ['DONE', 'PAUSED', 'FAILED'], 20_000);
    expect(done).toMatchObject({ state: 'DONE', entriesDone: lines.length + 1 });
    expect((await clerk.entries(started.id, ['ACCEPTED'])).map(({ ordinal }) => ordinal)).toContain(14);
  }, 40_000);

  it('what the service pauses of itself stands in the books', async () => {
    await stack.stopWorker();
    const { id } = await clerk.started({ format: 'JSON_LINES', text: '{}\n' });
    await clerk.change('confirm', id, { columns: [] });
    await stack.admin.query(
      `update report_import set fruitless = 5, holder = gen_random_uuid(), held_until = now() - interval '1 minute' where id = $1`,
      [id],
    );
    await stack.startWorker();
    expect(await clerk.reaches(id, ['PAUSED'], 10_000)).toMatchObject({ reason: 'INTERNAL_FAULT' });
    expect(await stack.count(`from audit_entry where action = 'import.pause' and person_id is null`)).toBe(1);
  });
});
