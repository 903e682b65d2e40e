import { openPool } from '@concord/platform/database';
import { testQueueBackends } from '@concord/platform/testing';
import { AGENCIES as SEEDED } from '../../apps/embedded/src/agencies.data.js';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { Administration, codesOf } from './administration.builder.js';
import { AGENCIES, AGENCY, LEAVE_AGENCY, ME, RECORD, RECORDS } from './documents.js';
import { eventually, type Issue } from './flow-client.builder.js';
import { plainReport, sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

/** More than a batch of the worker. */
const REPORTS = 105;
const ORI = SEEDED['san-diego'].ori;

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`an agency leaves, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    const recordIds: string[] = [];
    beforeAll(async () => {
      stack = await FlowStack.start(backend, { rates: { factor: 100 } });
    });
    afterAll(() => stack?.stop());

    const sees = async (as: PersonaName, id: string): Promise<boolean> =>
      (await stack.as(as).refusal(RECORD, { id })) === null;
    interface Asked {
      readonly __typename: string;
      readonly approval?: {
        readonly id: string;
        readonly kind: string;
        readonly needs: string;
        readonly state: string;
      };
      readonly issues?: readonly Issue[];
    }
    const ask = async (as: PersonaName, ori: string | null = ORI): Promise<Asked> =>
      (await stack.as(as).run<{ leaveAgency: Asked }>(LEAVE_AGENCY, { ori })).leaveAgency;
    const decide = (as: PersonaName, { approval }: Asked, approve = true) =>
      new Administration(stack.as(as)).decide(approval?.id ?? '', approve);
    const mine = agencyId('san-diego');

    test('its access ends at once, its records are recalled batch by batch, and those who were told are told', async () => {
      await stack.as('federal-analyst').rule('everything');
      await stack.drain();
      const told = await stack.live('federal-analyst');
      const whole = await stack.as('local-submitter').report(sanDiegoReport());
      const { recordId } = whole;
      expect((await told.next()).alert).toMatchObject({ change: 'RAISED', record: { id: recordId } });
      await fill();
      await stack.drain();
      const others = await stack.as('other-local-submitter').report(plainReport({ place: sacramento }));
      const embargoed = await stack
        .as('local-submitter')
        .report(plainReport({ releaseAfter: new Date(Date.now() + 3_600_000).toISOString() }));
      await stack.drain();
      const own = await stack.live('local-analyst');

      // Its own admin asks, and nothing has changed; another admin of it agrees, and nobody else.
      const asked = await ask('agency-admin');
      expect(asked).toMatchObject({ approval: { kind: 'agency.leave', state: 'PENDING', needs: 'AGENCY_ADMIN' } });
      expect(await stack.as('local-submitter').refusal(ME)).toBeNull();
      expect(codesOf(await decide('agency-admin', asked))).toEqual(['id OWN_REQUEST']);
      for (const other of ['system-admin', 'second-system-admin'] as const)
        expect(codesOf(await decide(other, asked))).toEqual(['id NOT_FOUND']);
      expect(await decide('second-agency-admin', asked)).toMatchObject({ approval: { state: 'APPROVED' } });

      // From the commit on nobody acts for it, and within a second its sockets are closed.
      for (const persona of ['local-submitter', 'local-analyst', 'supervisor', 'agency-admin'] as const)
        expect(await stack.as(persona).refusal(ME)).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await own.ended).toMatchObject({ code: 4403 });
      // Whoever was told is told that it is gone; nobody finds any of it.
      await eventually('the tombstone', () =>
        told.events.some(({ alert }) => alert.change === 'RECALLED' && alert.record === null),
      );
      await stack.drain();
      for (const id of [recordId, embargoed.recordId, ...recordIds.slice(0, 3)])
        for (const persona of ['federal-analyst', 'state-analyst', 'neighbour-analyst'] as const)
          expect(await sees(persona, id)).toBe(false);
      expect(await sees('federal-analyst', others.recordId)).toBe(true);
      expect(await stack.as('federal-analyst').run(RECORDS, { first: 200 })).toMatchObject({
        seizureRecords: { edges: [{ node: { id: others.recordId } }] },
      });
      expect(
        await stack.count('from record_view v join seizure_record r on r.id = v.record_id where r.agency_id = $1', [
          mine,
        ]),
      ).toBe(0);
      expect(
        await stack.count('from record_key k join seizure_record r on r.id = k.record_id where r.agency_id = $1', [
          mine,
        ]),
      ).toBe(0);
      expect(
        await stack.count(`from alert where record_id = any($1) and change <> 'RECALLED'`, [[recordId, ...recordIds]]),
      ).toBe(0);

      // The reports are its own and stay, each with the version before; every act is on the books, once.
      const all = REPORTS + 1;
      expect(
        await stack.count(
          `from seizure_report where agency_id = $1 and status = 'RECALLED' and version = 2 and changed_by = $2`,
          [mine, personId('agency-admin')],
        ),
      ).toBe(all);
      expect(await stack.count('from seizure_report_version where agency_id = $1', [mine])).toBe(all);
      expect(await stack.count(`from sealed_identifier where agency_id = $1`, [mine])).toBe(1);
      expect(await stack.count(`from audit_entry where action = 'report.recall' and agency_id = $1`, [mine])).toBe(all);
      for (const [action, persona] of [
        ['departure.request', 'agency-admin'],
        ['approval.approve', 'second-agency-admin'],
        ['agency.leave', 'second-agency-admin'],
      ] as const)
        expect(
          await stack.count('from audit_entry where action = $1 and person_id = $2', [action, personId(persona)]),
        ).toBe(1);
      expect(await stack.count(`from outbox where kind = 'agency.left'`)).toBe(2);
      expect(await stack.count('from membership where agency_id = $1 and valid_until is null', [mine])).toBe(0);
    });

    test('it is not in the list any more, says so itself, and cannot leave twice', async () => {
      expect(await stack.as('state-analyst').run(AGENCIES, { search: ORI })).toMatchObject({ agencies: { edges: [] } });
      expect(await stack.as('state-analyst').run(AGENCY, { ori: ORI })).toMatchObject({ agency: { status: 'LEFT' } });
      expect(codesOf(await ask('system-admin'))).toEqual(['ori HAS_LEFT']);
      expect(codesOf(await ask('system-admin', 'CA9999999'))).toEqual(['ori NOT_FOUND']);
      expect(codesOf(await ask('system-admin', null))).toEqual(['ori REQUIRED']);
      expect(await stack.as('agency-admin').refusal(LEAVE_AGENCY, { ori: ORI })).toMatchObject({
        code: 'UNAUTHENTICATED',
      });
      expect(await stack.as('state-analyst').refusal(LEAVE_AGENCY, { ori: ORI })).toMatchObject({ code: 'FORBIDDEN' });
    });

    test('nobody asks for another agency to leave, and what is refused or stale does nothing', async () => {
      const other = SEEDED.riverside.ori;
      for (const persona of ['state-analyst', 'auditor', 'watch-officer'] as const)
        expect(await stack.as(persona).refusal(LEAVE_AGENCY, { ori: other })).toMatchObject({ code: 'FORBIDDEN' });
      const [one, two] = await Promise.all([ask('system-admin', other), ask('second-system-admin', other)]);
      expect(one).toEqual(two);
      const asker = (await stack.count('from approval where id = $1 and requested_by = $2', [
        one.approval?.id,
        personId('system-admin'),
      ]))
        ? (['system-admin', 'second-system-admin'] as const)
        : (['second-system-admin', 'system-admin'] as const);
      expect(await decide(asker[1], one, false)).toMatchObject({ approval: { state: 'REFUSED' } });
      const again = await ask(asker[0], other);
      expect(again.approval?.id).not.toBe(one.approval?.id);
      // An operator was faster: what waits cannot be done any more.
      await stack.admin.query(`update agency set status = 'LEFT' where ori = $1`, [other]);
      expect(codesOf(await decide(asker[1], again))).toEqual(['id HAS_LEFT']);
      await stack.admin.query(`update agency set status = 'ACTIVE' where ori = $1`, [other]);
      expect(await stack.count(`from agency where ori = $1 and status = 'ACTIVE' and version = 1`, [other])).toBe(1);
    });

    test('a report under way is waited for and recalled, or refused: none comes after', async () => {
      const pool = openPool({ url: stack.database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 });
      const client = await pool.connect();
      const other = agencyId('sacramento');
      try {
        // What a submission holds from its first row to its commit.
        await client.query('begin');
        await client.query('select enter_actor($1, $2)', [personId('other-local-submitter'), other]);
        await client.query(INSERT_REPORT, [other, personId('other-local-submitter'), 'LATE-1']);
        const asked = await ask('system-admin', SEEDED.sacramento.ori);
        // Who asks for the same is answered with what waits, and may decide it.
        expect(await ask('second-system-admin', SEEDED.sacramento.ori)).toEqual(asked);
        expect(codesOf(await decide('system-admin', asked))).toEqual(['id OWN_REQUEST']);
        const leaving = decide('second-system-admin', asked);
        await eventually('leaving waits', async () => (await waiting()) > 0);
        await client.query('commit');
        expect(await leaving).toMatchObject({ approval: { state: 'APPROVED' } });
        // And one that had entered before the agency left, and writes after: the setting of its transaction is still there.
        await client.query('begin');
        await client.query(`select set_config('app.agency', $2, true), set_config('app.person', $1, true)`, [
          personId('other-local-submitter'),
          other,
        ]);
        await expect(
          client.query(INSERT_REPORT, [other, personId('other-local-submitter'), 'LATE-2']),
        ).rejects.toMatchObject({ code: '42501' });
        await client.query('rollback');
      } finally {
        client.release();
        await pool.end();
      }
      await stack.drain();
      expect(await stack.count(`from seizure_report where agency_id = $1 and status <> 'RECALLED'`, [other])).toBe(0);
    });

    const waiting = (): Promise<number> =>
      stack.count(
        `from pg_stat_activity where wait_event_type = 'Lock' and query like 'select leave_approved_agency%'`,
      );

    /** Short reports, as many at once as a desk has hands. */
    const fill = async (): Promise<void> => {
      for (let at = 1; at < REPORTS; at += 12) {
        const some = Array.from({ length: Math.min(12, REPORTS - at) }, () =>
          stack.as('local-submitter').report(plainReport()),
        );
        recordIds.push(...(await Promise.all(some)).map(({ recordId }) => recordId));
      }
    };
  });
}

const sacramento = { latitude: 38.58, longitude: -121.49, countyFips: '06067', setting: 'HIGHWAY' };

/** A report and its record, as bare as the tables allow. */
const INSERT_REPORT = `with made as (
    insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, occurred_from,
      occurred_to, offset_minutes, content, submitted_by)
    values (gen_random_uuid(), $1, $3, 'RELEASED', 'x', 'NATION', 'AMBER', now(), now(), 0, '{}', $2) returning id, agency_id)
  insert into seizure_record (id, report_id, agency_id, released_at) select gen_random_uuid(), id, agency_id, now() from made`;
