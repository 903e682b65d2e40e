import { checkSeals } from '../../apps/cli/src/verify/seals.check.js';
import { AGENCIES } from '../../apps/embedded/src/agencies.data.js';
import { agencyId, personId, PERSONAS, type PersonaName } from '../../apps/embedded/src/personas.js';
import { inTransaction, openPool } from '@concord/platform/database';
import type { PoolClient } from 'pg';
import { ANSWER_CONTACT, CONTACTS, DECLINE_CONTACT, MY_CONTACTS, RECALL, REQUEST_CONTACT } from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

interface Asked {
  readonly __typename: string;
  readonly id?: string;
  readonly duplicate?: boolean;
  readonly state?: string;
  readonly issues?: readonly Issue[];
}
interface Thread {
  readonly id: string;
  readonly recordId: string;
  readonly message: string;
  readonly state: string;
  readonly asker?: { readonly agencyName: string; readonly personName: string };
  readonly answer: Record<string, unknown> | null;
}

const QUESTION = 'Zephyrine Quagmire: the same press mark here.\nWho may I call?';
const ANSWER = 'Ask us through this record when you have the laboratory result.';

describe('contact through a record', () => {
  let stack: FlowStack;
  let recordId = '';
  let reportId = '';

  beforeAll(async () => {
    stack = await FlowStack.start();
    ({ recordId, reportId } = await stack.as('local-submitter').report(plainReport({ withhold: ['CONTRIBUTOR'] })));
  });
  afterAll(() => stack.stop());

  const ask = async (as: PersonaName, message = QUESTION, of = recordId): Promise<Asked> =>
    (await stack.as(as).run<{ requestContact: Asked }>(REQUEST_CONTACT, { recordId: of, message })).requestContact;
  const answer = async (as: PersonaName, id: string, message = ANSWER, reveal = false): Promise<Asked> =>
    (await stack.as(as).run<{ answerContactRequest: Asked }>(ANSWER_CONTACT, { id, message, reveal }))
      .answerContactRequest;
  const decline = async (as: PersonaName, id: string): Promise<Asked> =>
    (await stack.as(as).run<{ declineContactRequest: Asked }>(DECLINE_CONTACT, { id })).declineContactRequest;
  const nodes = <T extends string>(answered: Record<T, { edges: { node: Thread }[] }>, of: T): Thread[] =>
    answered[of].edges.map(({ node }) => node);
  const mine = async (as: PersonaName): Promise<Thread[]> =>
    nodes<'myContactRequests'>(await stack.as(as).run(MY_CONTACTS, { first: 50 }), 'myContactRequests');
  const received = async (as: PersonaName, state: string | null = null): Promise<Thread[]> =>
    nodes<'contactRequests'>(await stack.as(as).run(CONTACTS, { state }), 'contactRequests');
  const codes = ({ issues = [] }: Asked): string[] => issues.map(({ path, code }) => `${path} ${code}`);

  /** As the API's role, in the seat of a persona. */
  async function inSql<T>(as: PersonaName, work: (tx: PoolClient) => Promise<T>): Promise<T> {
    const pool = openPool({ url: stack.database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 });
    const { agency } = PERSONAS[as];
    try {
      return await inTransaction(pool, async (tx) => {
        await tx.query(`select enter_actor(with_purpose($1, 'INVESTIGATION'), $2)`, [
          personId(as),
          agency === null ? null : agencyId(agency),
        ]);
        return work(tx);
      });
    } finally {
      await pool.end();
    }
  }

  test('is asked by whoever sees the record, once, and stands', async () => {
    const asked = await Promise.all(Array.from({ length: 4 }, () => ask('state-analyst')));
    expect(asked.map(({ duplicate }) => duplicate).sort()).toEqual([false, true, true, true]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(codes(await ask('state-analyst', 'Something else.'))).toEqual(['recordId ALREADY_ASKED']);
    expect(await stack.count('from contact_request')).toBe(1);
    expect(await stack.count(`from audit_entry where action = 'contact.request' and outcome = 'DONE'`)).toBe(1);

    expect(codes(await ask('far-local-analyst'))).toEqual(['recordId NOT_FOUND']);
    expect(codes(await ask('far-local-analyst', QUESTION, '00000000-0000-4000-8000-000000000000'))).toEqual([
      'recordId NOT_FOUND',
    ]);
    expect(codes(await ask('local-analyst'))).toEqual(['recordId OWN_RECORD']);
    expect(codes(await ask('federal-analyst', '  '))).toEqual(['message REQUIRED']);
    expect(codes(await ask('federal-analyst', 'x'.repeat(2_001)))).toEqual(['message TOO_LONG']);
  });

  test('comes to the analysts and supervisors of the owner, with who asks, and to nobody else', async () => {
    const [request] = await received('local-analyst', 'OPEN');
    expect(request).toMatchObject({
      ...{ recordId, message: QUESTION, state: 'OPEN', answer: null },
      asker: { agencyName: AGENCIES.california.name, personName: PERSONAS['state-analyst'].displayName },
    });
    expect(await received('supervisor')).toEqual([request]);
    for (const as of ['neighbour-analyst', 'state-analyst', 'federal-analyst'] as const)
      expect([as, await received(as)]).toEqual([as, []]);
    expect(await stack.as('local-submitter').refusal(CONTACTS)).toMatchObject({ code: 'FORBIDDEN' });
    for (const as of ['neighbour-analyst', 'state-analyst'] as const) {
      expect(codes(await answer(as, request?.id ?? ''))).toEqual(['id NOT_FOUND']);
      expect(codes(await decline(as, request?.id ?? ''))).toEqual(['id NOT_FOUND']);
    }
    expect(await mine('federal-analyst')).toEqual([]);
  });

  test('an answer names nobody unless the owner reveals itself: not in the API, and not in SQL', async () => {
    const [request] = await received('local-analyst');
    const id = request?.id ?? '';
    const answers = await Promise.all([answer('local-analyst', id), answer('supervisor', id)]);
    expect(answers).toMatchObject([
      { id, state: 'ANSWERED' },
      { id, state: 'ANSWERED' },
    ]);
    expect(await stack.count(`from audit_entry where action = 'contact.answer' and outcome = 'DONE'`)).toBe(1);
    for (const other of [() => answer('supervisor', id, 'Otherwise.'), () => answer('supervisor', id, ANSWER, true)])
      expect(codes(await other())).toEqual(['id ALREADY_ANSWERED']);
    expect(codes(await decline('supervisor', id))).toEqual(['id ALREADY_ANSWERED']);

    const [thread] = await mine('state-analyst');
    const on = expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown;
    expect(thread).toMatchObject({ state: 'ANSWERED', answer: { message: ANSWER, on, agencyName: null, phone: null } });
    const owner = [
      agencyId('san-diego'),
      ...(['local-analyst', 'supervisor', 'local-submitter'] as const).map(personId),
    ];
    const named = (text: string): string[] => owner.filter((it) => text.includes(it));
    expect(named(JSON.stringify(thread))).toEqual([]);

    const readable = await inSql('state-analyst', async (tx) => {
      const { rows } = await tx.query<{ column: string }>(
        `select attname as column from pg_attribute where attrelid = 'contact_request'::regclass and attnum > 0
           and has_column_privilege(attrelid, attnum, 'SELECT')`,
      );
      const columns = rows.map(({ column }) => column);
      const found = await tx.query(`select ${columns.join(', ')} from contact_request where id = $1`, [id]);
      return { columns, row: JSON.stringify(found.rows, (_, value: unknown) => value), rows: found.rowCount };
    });
    expect(readable.rows).toBe(1);
    expect(readable.columns).not.toContain('owner_agency_id');
    expect(named(readable.row)).toEqual([]);
    for (const sql of [
      'select owner_agency_id from contact_request',
      'select * from contact_request',
      'select to_jsonb(c) from contact_request c',
      `select id from contact_request where owner_agency_id = '${agencyId('san-diego')}'`,
      `update contact_request set state = 'OPEN' returning owner_agency_id`,
    ])
      await expect(inSql('state-analyst', (tx) => tx.query(sql))).rejects.toMatchObject({ code: '42501' });
    // A seal names its key, and keys are known by agency: none is the owner's.
    const { rows: keys } = await stack.admin.query<{ key_id: string }>(
      'select key_id from agency_data_key where agency_id = $1',
      [agencyId('san-diego')],
    );
    const { rows: seals } = await stack.admin.query<{ sealed: Buffer }>(
      'select sealed_message as sealed from contact_request union all select sealed_answer from contact_request',
    );
    for (const { sealed } of seals)
      for (const { key_id: key } of keys) expect(sealed.includes(Buffer.from(key, 'ascii'))).toBe(false);
  });

  test('a seat reads its own side in SQL, and nobody writes the other', async () => {
    const count = (as: PersonaName): Promise<number> =>
      inSql(as, async (tx) => {
        const { rows } = await tx.query<{ n: number }>('select count(*)::int as n from contact_request');
        return rows[0]?.n ?? -1;
      });
    expect(await count('local-analyst')).toBe(1);
    expect(await count('state-analyst')).toBe(1);
    for (const as of ['neighbour-analyst', 'federal-analyst', 'far-local-analyst', 'auditor'] as const)
      expect([as, await count(as)]).toEqual([as, 0]);
    const insert = `insert into contact_request (id, record_id, asker_agency_id, asker_id, sealed_message)
      values (gen_random_uuid(), $1, $2, $3, '')`;
    // In another's name; and through a record that the seat does not see.
    for (const [as, agency] of [
      ['federal-analyst', 'california'],
      ['far-local-analyst', 'new-york'],
    ] as const)
      await expect(
        inSql(as, (tx) => tx.query(insert, [recordId, agencyId(agency), personId(as)])),
      ).rejects.toMatchObject({ code: '42501' });
    const forged = await inSql('state-analyst', (tx) =>
      tx.query(`update contact_request set state = 'DECLINED', answered_on = now()::date`),
    );
    expect(forged.rowCount).toBe(0);
    // Nor does the owner name somebody else.
    const open = await ask('neighbour-analyst');
    await expect(
      inSql('local-analyst', (tx) =>
        tx.query(
          `update contact_request set state = 'ANSWERED', answered_on = now()::date, sealed_answer = '', revealed_agency_id = $2 where id = $1`,
          [open.id, agencyId('riverside')],
        ),
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });

  test('the owner names itself to one asker alone, or declines', async () => {
    const { id = '' } = await ask('federal-analyst');
    expect(await answer('supervisor', id, ANSWER, true)).toMatchObject({ state: 'ANSWERED' });
    const { name, phone } = AGENCIES['san-diego'];
    expect(await mine('federal-analyst')).toMatchObject([{ answer: { message: ANSWER, agencyName: name, phone } }]);
    expect(await mine('state-analyst')).toMatchObject([{ answer: { agencyName: null } }]);
    expect(await received('local-analyst', 'ANSWERED')).toMatchObject([
      { answer: { revealed: true } },
      { answer: { revealed: false } },
    ]);
    expect(await stack.count(`from audit_entry where action = 'contact.reveal'`)).toBe(1);

    const [open] = await received('local-analyst', 'OPEN');
    expect(await decline('local-analyst', open?.id ?? '')).toMatchObject({ state: 'DECLINED' });
    expect(await decline('local-analyst', open?.id ?? '')).toMatchObject({ state: 'DECLINED' });
    expect(await mine('neighbour-analyst')).toMatchObject([{ state: 'DECLINED', answer: null }]);
    // What is closed may be asked again.
    expect(await ask('neighbour-analyst', 'Once more.')).toMatchObject({ duplicate: false });
  });

  test('works where the contributor is named, page by page', async () => {
    const open = await stack.as('local-submitter').report(plainReport());
    expect(await ask('state-analyst', QUESTION, open.recordId)).toMatchObject({ duplicate: false });
    const first = await stack.as('state-analyst').run<{
      myContactRequests: { pageInfo: { hasNextPage: boolean; endCursor: string }; edges: { node: Thread }[] };
    }>(MY_CONTACTS, { first: 1 });
    expect(first.myContactRequests).toMatchObject({
      pageInfo: { hasNextPage: true },
      edges: [{ node: { state: 'OPEN' } }],
    });
    const after = first.myContactRequests.pageInfo.endCursor;
    const rest = await stack.as('state-analyst').run(MY_CONTACTS, { first: 5, after });
    expect(rest).toMatchObject({
      myContactRequests: { pageInfo: { hasNextPage: false }, edges: [{ node: { recordId } }] },
    });
  });

  test('a recall leaves the thread as it is and lets nobody ask anew', async () => {
    const before = await mine('state-analyst');
    await stack.as('supervisor').run(RECALL, { id: reportId, version: 1, reason: 'Not ours.' });
    expect(await mine('state-analyst')).toEqual(before);
    expect(codes(await ask('state-analyst'))).toEqual(['recordId NOT_FOUND']);
    // What was asked before may be answered still, in the same words as ever.
    const [open] = await received('local-analyst', 'OPEN').then((all) => all.filter((it) => it.recordId === recordId));
    expect(await answer('local-analyst', open?.id ?? '')).toMatchObject({ state: 'ANSWERED' });
  });

  test('what was written is sealed, in no other table, and opens with the keys of a backup', async () => {
    const { rows } = await stack.admin.query<{ name: string }>(
      `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema in ('public', 'bullmq')`,
    );
    for (const { name } of rows)
      expect([name, await stack.count(`from ${name} t where t::text ~ 'Quagmire|laboratory result'`)]).toEqual([
        name,
        0,
      ]);
    await stack.admin.query('begin');
    const seals = await checkSeals(stack.admin, stack.rootKey);
    await stack.admin.query('commit');
    expect(seals).toMatchObject({ faults: [] });
    expect(seals.opened).toBeGreaterThan(0);
  });
});
