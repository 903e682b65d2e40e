import { join } from 'node:path';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, SEED } from '../harness/length.config.js';
import { RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { Load } from '../harness/load.builder.js';
import { quiesce, readBack, StoreIndex } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { StreamReader } from '../harness/stream-reader.builder.js';
import { tally } from '../harness/tally.js';
import { CursorPoller, HeldSubmissions, holdInbox, holdRule, RuleBooks } from '../held-transactions.builder.js';
import { NO_FAULTS, OPEN, sendUntilStored } from '../one-report.builder.js';

const HELD_MS = byLength(3_000, 30_000);
const HELD_REPORTS = 3;
const AFTER = 5;
const PATIENCE_MS = byLength(60_000, 180_000);
/** Of the agency that submits, and without a rule until the late one. */
const LATE_OWNER = 'supervisor';

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(`#22 a transaction held open, queues on ${backend.name}`, () => {
    let fleet: Fleet;
    beforeAll(async () => {
      fleet = await Fleet.start({
        backend: backend.name,
        database: 'shared',
        workers: [{ options: { reconcileMs: 500, lostAfterSeconds: 3 } }],
      });
      await openReaders(fleet, RECIPIENTS, { streams: false });
    }, 60_000);
    afterAll(() => fleet.stop());

    test(
      'what commits late is late and not lost: outbox rows, a rule, an inbox',
      async () => {
        const began = performance.now();
        const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
        const streams = [
          await StreamReader.start(fleet, 'state-analyst'),
          await StreamReader.start(fleet, 'federal-analyst'),
        ];
        const poller = CursorPoller.start(fleet);
        const books = RuleBooks.start(fleet);

        const late = Array.from({ length: HELD_REPORTS }, (_, n) => `LATE-${n}`);
        const ends = late.map((reference) => journal.begin(reference, OPEN, 'late'));
        const held = [
          await HeldSubmissions.begin(fleet, late),
          await holdRule(fleet, LATE_OWNER),
          await holdInbox(fleet, 'state-analyst'),
        ];
        const random = new SeededRandom(SEED);
        let loads = 0;
        for (const until = Date.now() + HELD_MS; Date.now() < until; loads += 1) {
          const prefix = `FAST-${loads}`;
          await new Load({ fleet, journal, random, submissions: 10, atOnce: 4, givenUp: 0, prefix }).run();
          // Rules of others change meanwhile, and the book reads on.
          await fleet.as('neighbour-analyst').rule(`beside ${loads}`);
        }
        // The others are not held up for good: who has another inbox is told meanwhile.
        const meanwhile = books.horizon.size;
        for (const transaction of held) await transaction.commit();
        for (const end of ends) end('ok');
        const { quiet, seconds } = await quiesce(fleet, PATIENCE_MS);

        const after: string[] = [];
        for (let n = 0; n < AFTER; n += 1) after.push(await sendUntilStored(fleet, journal, `AFTER-${n}`));
        await quiesce(fleet, PATIENCE_MS);
        await eventually('the rules are read', () => books.horizon.size > meanwhile, PATIENCE_MS);
        await Promise.all([poller.stop(), books.stop()]);

        const counted = await readBack(fleet, journal, { streams });
        const owner = (await fleet.as(LATE_OWNER).alerts()).map(({ record }) => record?.id ?? '');
        const told = after.filter((id) => owner.filter((it) => it === id).length === 1).length;
        const index = await StoreIndex.read(fleet);
        const naive = tally({
          operations: journal.operations.filter(({ facts }) => !facts.faulty),
          entitled: () => true,
          seen: poller.records.map((id) => index.keyOfRecord(id)),
        });
        const facts = {
          heldSeconds: HELD_MS / 1_000,
          caughtUpSeconds: seconds,
          quiet,
          lateRuleTold: `${told}/${AFTER}`,
        };
        const result = { scenario: [22], name: 'transactions held open', backend: backend.name };
        const spent = Math.round((performance.now() - began) / 1_000);
        const faults = tell({ ...result, without: null, counted, seconds: spent, facts });
        const missedRules = books.horizon.size - books.naive.size;
        const shown = tell({
          ...result,
          without: 'a status and a horizon: a cursor, id > last',
          counted: [{ reader: 'cursor', channel: 'outbox', tally: naive }],
          seconds: spent,
          facts: { missedRules },
        });
        expect(faults).toEqual(NO_FAULTS);
        expect(told).toBe(AFTER);
        // Beside them, on the same rows: whoever remembers how far they have read steps over what commits late.
        expect(shown.lost).toBeGreaterThanOrEqual(HELD_REPORTS);
        expect(missedRules).toBeGreaterThan(0);
      },
      4 * PATIENCE_MS,
    );
  });
}
