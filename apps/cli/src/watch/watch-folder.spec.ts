import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { EventEmitter, once } from 'node:events';
import { basename, join } from 'node:path';
import type { OfferedFile, SubmittedFile, SubmitFile } from './submit-file.js';
import { FolderWatchedError, watchFolder } from './watch-folder.js';
import type { WatchEvent } from './watch-options.js';

const NOTHING = { accepted: 0, held: 0, refused: 0, duplicates: 0, questions: 0 };
const judged = (
  importId: string,
  refusedRows: (() => Promise<AsyncIterable<Uint8Array>>) | null = null,
): SubmittedFile => ({
  kind: 'judged',
  importId,
  counts: { ...NOTHING, accepted: 1 },
  refusedRows,
});
async function* rows(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A folder that is watched, and what the watcher has said. */
class Watched {
  readonly folder = mkdtempSync(join(tmpdir(), 'concord-watch-'));
  readonly offered: OfferedFile[] = [];
  readonly events: WatchEvent[] = [];
  submitFile: SubmitFile = async ({ digest }, begun) => {
    await begun(`import-${digest.slice(0, 4)}`);
    return judged('import');
  };
  atOnce = 4;
  readonly #said = new EventEmitter();
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  start(): Promise<void> {
    this.#stop = new AbortController();
    this.#running = watchFolder(
      {
        ...{ folder: this.folder, settleMs: 30, pollMs: 5, staleLockMs: 2_000, retryMs: { first: 5, longest: 20 } },
        atOnce: this.atOnce,
        submitFile: (file, begun, signal) => {
          this.offered.push(file);
          return this.submitFile(file, begun, signal);
        },
        tell: (event) => {
          this.events.push(event);
          this.#said.emit('event');
        },
      },
      this.#stop.signal,
    );
    return this.#running;
  }

  /** Until as many files have ended in any way as are said, from the beginning. */
  async ended(count: number): Promise<void> {
    const ends = ['sent', 'failed', 'known'];
    while (this.events.filter(({ event }) => ends.includes(event)).length < count) await once(this.#said, 'event');
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  put(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  names(...folder: string[]): string[] {
    return readdirSync(join(this.folder, ...folder))
      .filter((name) => !name.startsWith('.concord-watch'))
      .sort();
  }
}

describe('a watched folder', () => {
  let watched: Watched;
  beforeEach(() => {
    watched = new Watched();
  });
  afterEach(async () => {
    await watched.stop();
    rmSync(watched.folder, { recursive: true });
  });

  it('sends each file and puts it into done, never over another of its name', async () => {
    void watched.start();
    watched.put('night.csv', 'a');
    await watched.ended(1);
    watched.put('night.csv', 'b');
    await watched.ended(2);
    expect(watched.names('done')).toEqual(['night.2.csv', 'night.csv']);
    expect(readFileSync(join(watched.folder, 'done', 'night.csv'), 'utf8')).toBe('a');
    expect(watched.names()).toEqual(['done']);
  });

  it('puts a file with refused rows into failed, and the rows beside it', async () => {
    watched.submitFile = async (_, begun) => {
      await begun('1');
      return judged('1', async () => rows('mend me'));
    };
    watched.put('night.csv', 'a');
    void watched.start();
    await watched.ended(1);
    expect(watched.names('failed')).toEqual(['night.csv', 'night.refused.csv']);
    expect(readFileSync(join(watched.folder, 'failed', 'night.refused.csv'), 'utf8')).toBe('mend me');
  });

  it('sends the same content once, also under another name and after a new start', async () => {
    watched.put('a.csv', 'same');
    void watched.start();
    await watched.ended(1);
    await watched.stop();
    watched.put('b.csv', 'same');
    void watched.start();
    await watched.ended(2);
    expect(watched.offered).toHaveLength(1);
    expect(watched.events.at(-1)).toEqual({ event: 'known', file: 'b.csv', to: 'done' });
  });

  it('sends a content that has failed again when somebody puts it there again', async () => {
    watched.submitFile = async () => ({ kind: 'failed', code: 'UNKNOWN_COLUMNS', message: 'Unknown columns.' });
    watched.put('a.csv', 'x');
    void watched.start();
    await watched.ended(1);
    renameSync(join(watched.folder, 'failed', 'a.csv'), join(watched.folder, 'a.csv'));
    await watched.ended(2);
    expect(watched.offered).toHaveLength(2);
  });

  it('leaves a file where it is while the service cannot be reached, and goes on with the import it has begun', async () => {
    let turn = 0;
    watched.submitFile = async ({ importId }, begun) => {
      turn += 1;
      if (turn === 1) throw new Error('No answer.');
      if (turn === 2) await begun('the one');
      if (turn === 2) throw new Error('The connection was cut.');
      return judged(importId ?? 'another');
    };
    watched.put('a.csv', 'x');
    void watched.start();
    await watched.ended(1);
    expect(watched.offered.map(({ importId }) => importId)).toEqual([null, null, 'the one']);
    expect(watched.events.filter(({ event }) => event === 'retry')).toHaveLength(2);
    expect(watched.names('done')).toEqual(['a.csv']);
  });

  it('waits for a file that grows, and leaves alone what has no settled name, is empty, a folder or a link', async () => {
    for (const name of ['x.csv.part', 'x.tmp', '.hidden', '~$book.xlsx', 'x.csv~']) watched.put(name, 'x');
    watched.put('empty.csv', '');
    mkdirSync(join(watched.folder, 'folder.csv'));
    symlinkSync('/etc/hostname', join(watched.folder, 'link.csv'));
    watched.put('grows.csv', '0');
    const grow = setInterval(
      () => watched.put('grows.csv', `${readFileSync(join(watched.folder, 'grows.csv'), 'utf8')}0`),
      8,
    );
    void watched.start();
    watched.put('still.csv', 'still');
    await watched.ended(1);
    clearInterval(grow);
    expect(watched.names('done')).toEqual(['still.csv']);
    const whole = readFileSync(join(watched.folder, 'grows.csv'), 'utf8');
    await watched.ended(2);
    expect(readFileSync(join(watched.folder, 'done', 'grows.csv'), 'utf8')).toBe(whole);
    expect(watched.offered).toHaveLength(2);
  });

  it('refuses a folder that another watches', async () => {
    void watched.start();
    while (watched.events.length === 0) await new Promise(setImmediate);
    const second = {
      folder: watched.folder,
      settleMs: 1,
      pollMs: 1,
      staleLockMs: 2_000,
      retryMs: { first: 1, longest: 1 },
      atOnce: 4,
    };
    const asked = watchFolder(
      { ...second, submitFile: watched.submitFile, tell: () => undefined },
      AbortSignal.timeout(5_000),
    );
    await expect(asked).rejects.toBeInstanceOf(FolderWatchedError);
  });

  it('sends four at once, begun in the order of their names, and a slow one holds up none', async () => {
    let atMost = 0;
    let now = 0;
    const slow = new EventEmitter();
    watched.submitFile = async ({ path, digest }, begun) => {
      atMost = Math.max(atMost, (now += 1));
      await begun(digest);
      if (path.endsWith('file-00.csv')) await once(slow, 'go on');
      // The first ones wait for each other: four are on their way together.
      else while (atMost < 4) await new Promise(setImmediate);
      now -= 1;
      return judged(digest);
    };
    const names = Array.from({ length: 20 }, (_, n) => `file-${String(n).padStart(2, '0')}.csv`);
    for (const name of names) watched.put(name, name);
    void watched.start();
    await watched.ended(19);
    expect(watched.names()).toEqual(['done', 'file-00.csv']);
    watched.put('later.csv', 'later');
    await watched.ended(20);
    slow.emit('go on');
    await watched.ended(21);
    expect(watched.offered.map(({ path }) => basename(path))).toEqual([...names, 'later.csv']);
    expect(atMost).toBe(4);
  });

  it('sends one after the other where that is asked for', async () => {
    watched.atOnce = 1;
    let now = 0;
    watched.submitFile = async ({ digest }) => {
      expect((now += 1)).toBe(1);
      await new Promise(setImmediate);
      now -= 1;
      return judged(digest);
    };
    for (const name of ['a.csv', 'b.csv', 'c.csv']) watched.put(name, name);
    void watched.start();
    await watched.ended(3);
    expect(watched.events.filter(({ event }) => event === 'retry')).toEqual([]);
  });

  it.each(['done', 'failed'] as const)('sends one of two equal files at the same moment; ended as %s', async (to) => {
    const slow = new EventEmitter();
    watched.submitFile = async ({ digest }) => {
      await once(slow, 'go on');
      return to === 'done' ? judged(digest) : { kind: 'failed', code: 'UNKNOWN_COLUMNS', message: 'Unknown.' };
    };
    watched.put('a.csv', 'same');
    watched.put('b.csv', 'same');
    watched.put('c.csv', 'other');
    void watched.start();
    // The third is begun after the second was looked at.
    while (watched.offered.length < 2) await new Promise(setImmediate);
    slow.emit('go on');
    await watched.ended(3);
    expect(watched.offered.map(({ path }) => basename(path))).toEqual(['a.csv', 'c.csv']);
    expect(watched.events.filter(({ event }) => event === 'known')).toEqual([{ event: 'known', file: 'b.csv', to }]);
    expect(watched.names(to)).toEqual(['a.csv', 'b.csv', 'c.csv']);
  });

  it('leaves a file that has taken the place of one that was being sent, and sends it too', async () => {
    const written: string[] = [];
    watched.submitFile = async ({ path, digest }) => {
      written.push(readFileSync(path, 'utf8'));
      if (written.length === 1) {
        watched.put('.new', 'second');
        renameSync(join(watched.folder, '.new'), path);
      }
      return judged(digest);
    };
    watched.put('night.csv', 'first');
    void watched.start();
    await watched.ended(2);
    expect(written).toEqual(['first', 'second']);
    expect(readFileSync(join(watched.folder, 'done', 'night.csv'), 'utf8')).toBe('second');
  });

  it('goes on with the others when one file cannot be sent, or waits for somebody', async () => {
    const tries = new Map<string, number>();
    watched.submitFile = async ({ path, digest }) => {
      const name = basename(path);
      const turn = (tries.get(name) ?? 0) + 1;
      tries.set(name, turn);
      if (name === 'a.csv') throw new Error('This one breaks the service.');
      if (name === 'b.csv' && turn < 3) return { kind: 'waiting', message: 'The import is paused.' };
      return judged(digest);
    };
    for (const name of ['a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv', 'g.csv']) watched.put(name, name);
    void watched.start();
    await watched.ended(6);
    expect(watched.names('done')).toEqual(['b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv', 'g.csv']);
    expect(watched.names()).toEqual(['a.csv', 'done']);
  });

  it('moves two files that want the same name to two names', async () => {
    for (const name of ['night.csv', 'night.2.csv']) watched.put(name, `first ${name}`);
    void watched.start();
    await watched.ended(2);
    for (const name of ['night.csv', 'night.2.csv', 'night.3.csv', 'night.2.2.csv']) watched.put(name, `then ${name}`);
    await watched.ended(6);
    expect(watched.names('done')).toHaveLength(6);
  });

  it('stops at once, and the file that was being sent stays', async () => {
    let begunAt: (() => void) | undefined;
    const sending = new Promise<void>((resolve) => (begunAt = resolve));
    watched.submitFile = async (_, begun, signal) => {
      await begun('1');
      begunAt?.();
      await once(signal, 'abort');
      throw signal.reason;
    };
    watched.put('a.csv', 'x');
    void watched.start();
    await sending;
    await watched.stop();
    expect(watched.names()).toEqual(['a.csv']);
  });
});
