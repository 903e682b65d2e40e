import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { personaFacts } from '../../apps/embedded/src/personas.js';
import { row, sheet } from './import-client.builder.js';
import { FlowStack } from './stack.builder.js';

const root = join(import.meta.dirname, '..', '..');

/** Steps of a file on its way, told by what is asked, and whether the service gets to hear of it before the stop. */
const STEPS = [
  ['before the import is begun', (asked: string) => asked.includes('startImport'), false],
  ['when the import is begun and its answer is on the way', (asked: string) => asked.includes('startImport'), true],
  ['in the middle of the upload', (asked: string) => asked.startsWith('PUT'), false],
  ['when the upload is there and its answer is on the way', (asked: string) => asked.startsWith('PUT'), true],
  ['before it is confirmed', (asked: string) => asked.includes('confirmImport'), false],
  ['when it is confirmed and the answer is on the way', (asked: string) => asked.includes('confirmImport'), true],
] as const;

/** Stands between the watcher and the service, and keeps one kind of answer until the watcher is gone. */
class Between {
  readonly #server: Server;
  #hold: { readonly is: (asked: string) => boolean; readonly after: boolean; readonly held: () => void } | null = null;

  constructor(private readonly origin: string) {
    this.#server = createServer((asked, answer) => void this.#pass(asked, answer).catch(() => answer.destroy()));
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends when a request of this kind is kept from its answer. */
  held(is: (asked: string) => boolean, after: boolean): Promise<void> {
    return new Promise((held) => (this.#hold = { is, after, held }));
  }

  letGo(): void {
    this.#hold = null;
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.letGo();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of asked as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const hold = this.#hold?.is(`${asked.method ?? ''} ${body.toString('utf8')}`) === true ? this.#hold : null;
    if (hold?.after === false) return hold.held();
    const { method, url, headers } = asked;
    const passed = request(new URL(url ?? '/', this.origin), { method, headers });
    passed.end(body);
    const [answered] = (await once(passed, 'response')) as [IncomingMessage];
    if (hold !== null) {
      await answered.resume().toArray();
      return hold.held();
    }
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  }
}

describe('a watcher that is stopped while a file is on its way', () => {
  let stack: FlowStack;
  let between: Between;
  let url: string;
  let folder: string;
  const children = new Set<ChildProcessByStdio<null, Readable, Readable>>();

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    between = new Between(stack.origin);
    url = await between.open();
  }, 120_000);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concord-stopped-'));
    await writeFile(join(folder, '.token'), stack.as('local-submitter').token);
  });
  afterEach(async () => {
    between.letGo();
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await between?.close();
    await stack?.stop();
  });

  /** The program as somebody starts it. */
  function watch(): { child: ChildProcessByStdio<null, Readable, Readable>; events: string[]; until: Until } {
    const agency = personaFacts('local-submitter').agencyOri ?? '';
    const program = join(root, 'dist/apps/cli/src/main.js');
    const access = ['--agency', agency, '--token-file', join(folder, '.token'), '--url', url];
    const how = ['--settle', '0', '--time-zone', 'America/Los_Angeles', '--json'];
    const child = spawn(process.execPath, [program, 'watch', folder, ...access, ...how], {
      ...{ stdio: ['ignore', 'pipe', 'pipe'], env: {} },
    });
    children.add(child);
    const events: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      events.push((JSON.parse(line) as { event: string }).event);
      child.emit('said');
    });
    let told = '';
    child.stderr.on('data', (data: Buffer) => (told += data.toString()));
    const until: Until = async (event) => {
      while (!events.includes(event)) {
        if (child.exitCode !== null) throw new Error(`it has ended: ${told}`);
        await Promise.race([once(child, 'said'), once(child, 'exit')]);
      }
    };
    return { child, events, until };
  }

  it.each(STEPS)(
    '%s: ends with 0 at once, and the next start finishes it as one import',
    async (step, is, after) => {
      const number = STEPS.findIndex(([name]) => name === step);
      const prefix = `ST${number}`;
      const before = await stack.count('from report_import');
      const held = between.held(is, after);
      const first = watch();
      await first.until('watching');
      await writeFile(join(folder, '.night.csv'), sheet([1, 2, 3].map((n) => row(`${prefix}-${n}`))));
      await rename(join(folder, '.night.csv'), join(folder, 'night.csv'));
      await held;
      const since = performance.now();
      first.child.kill('SIGTERM');
      const [code, signal] = (await once(first.child, 'exit')) as [number | null, string | null];
      expect({ code, signal }).toEqual({ code: 0, signal: null });
      expect(performance.now() - since).toBeLessThan(3_000);
      expect(await readdir(folder)).toContain('night.csv');
      between.letGo();

      const second = watch();
      await second.until('sent');
      second.child.kill('SIGINT');
      expect(await once(second.child, 'exit')).toEqual([0, null]);
      expect(await readdir(join(folder, 'done'))).toEqual(['night.csv']);
      const reports = await stack.count('from seizure_report where submitter_reference like $1', [`${prefix}-%`]);
      const imports = (await stack.count('from report_import')) - before;
      expect({ reports, imports, events: second.events }).toEqual({
        ...{ reports: 3, imports: 1 },
        events: ['watching', 'sent'],
      });
    },
    60_000,
  );
});

type Until = (event: string) => Promise<void>;
