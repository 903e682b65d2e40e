import { writeFileSync } from 'node:fs';
import { Findings } from './findings.js';
import { runMatrix } from './matrix.builder.js';
import { judgeSubscriptions } from './judge-subscriptions.builder.js';
import { WholeDocuments } from './whole-documents.js';
import { standUp } from './world.builder.js';
import { WorldGenerator, worldSeed, type WorldSize } from './world.generator.js';

/** Set by `npm run test:matrix`: how long worlds are made one after the other, and where the counts go. */
const MINUTES = Number(process.env['CONCORD_MATRIX_MINUTES'] ?? 0);
const RESULTS = process.env['CONCORD_MATRIX_RESULTS'];
const SHORT: WorldSize = { agencies: 14, records: 130, people: 8 };
const LONG: WorldSize = { agencies: 40, records: 900, people: 60 };
const seed = worldSeed();

/** One world: made, asked by everybody for everything, put away. */
async function judgeWorld(
  worldSeed: number,
  size: WorldSize,
  asked: { filters: number; byId: number; isOver?: () => boolean },
): Promise<Findings> {
  const standing = await standUp(new WorldGenerator(worldSeed, size).generate());
  try {
    const findings = await runMatrix(standing, asked);
    findings.add(await judgeSubscriptions(standing));
    return findings;
  } finally {
    await standing.stop();
  }
}

const counts = (findings: Findings) => JSON.stringify({ seed, ...findings.toJSON(), counterexamples: undefined });

(MINUTES > 0 ? test.skip : test)(
  'the API decides as the oracle does: no leak and no over-refusal, in 20,000 decisions and more',
  async () => {
    process.stderr.write(`access-matrix: CONCORD_SEED=${seed}\n`);
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const findings = await judgeWorld(seed, SHORT, { filters: 2, byId: 20 });
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
  },
  300_000,
);

(MINUTES > 0 ? test : test.skip)(
  'the same of one world after the other',
  async () => {
    const until = Date.now() + MINUTES * 60_000;
    const isOver = (): boolean => Date.now() > until;
    const all = new Findings();
    let worlds = 0;
    for (; !isOver() && all.faults === 0; worlds += 1) {
      process.stderr.write(`access-matrix: CONCORD_SEED=${seed + worlds}\n`);
      all.add(await judgeWorld(seed + worlds, LONG, { filters: 6, byId: 60, isOver }));
      process.stderr.write(`access-matrix: ${all.total} decisions, ${all.faults} differ\n`);
      if (RESULTS !== undefined)
        writeFileSync(RESULTS, JSON.stringify({ seed, worlds: worlds + 1, ...all.toJSON() }, null, 2));
    }
    expect(all.counterexamples).toEqual([]);
  },
  (MINUTES + 15) * 60_000,
);
