import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILES = 60;
/** So many of them have the content of another, which lies beside it in the order of names. */
const TWINS = 12;
const KILLS = 20;

/**
 * Watches, and sends to a service that is a file: it knows imports as the real one does. The same content while its import
 * goes on is the same import; once that has ended, a new one; confirming twice is confirming once. Now and then it fails.
 */
const PROGRAM = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchFolder } from './watch-folder.js';

const [folder, service] = process.argv.slice(2);
const lines = () => existsSync(service) ? readFileSync(service, 'utf8').split('\\n').filter(Boolean).map((it) => JSON.parse(it)) : [];
const append = (line) => appendFileSync(service, JSON.stringify(line) + '\\n');
const is = (id, what) => lines().some((it) => it.id === id && it.is === what);

await watchFolder({
  folder, settleMs: 20, pollMs: 5, staleLockMs: 2000, retryMs: { first: 5, longest: 20 }, atOnce: 4,
  async submitFile({ digest, importId }, begun) {
    let id = importId;
    if (id === null) {
      id = lines().find((it) => it.is === 'started' && it.digest === digest && !is(it.id, 'ended'))?.id;
      if (id === undefined) {
        id = String(lines().length);
        append({ is: 'started', id, digest });
      }
      await sleep(1);
      await begun(id);
    }
    await sleep(Math.random() * 3);
    if (Math.random() < 0.05) throw new Error('The connection was cut.');
    if (!is(id, 'confirmed')) append({ is: 'confirmed', id, digest });
    await sleep(2);
    if (!is(id, 'ended')) append({ is: 'ended', id, digest });
    await sleep(2);
    return { kind: 'judged', importId: id, counts: {}, refusedRows: null };
  },
  tell: (event) => process.stdout.write(event.event + '\\n'),
}, new AbortController().signal);
`;

describe('a watcher that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-killed-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it(`sends each content of ${FILES} files once and loses none, four at a time, killed ${KILLS} times`, async () => {
    const program = join(folder, '.program.mjs');
    const options = { bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'error' } as const;
    // What is bundled with it is CommonJS and asks for the modules of Node.
    const banner = {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    };
    await build({ ...options, banner, stdin: { contents: PROGRAM, resolveDir: import.meta.dirname, loader: 'ts' } });
    const service = join(folder, '.service.jsonl');
    const names = Array.from({ length: FILES }, (_, index) => `night-${String(index).padStart(2, '0')}.csv`);
    const contentOf = (index: number): string => `content of ${index < 2 * TWINS ? index >> 1 : index}`;
    for (const [index, name] of names.entries()) writeFileSync(join(folder, name), contentOf(index));
    const isOver = (): boolean => names.every((name) => existsSync(join(folder, 'done', name)));

    const kills: number[] = [];
    for (let run = 0; !isOver(); run++) {
      const child = spawn(process.execPath, [program, folder, service], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      if (run < KILLS) {
        await Promise.race([once(child.stdout, 'data'), exited]);
        const after = 20 + Math.random() * 60;
        await new Promise((resolve) => setTimeout(resolve, after));
        kills.push(Math.round(after));
      } else while (!isOver() && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), exited]);
      child.kill('SIGKILL');
      await exited;
      // Whoever is dead renews no lock: it is found out after two seconds, which one of these runs waits for.
      const lock = join(folder, '.concord-watch.lock');
      if (run > 0) rmSync(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 2_100));
    }

    const confirmed = readFileSync(service, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"confirmed"'))
      .map((line) => (JSON.parse(line) as { digest: string }).digest);
    expect({ kills, contents: new Set(confirmed).size, imports: confirmed.length }).toEqual({
      kills,
      contents: FILES - TWINS,
      imports: FILES - TWINS,
    });
    expect(readdirSync(join(folder, 'done')).sort()).toEqual(names);
    const journal = readFileSync(join(folder, '.concord-watch', 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(journal.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(journal.map(() => 'at'));
    expect(readdirSync(folder).filter((name) => name.endsWith('.csv'))).toEqual([]);
  }, 60_000);
});
