import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { kill } from '../harness/kill-plan.builder.js';
import { byLength, LONG, SEED } from '../harness/length.config.js';
import { send } from '../harness/load.builder.js';
import { inputOf, type LoadReport } from '../harness/load-report.js';
import { tell, type Counted } from '../harness/results.js';
import { tally } from '../harness/tally.js';

const REFERENCES = byLength(40, 2_000);
const CLIENTS = 4;
const KILLS = byLength(2, 20);
const NOTHING = { lost: 0, unexpected: 0, duplicated: 0, leaked: 0 };

/** Two contents under one reference: they differ in who may see them. */
const CONTENTS = ['STATE', 'PARTNERS'] as const;
type Content = (typeof CONTENTS)[number];
interface Sent {
  readonly reference: string;
  readonly content: Content;
}

const [postgres, redis] = BACKENDS;
const runs = [
  { backend: postgres, without: null },
  // Where the queues are does not matter to a submission: the long run shows it.
  ...(LONG ? [{ backend: redis, without: null }] : []),
  { backend: postgres, without: 'the unique index' },
].flatMap(({ backend, without }) => (backend?.available ? [{ backend: backend.name, without }] : []));

describe.each(runs)('#9 one reference from several clients, without $without, queues on $backend', (run) => {
  test(
    'is one record, and whoever said something else is refused; or the doubles are found',
    async () => {
      const began = performance.now();
      const random = new SeededRandom(SEED);
      // PostgreSQL is killed: one of its own. Nobody works: what is submitted is looked at.
      const fleet = await Fleet.start({ backend: run.backend, database: 'own', workers: [] });
      try {
        if (run.without !== null) await dropUniqueness(fleet);
        const journal = new Journal<Sent>(null);
        const clients = CONTENTS.flatMap((content) => Array<Content>(CLIENTS / CONTENTS.length).fill(content));
        let reached = 0;
        const loading = Promise.all(
          clients.map(async (content, client) => {
            for (let n = 0; n < REFERENCES; n += 1) {
              await submit(fleet, journal, { reference: `TWICE-${n}`, content }, `client-${client}`);
              reached = Math.max(reached, n);
            }
          }),
        );
        const finished = loading.then(() => true);
        for (let killed = 0; killed < KILLS; killed += 1) {
          const due = Math.floor((REFERENCES / KILLS) * (killed + random.next()));
          while (reached < due && !(await Promise.race([finished, pause(5)])));
          await kill(fleet, { victim: killed % 2 === 0 ? 'PostgreSQL' : 'api', deadMs: random.between(0, 300) });
        }
        await loading;
        const counted = await count(fleet, journal);
        const { attempts, info } = journal.attempts;
        const faults = tell({
          ...{
            scenario: [9],
            name: 'one reference, two contents',
            backend: run.backend,
            without: run.without,
            counted,
          },
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: { references: REFERENCES, kills: KILLS, attempts, noAnswer: info },
        });
        if (run.without === null) expect(faults).toEqual(NOTHING);
        else expect(faults.duplicated).toBeGreaterThan(0);
      } finally {
        await fleet.stop();
      }
    },
    byLength(240_000, 900_000),
  );
});

/** Until it is accepted, or refused for good. */
async function submit(fleet: Fleet, journal: Journal<Sent>, sent: Sent, client: string): Promise<void> {
  const { reference, content } = sent;
  const report: LoadReport = { submitter: 'local-submitter', sharing: content, county: 'San Diego', faulty: false };
  for (let ending = 'info'; ending === 'info';) {
    const end = journal.begin(`${reference} ${content}`, sent, client);
    const answer = await send(fleet.api, fleet.token('local-submitter'), inputOf(reference, report));
    end(answer.ending, answer);
    ({ ending } = answer);
    if (ending === 'info') await pause(50);
    else if (ending === 'fail') expect(answer.told).toBe('REFERENCE_REUSED');
  }
}

/** Whatever is stored, under its reference and content; and the records that each reference was answered with. */
async function count(fleet: Fleet, journal: Journal<Sent>): Promise<Counted[]> {
  const stored = await fleet.sql<{ reference: string; sharing: string }>(
    'select submitter_reference as reference, sharing from seizure_report',
  );
  const { operations } = journal;
  const entitled = () => true;
  // A reference is one operation of all who used it.
  const byReference = [...new Set(operations.map(({ facts }) => facts.reference))].map((key) => {
    const all = operations.filter(({ facts }) => facts.reference === key);
    return {
      key,
      facts: null,
      attempts: all.flatMap(({ attempts }) => attempts),
      answers: all.flatMap(({ answers }) => answers),
    };
  });
  const answered = byReference.flatMap(({ key, answers }) => [...new Set(answers)].map(() => key));
  return [
    {
      ...{ reader: 'store', channel: 'contents' },
      tally: tally({ operations, entitled, seen: stored.map(({ reference, sharing }) => `${reference} ${sharing}`) }),
    },
    {
      ...{ reader: 'store', channel: 'references' },
      tally: tally({ operations: byReference, entitled, seen: stored.map(({ reference }) => reference) }),
    },
    { reader: 'clients', channel: 'answers', tally: tally({ operations: byReference, entitled, seen: answered }) },
  ];
}

/** The index goes, and the statement that leans on it looks by itself, as a check before the insert would. */
async function dropUniqueness(fleet: Fleet): Promise<void> {
  await fleet.sql('alter table seizure_report drop constraint seizure_report_agency_id_submitter_reference_key');
  const [submit] = await fleet.sql<{ text: string }>(
    `select pg_get_functiondef(oid) as text from pg_proc where proname = 'submit_seizure_report'`,
  );
  const text = submit?.text ?? '';
  const leaning = 'on conflict (agency_id, submitter_reference) do nothing';
  if (!text.includes(leaning)) throw new Error('the statement has changed: how does it keep references apart?');
  await fleet.sql(
    text.replace(
      leaning,
      'where not exists (select from seizure_report e where e.agency_id = v_agency and e.submitter_reference = r.submitter_reference)',
    ),
  );
}

const pause = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms));
