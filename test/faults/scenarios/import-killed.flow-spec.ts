import { createHash } from 'node:crypto';
import { eventually } from '../../flows/flow-client.builder.js';
import { MAPPING, row, sheet, type Import } from '../../flows/import-client.builder.js';
import { Fleet } from '../harness/fleet.builder.js';
import { kill, type Victim } from '../harness/kill-plan.builder.js';
import { byLength, IMPORT_ROWS } from '../harness/length.config.js';
import { tell } from '../harness/results.js';

const ROWS = byLength(1_500, IMPORT_ROWS);
const MINUTES = byLength(3, 20);
const VICTIMS: readonly Victim[] = ['worker', 'api', 'PostgreSQL'];
/** Every so many rows one that is refused, and one that says again what another has said. */
const REFUSED_EACH = 50;
const DUPLICATE_EACH = 75;

const isRefused = (at: number): boolean => at % REFUSED_EACH === 7;
const isDuplicate = (at: number): boolean => at % DUPLICATE_EACH === 11 && !isRefused(at) && at > 200;
/** What a duplicate repeats: a row that is accepted, and not just before it. */
const repeated = (at: number): number => (isRefused(at - 100) || isDuplicate(at - 100) ? at - 101 : at - 100);
const reference = (at: number): string => `IMPORT-${String(isDuplicate(at) ? repeated(at) : at).padStart(6, '0')}`;

const FIELDS = 'id state uploadPath receivedBytes entriesDone accepted held refused duplicates questions';

describe('#24 an import whose worker, api and PostgreSQL are killed while it runs on PostgreSQL', () => {
  test(
    'stores every row once, and says of each what a single submission would have said',
    async () => {
      const began = performance.now();
      const fleet = await Fleet.start({ backend: 'PostgreSQL', database: 'own' });
      try {
        const all = Array.from({ length: ROWS }, (_, at) => at);
        const text = sheet(all.map((at) => row(reference(at), isRefused(at) ? { quantity: '-1' } : {})));
        const client = fleet.as('local-submitter');
        const contentDigest = createHash('sha256').update(text).digest('hex');
        const { startImport } = await client.run<{ startImport: { import: Import } }>(
          `mutation Start($input: StartImportInput!) { startImport(input: $input) { ... on ImportStarted { import { ${FIELDS} } } } }`,
          { input: { format: 'CSV', bytes: Buffer.byteLength(text), contentDigest } },
        );
        const { id, uploadPath } = startImport.import;
        const put = await fetch(new URL(uploadPath, fleet.api.url), {
          method: 'PUT',
          headers: { authorization: `Bearer ${fleet.token('local-submitter')}` },
          body: text,
        });
        expect(put.status).toBe(200);
        await client.run(
          `mutation Confirm($id: ID!, $mapping: ColumnMappingInput) { confirmImport(id: $id, mapping: $mapping) { __typename } }`,
          { id, mapping: MAPPING },
        );
        const confirmed = performance.now();
        const done = async (): Promise<number> =>
          Number((await fleet.sql<{ n: string }>('select count(*) as n from report_import_entry'))[0]?.n);
        for (const [n, victim] of VICTIMS.entries()) {
          const after = ((n + 1) * ROWS) / (VICTIMS.length + 1);
          await eventually(`${after} rows`, async () => (await done()) >= after, MINUTES * 60_000);
          await kill(fleet, { victim, deadMs: 300 });
        }
        const found = await eventually(
          'the import is over',
          async () => {
            const answer = await client
              .run<{ import: Import }>(`query Find($id: ID!) { import(id: $id) { ${FIELDS} } }`, { id })
              .catch(() => null);
            return answer !== null && answer.import.state !== 'RUNNING' ? answer.import : null;
          },
          MINUTES * 60_000,
        );
        const seconds = (performance.now() - confirmed) / 1_000;
        const stored = await fleet.sql<{ ref: string }>(
          `select submitter_reference as ref from seizure_report where submitter_reference like 'IMPORT-%'`,
        );
        const wanted = new Set(all.filter((at) => !isRefused(at) && !isDuplicate(at)).map(reference));
        const seen = stored.map(({ ref }) => ref);
        const there = new Set(seen);
        const lost = [...wanted].filter((ref) => !there.has(ref)).length;
        const counted = {
          ...{ attempted: wanted.size, ok: wanted.size, refused: 0, unknown: 0, recovered: 0, leaked: 0, lost },
          unexpected: seen.filter((ref) => !wanted.has(ref)).length,
          duplicated: seen.length - there.size,
        };
        const faults = tell({
          ...{ scenario: [24], name: 'import killed', backend: 'PostgreSQL', without: null },
          counted: [{ reader: 'local-submitter', channel: 'reports', tally: counted }],
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: {
            rows: ROWS,
            kills: VICTIMS.length,
            importSeconds: Math.round(seconds),
            rowsASecond: Math.round(ROWS / seconds),
          },
        });
        expect(faults).toEqual({ lost: 0, unexpected: 0, duplicated: 0, leaked: 0 });
        const refused = all.filter(isRefused).length;
        const duplicates = all.filter(isDuplicate).length;
        expect(found).toMatchObject({ state: 'DONE', accepted: wanted.size, held: 0, duplicates, entriesDone: ROWS });
        expect(found.refused + found.questions).toBe(refused);
        // Of each entry one outcome, and a report for whatever says that there is one.
        expect(
          await fleet.sql(
            `select count(*)::int as n from report_import_entry e left join seizure_report r on r.id = e.report_id
             where (e.outcome in ('ACCEPTED', 'DUPLICATE')) <> (r.id is not null)`,
          ),
        ).toEqual([{ n: 0 }]);
      } finally {
        await fleet.stop();
      }
    },
    (MINUTES + 2) * 60_000,
  );
});
