import { testQueueBackends } from '@concord/platform/testing';
import { ClientError } from 'graphql-request';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { say } from './outages.builder.js';

/** `CONCORD_OUTAGE_SUBMISSIONS=2000` for a longer run. */
const SUBMISSIONS = Number(process.env['CONCORD_OUTAGE_SUBMISSIONS'] ?? 120);
const AT_ONCE = 4;
const RETRIES = 500;
const seed = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);

/** The log of a client, kept outside the system. */
interface Entry {
  readonly reference: string;
  readonly recordId: string;
  readonly duplicate: boolean;
  readonly unknownBefore: number;
}

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`links cut at random, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    beforeAll(async () => {
      say(`unknown outcomes, queues on ${backend.name}: CONCORD_SEED=${seed}`);
      stack = await FlowStack.start(backend, {
        proxied: true,
        rates: { factor: 100 },
        reconciler: { reconcileMs: 200, lostAfterSeconds: 2 },
      });
      await stack.as('state-analyst').rule('everything');
    });
    afterAll(() => stack.stop());

    test('what was acknowledged is stored once, and what was unknown is one report when it is sent again', async () => {
      const random = new SeededRandom(seed);
      const { links } = stack;
      const ok: Entry[] = [];
      let attempted = 0;
      let unknown = 0;
      let over = false;

      const submit = async (number: number): Promise<void> => {
        const reference = `CUT-${number}`;
        const report = plainReport({ submitterReference: reference });
        for (let unknownBefore = 0; ; unknownBefore += 1) {
          attempted += 1;
          try {
            const answer = await stack.as('local-submitter').submit(report);
            if (answer.record === undefined) throw new Error(`refused: ${JSON.stringify(answer.issues)}`);
            ok.push({ reference, recordId: answer.record.id, duplicate: answer.duplicate === true, unknownBefore });
            return;
          } catch (error) {
            // Nothing but "not available" may come of a cut: it says nothing of whether the report was stored.
            if (!(error instanceof ClientError) || error.response.status !== 503) throw error;
            if (unknownBefore === RETRIES) throw error;
            unknown += 1;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
      };

      const cutter = (async () => {
        while (!over) {
          await new Promise((resolve) => setTimeout(resolve, 200 + 800 * random.next()));
          const dice = random.next();
          // Between a statement and its answer: a report is answered with some 1 to 3 KB on all its links.
          if (dice < 0.6) links.database.cutAfterAnswers(Math.floor(3_000 * random.next()));
          else if (dice < 0.85) links.database.cut();
          else {
            await links.database.refuse();
            await new Promise((resolve) => setTimeout(resolve, 200 * random.next()));
            await links.database.listen();
          }
          if (dice < 0.3) links.redis?.cut();
        }
      })();
      let next = 0;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let number = next++; number < SUBMISSIONS; number = next++) await submit(number);
        }),
      );
      over = true;
      await cutter;
      links.database.cutAfterAnswers(Number.MAX_SAFE_INTEGER);

      const alertsOf = async (): Promise<string[]> =>
        (
          await stack
            .as('state-analyst')
            .alerts(['DELIVERED'])
            .catch(() => [])
        ).map(({ record }) => record?.id ?? '');
      const acknowledged = new Set(ok.map(({ recordId }) => recordId));
      await eventually(
        'every report is alerted',
        async () => {
          const alerted = new Set(await alertsOf());
          return [...acknowledged].every((id) => alerted.has(id));
        },
        40_000,
      ).catch(() => undefined);
      const { rows } = await stack.admin.query<{ reference: string; record_id: string }>(
        `select r.submitter_reference as reference, q.id as record_id
         from seizure_report r join seizure_record q on q.report_id = r.id where r.submitter_reference like 'CUT-%'`,
      );
      const alerted = await alertsOf();
      const times = (list: readonly string[], id: string): number => list.filter((it) => it === id).length;
      const counts = ok.map(({ reference, recordId }) => [
        rows.filter((row) => row.reference === reference && row.record_id === recordId).length,
        rows.filter((row) => row.reference === reference).length,
        times(alerted, recordId),
      ]);
      const summary = {
        attempted,
        ok: ok.length,
        unknown,
        recovered: ok.filter(({ duplicate }) => duplicate).length,
        lost: counts.filter((count) => count.includes(0)).length,
        duplicated: counts.filter((count) => count.some((n) => n > 1)).length,
      };
      say(`unknown outcomes, queues on ${backend.name}: ${JSON.stringify(summary)}`);
      expect(summary).toMatchObject({ ok: SUBMISSIONS, lost: 0, duplicated: 0 });
      expect(unknown).toBeGreaterThan(0);
      // Said to be a duplicate is only what somebody had sent before.
      for (const entry of ok) if (entry.duplicate) expect(entry.unknownBefore).toBeGreaterThan(0);
      expect(rows).toHaveLength(SUBMISSIONS);
      expect(await stack.count(`from audit_entry where action = 'report.submit'`)).toBe(SUBMISSIONS);
    }, 150_000);
  });
}
