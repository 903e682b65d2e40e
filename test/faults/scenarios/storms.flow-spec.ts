import { FaultProxy, testQueueBackends } from '@concord/platform/testing';
import { personaActor, personId, type PersonaName } from '../../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { CORRECT } from '../../flows/documents.js';
import { eventually, FlowClient } from '../../flows/flow-client.builder.js';
import { FlowStack } from '../../flows/stack.builder.js';
import { Journal, type Operation } from '../harness/journal.js';
import { byLength, SEED } from '../harness/length.config.js';
import { drawReport, inputOf, RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { tell, type Counted } from '../harness/results.js';
import { tally } from '../harness/tally.js';
import { ResumingReader } from '../resuming-reader.builder.js';

const STORMS = byLength(8, 120);
const BETWEEN = byLength(4, 5);
/** So many sockets of each recipient are cut at once. */
const SOCKETS_EACH = byLength(2, 5);
const NOTHING = { lost: 0, unexpected: 0, duplicated: 0, leaked: 0 };
/** Written down before the run: after the last storm everybody has everything within this. */
const QUIET_MS = byLength(30_000, 120_000);

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(
    `#14 every socket cut at once while alerts are raised, queues on ${backend.name}`,
    () => {
      let stack: FlowStack;
      let front: FaultProxy;
      const readers: { readonly persona: PersonaName; readonly reader: ResumingReader }[] = [];
      const forgetful: ResumingReader[] = [];
      beforeAll(async () => {
        stack = await FlowStack.start(backend, { rates: { factor: 100 }, live: { handshakesPerMinute: 1_000_000 } });
        front = await FaultProxy.before(stack.origin);
        for (const { persona } of RECIPIENTS) await stack.as(persona).rule('everything');
      });
      afterAll(async () => {
        await Promise.all([...readers.map(({ reader }) => reader), ...forgetful].map((reader) => reader.stop()));
        await front?.close();
        await stack?.stop();
      });

      const open = async (persona: PersonaName, forgetsItsCursor: boolean): Promise<ResumingReader> => {
        const client = new FlowClient(() => front.through(stack.api.url), stack.as(persona).token);
        const from = await beginningOf(stack, persona);
        return new ResumingReader((after) => client.live(after), { from, forgetsItsCursor });
      };

      test(
        'live and caught up together are all entitled alerts, each revision once',
        async () => {
          const began = performance.now();
          const random = new SeededRandom(SEED);
          for (const { persona } of RECIPIENTS)
            for (let n = 0; n < SOCKETS_EACH; n += 1) readers.push({ persona, reader: await open(persona, false) });
          forgetful.push(await open('state-analyst', true));
          await eventually('the streams stand', () => stack.api.services.inboxWatch.size === readers.length + 1);

          const journal = new Journal<LoadReport>(null);
          const corrected: string[] = [];
          const recordOf = new Map<string, string>();
          let number = 0;
          const submit = async (): Promise<void> => {
            number += 1;
            const [reference, report] = [`STORM-${number}`, drawReport(random)];
            const end = journal.begin(reference, report, 'client');
            const client = stack.as(report.submitter);
            const answer = await client.submit(inputOf(reference, report));
            if (answer.record === undefined) return end('fail');
            end('ok', { id: answer.record.id });
            recordOf.set(answer.record.id, reference);
            // A further revision for whoever was told; one at least, whatever is drawn.
            if (!random.chance(0.25) && corrected.length > 0) return;
            const [substance] = inputOf(reference, report)['substances'] as Record<string, unknown>[];
            const input = { ...inputOf(reference, report), substances: [{ ...substance, quantity: 2_500 }] };
            await client.run(CORRECT, { id: answer.report?.id, version: 1, input, reason: 'Weighed again.' });
            corrected.push(reference);
          };

          for (let storm = 0; storm < STORMS; storm += 1) {
            const submitting = Array.from({ length: BETWEEN }, submit);
            await submitting[0];
            // In the middle of what is being told, or with everybody away until it has been told.
            if (storm % 2 === 0) front.cut();
            else {
              await front.refuse();
              await Promise.all(submitting);
              await stack.drain();
              await front.listen();
            }
            await Promise.all(submitting);
          }
          await stack.drain();
          const inboxes = new Map<PersonaName, string[]>();
          for (const { persona } of RECIPIENTS) inboxes.set(persona, await inboxOf(stack, persona));
          await eventually(
            'everybody has read everything',
            () => readers.every(({ persona, reader }) => reader.told.length >= (inboxes.get(persona)?.length ?? 0)),
            QUIET_MS,
          ).catch(() => undefined);

          const referenceOf = new Map(
            (await stack.admin.query<{ id: string; record_id: string }>('select id, record_id from alert')).rows.map(
              ({ id, record_id }) => [id, recordOf.get(record_id) ?? 'no report'],
            ),
          );
          const countedOf = (persona: PersonaName, reader: ResumingReader): Counted[] => {
            const mayRead = RECIPIENTS.find((one) => one.persona === persona)?.mayRead ?? (() => false);
            const alerts = [...new Set(reader.got.map(({ alert }) => alert.id))];
            return [
              {
                reader: persona,
                channel: 'alerts',
                tally: tally({
                  operations: journal.operations,
                  entitled: ({ facts }) => mayRead(facts),
                  seen: alerts.map((id) => referenceOf.get(id) ?? 'no alert'),
                }),
              },
              {
                reader: persona,
                channel: 'revisions',
                tally: tally({
                  operations: (inboxes.get(persona) ?? []).map(committed),
                  entitled: () => true,
                  seen: reader.told,
                }),
              },
            ];
          };
          const told = {
            scenario: [14],
            name: 'disconnect storms',
            backend: backend.name,
            seconds: Math.round((performance.now() - began) / 1_000),
            facts: {
              storms: STORMS,
              sockets: readers.length,
              connections: readers.reduce((sum, { reader }) => sum + reader.connections, 0),
              reports: number,
              corrected: corrected.length,
            },
          };
          const counted = readers.flatMap(({ persona, reader }) => countedOf(persona, reader));
          expect(tell({ ...told, without: null, counted })).toEqual(NOTHING);
          expect(told.facts.connections).toBeGreaterThanOrEqual(readers.length * (STORMS / 2));
          expect(corrected.length).toBeGreaterThan(0);
          const without = 'a cursor at reconnect';
          const forgot = forgetful.flatMap((reader) => countedOf('state-analyst', reader));
          expect(tell({ ...told, without, counted: forgot }).lost).toBeGreaterThan(0);
        },
        QUIET_MS + byLength(120_000, 900_000),
      );
    },
  );
}

/** Each (alert, revision) that was committed for somebody is an operation that was answered. */
const committed = (entry: string): Operation<null> => ({
  key: entry,
  facts: null,
  answers: [entry],
  attempts: [{ client: 'worker', begunAt: 0, endedAt: 0, ending: 'ok', told: null }],
});

async function inboxOf(stack: FlowStack, persona: PersonaName): Promise<string[]> {
  const { rows } = await stack.admin.query<{ entry: string }>(
    `select e.alert_id || ' ' || e.revision as entry from inbox_entry e join inbox i on i.id = e.inbox_id
     where i.person_id = $1 order by e.position`,
    [personId(persona)],
  );
  return rows.map(({ entry }) => entry);
}

/** The cursor before everything, as the API writes it: no client is given one. */
async function beginningOf(stack: FlowStack, persona: PersonaName): Promise<string> {
  const { personId: person, agency } = personaActor(persona);
  await stack.admin.query('insert into inbox (person_id, agency_id) values ($1, $2) on conflict do nothing', [
    person,
    agency.id,
  ]);
  const { rows } = await stack.admin.query<{ id: string }>('select id from inbox where person_id = $1', [person]);
  return Buffer.from(`inbox:${rows[0]?.id.slice(0, 8) ?? ''}:0`).toString('base64url');
}
