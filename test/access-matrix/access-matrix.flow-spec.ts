import { runMatrix } from './matrix.builder.js';
import { WholeDocuments } from './whole-documents.js';
import { standUp, type StandingWorld } from './world.builder.js';
import { WorldGenerator, worldSeed } from './world.generator.js';

const seed = worldSeed();

describe('the API decides as the oracle does', () => {
  let standing: StandingWorld;
  beforeAll(async () => {
    process.stderr.write(`access-matrix: CONCORD_SEED=${seed}\n`);
    standing = await standUp(new WorldGenerator(seed, { agencies: 18, records: 260, people: 12 }).generate());
  });
  afterAll(() => standing?.stop());

  test('no leak and no over-refusal, in 20,000 decisions and more', async () => {
    const documents = new WholeDocuments();
    const findings = await runMatrix(standing, { filters: 2, byId: 20 }, documents);
    process.stderr.write(`access-matrix: ${JSON.stringify({ ...findings.toJSON(), counterexamples: undefined })}\n`);
    expect(findings.counterexamples).toEqual([]);
    expect(findings.faults).toBe(0);
    expect(findings.total).toBeGreaterThan(20_000);
    // A run in which nobody sees anything would agree as well.
    for (const seen of ['OWNER', 'TASK_FORCE', 'PARTNER', '-', 'X', '?']) expect(findings.seen[seen]).toBeGreaterThan(0);
  });
});
