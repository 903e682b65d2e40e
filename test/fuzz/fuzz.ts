import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@concord/platform/project';
import { makeBenchDirectory, onEnd, removeBenchDirectory } from '../bench/bench-database.js';
import { machineFacts, numberOption, round, tell } from '../bench/measures.js';
import { conversations } from './frames.generator.js';
import type { HostMessage, HostOrder } from './fuzz-host.js';
import { judge, type Verdict } from './judge.js';
import { knownValues } from './known-values.js';
import { requests } from './requests.generator.js';
import { Sender, type Callers } from './send.js';

/** `npm run fuzz -- [--count 100000] [--seed N] [--at-once 8]`: exits with 1 where a promise is broken. */
const COUNT = numberOption('count', 100_000);
const SEED = numberOption('seed', randomInt(2 ** 31));
const AT_ONCE = numberOption('at-once', 8);
const BATCH = 500;
/** Conversations on sockets, besides: for each hundred requests. */
const SOCKETS_PER_HUNDRED = 5;
/** Faults that are printed with what led to them. */
const MOST_SHOWN = 10;
const CHECKPOINTS = 20;
/**
 * Flat: the median of the last quarter of the checkpoints is at most this much above the one of the second quarter.
 * By the second quarter every cache is full; what still grows then grows without end.
 */
const FLAT_MB = 24;

interface Tally {
  readonly outcomes: Record<string, number>;
  readonly made: Record<string, number>;
  readonly faults: Record<string, number>;
  shown: number;
}

interface Measured {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly unhandled: readonly string[];
}

const add = (counts: Record<string, number>, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);

class Host {
  crashed: string | null = null;
  #stopping = false;

  private constructor(private readonly child: ChildProcess) {
    child.on('exit', (code, signal) => {
      if (!this.#stopping) this.crashed = `ended with ${code ?? signal ?? 'nothing'}`;
    });
  }

  static async start(dataDir: string): Promise<{ host: Host; url: string; tokens: readonly string[] }> {
    const file = join(projectRoot(), 'dist/test/fuzz/fuzz-host.js');
    const child = fork(file, [dataDir], { execArgv: ['--expose-gc', '--no-warnings'], serialization: 'json' });
    const host = new Host(child);
    const message = await host.#next();
    if (message.kind !== 'ready') throw new Error('the stack said something else than that it is ready');
    return { host, url: message.url, tokens: message.tokens };
  }

  async measure(): Promise<Measured> {
    const message = await this.#order('measure');
    if (message.kind !== 'measured') throw new Error('the stack answered something else');
    return message;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.crashed !== null || this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.send('stop' satisfies HostOrder);
    await ended;
  }

  #order(order: HostOrder): Promise<HostMessage> {
    const answer = this.#next();
    this.child.send(order);
    return answer;
  }

  async #next(): Promise<HostMessage> {
    const over = new AbortController();
    const { signal } = over;
    try {
      const ended = once(this.child, 'exit', { signal }).then((): never => {
        throw new Error('the stack is gone');
      });
      ended.catch(() => undefined);
      const [message] = (await Promise.race([once(this.child, 'message', { signal }), ended])) as [HostMessage];
      return message;
    } finally {
      over.abort();
    }
  }
}

/** Each item by one of so many hands. */
async function byHands<T>(items: readonly T[], hands: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: hands }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

async function run(dataDir: string): Promise<boolean> {
  tell(`seed ${SEED}, ${COUNT} requests, ${AT_ONCE} at once`);
  const { host, url, tokens } = await Host.start(dataDir);
  const callers: Callers = [...tokens, null];
  const sender = new Sender(url, callers, AT_ONCE);
  const tally: Tally = { outcomes: {}, made: {}, faults: {}, shown: 0 };
  const heap: number[] = [];
  const started = performance.now();
  let sockets = 0;
  let last: Measured | null = null;
  const note = ({ outcome, fault }: Verdict, sent: unknown): void => {
    add(tally.outcomes, outcome);
    if (fault === null) return;
    add(tally.faults, fault);
    if ((tally.shown += 1) <= MOST_SHOWN)
      tell(
        `FAULT ${fault}: ${JSON.stringify(sent)
          .replace(/Bearer ey[\w.-]+/g, 'Bearer …')
          .slice(0, 3_000)}`,
      );
  };
  try {
    const schema = buildSchema(readFileSync(join(projectRoot(), 'schema.graphql'), 'utf8'));
    const known = await knownValues(sender, callers);
    tell(`  known: ${known.ids.length} ids, ${known.cursors.length} cursors, ${callers.length} callers`);
    const http = requests(schema, known, callers.length);
    const socket = conversations(schema, known, callers);
    for (let done = 0, batch = 0; done < COUNT && host.crashed === null; batch += 1) {
      const size = Math.min(BATCH, COUNT - done);
      const sample = fc.sample(http, { seed: SEED + batch, numRuns: size });
      await byHands(sample, AT_ONCE, async (sent) => {
        add(tally.made, sent.made);
        const verdict = await sender.request(sent).then(judge, (error: unknown): Verdict => {
          return {
            outcome: 'unanswered',
            fault: `unanswered: ${error instanceof Error ? error.message : 'for no reason'}`,
          };
        });
        note(verdict, sent);
      });
      const talks = fc.sample(socket, { seed: SEED + batch, numRuns: Math.ceil((size * SOCKETS_PER_HUNDRED) / 100) });
      await byHands(talks, AT_ONCE, async (talk) => note(await sender.converse(talk), talk));
      sockets += talks.length;
      done += size;
      if (done >= (COUNT * (heap.length + 1)) / CHECKPOINTS) {
        last = await host.measure();
        heap.push(round(last.heapMb, 1));
        const seconds = (performance.now() - started) / 1000;
        tell(
          `  ${done} requests, ${sockets} sockets, ${round(done / seconds, 0)}/s, heap ${round(last.heapMb, 1)} MiB, rss ${round(last.rssMb, 0)} MiB`,
        );
      }
    }
    const ready = await fetch(url.replace('/graphql', '/health/ready')).then(
      ({ status }) => status,
      () => 0,
    );
    const growthMb = growthOf(heap);
    const faults = Object.values(tally.faults).reduce((sum, count) => sum + count, 0);
    for (const line of last?.unhandled.slice(0, 3) ?? []) tell(`UNHANDLED ${line}`);
    const result = {
      event: 'fuzz',
      seed: SEED,
      requests: Object.values(tally.made).reduce((sum, count) => sum + count, 0),
      sockets,
      seconds: round((performance.now() - started) / 1000, 1),
      made: tally.made,
      outcomes: tally.outcomes,
      faults: tally.faults,
      crashed: host.crashed,
      unhandled: last?.unhandled.length ?? 0,
      ready,
      heapMb: heap,
      growthMb,
      machine: machineFacts(),
    };
    const held =
      faults === 0 && host.crashed === null && result.unhandled === 0 && ready === 200 && growthMb <= FLAT_MB;
    process.stdout.write(`${JSON.stringify({ ...result, held })}\n`);
    return held;
  } finally {
    sender.close();
    await host.stop();
  }
}

function growthOf(heap: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(heap.length / 4));
  return round(median(heap.slice(-quarter)) - median(heap.slice(quarter, 2 * quarter)), 1);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const dataDir = await makeBenchDirectory();
onEnd(() => removeBenchDirectory(dataDir));
try {
  process.exitCode = (await run(dataDir)) ? 0 : 1;
} finally {
  await removeBenchDirectory(dataDir);
}
