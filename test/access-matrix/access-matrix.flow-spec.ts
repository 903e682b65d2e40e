import { writeFileSync } from 'node:fs';
import { Findings } from './findings.js';
import { GUARANTEES } from './guarantees.js';
import { judgeSubscriptions } from './judge-subscriptions.builder.js';
import { runMatrix, type MatrixOptions } from './matrix.builder.js';
import { WholeDocuments } from './whole-documents.js';
import { standUp, type StandingWorld } from './world.builder.js';
import { WorldGenerator, worldSeed, type WorldSize } from './world.generator.js';

/** Set by `npm run test:matrix`: how long, or until how many decisions, worlds are made; and where the counts go. */
const MINUTES = Number(process.env['CONCORD_MATRIX_MINUTES'] ?? 0);
const ENOUGH = Number(process.env['CONCORD_MATRIX_DECISIONS'] ?? Infinity);
const RESULTS = process.env['CONCORD_MATRIX_RESULTS'];
const SHORT: WorldSize = { agencies: 14, records: 50, people: 4 };
const LONG: WorldSize = { agencies: 30, records: 500, people: 40 };
const seed = worldSeed();

async function judge(standing: StandingWorld, options: MatrixOptions): Promise<Findings> {
  const findings = await runMatrix(standing, options);
  findings.add(await judgeSubscriptions(standing));
  return findings;
}

const counts = (findings: Findings) => JSON.stringify({ seed, ...findings.toJSON(), counterexamples: undefined });

(MINUTES > 0 ? describe.skip : describe)('the access matrix', () => {
  let standing: StandingWorld;
  beforeAll(async () => {
    process.stderr.write(`access-matrix: CONCORD_SEED=${seed}\n`);
    standing = await standUp(new WorldGenerator(seed, SHORT).generate());
  }, 300_000);
  afterAll(() => standing?.stop());

  // Before the judgement: that nothing differs afterwards says that everything was put back.
  test.each(GUARANTEES)(
    'finds what is taken away: $name',
    async ({ only, who, takeAway }) => {
      const putBack = await takeAway(standing);
      try {
        const findings = await runMatrix(standing, {
          filters: 4,
          byId: 20,
          only,
          ...(who ? { who } : {}),
          untilFound: true,
        });
        process.stderr.write(
          `access-matrix: ${findings.faults} of ${findings.total + findings.fields}: ${findings.counterexamples[0] ?? ''}\n`,
        );
        expect(findings.faults).toBeGreaterThan(0);
      } finally {
        await putBack();
      }
    },
    120_000,
  );

  test('the API decides as the oracle does: no leak and no over-refusal, in 20,000 decisions and more', async () => {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const findings = await judge(standing, { filters: 4, byId: 20, rootsInTurn: 4 });
    process.stderr.write(
      `access-matrix: ${counts(findings)} in ${Math.round((performance.now() - begun) / 1_000)} s, ${Math.round(process.cpuUsage(cpu).user / 1_000_000)} s of this process\n`,
    );
    expect(findings.counterexamples).toEqual([]);
    expect(findings.faults).toBe(0);
    expect(findings.total).toBeGreaterThan(20_000);
    // A run in which nobody sees anything would agree as well.
    for (const seen of ['OWNER', 'TASK_FORCE', 'PARTNER', '-', 'X', '?'])
      expect(findings.seen[seen]).toBeGreaterThan(0);
    // Whoever was asked by nobody was not judged.
    for (const { name } of new WholeDocuments().rootFields())
      expect(Object.keys(findings.seen).filter((it) => it.startsWith(`${name} `))).not.toEqual([]);
  }, 300_000);
});

(MINUTES > 0 ? test : test.skip)(
  'the same of one world after the other',
  async () => {
    const until = Date.now() + MINUTES * 60_000;
    const all = new Findings();
    const isOver = (decided = 0): boolean => Date.now() > until || all.total + decided > ENOUGH;
    let worlds = 0;
    for (; !isOver() && all.faults === 0; worlds += 1) {
      process.stderr.write(`access-matrix: CONCORD_SEED=${seed + worlds}\n`);
      const standing = await standUp(new WorldGenerator(seed + worlds, LONG).generate());
      try {
        all.add(await judge(standing, { filters: 10, byId: 60, isOver }));
      } finally {
        await standing.stop();
      }
      process.stderr.write(`access-matrix: ${all.total} decisions, ${all.faults} differ\n`);
      if (RESULTS !== undefined)
        writeFileSync(RESULTS, JSON.stringify({ seed, worlds: worlds + 1, ...all.toJSON() }, null, 2));
    }
    expect(all.counterexamples).toEqual([]);
  },
  (MINUTES + 15) * 60_000,
);
