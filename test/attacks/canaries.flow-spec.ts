import { testQueueBackends } from '@concord/platform/testing';
import type { Redis } from 'ioredis';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryDrive } from './canary-drive.builder.js';
import { Plants } from './canary-plants.js';
import { CanarySearch, type Sighting } from './canary-search.js';
import { CanaryStack } from './canary-stack.builder.js';
import { everyColumn, watchQueues } from './canary-tables.builder.js';

/**
 * Columns that hold in clear what their owner wrote, and why. What is sealed is in none of them: an identifier that is
 * also typed into a signature or an adulterant would be (the owner's own copy keeps it; every shared view drops it).
 */
const IN_CLEAR: Readonly<Record<string, string>> = {
  'public.seizure_report.submitter_reference': "the owner's own number, the key of a repeated submission; owner only",
  'public.seizure_report.content': 'coded facts and short texts of the substances, read back by the owner; owner only',
  'public.record_view.packaging': 'words for readers, which are shared once nothing holds them',
  'public.record_view.remarks': 'words for readers, which are shared once nothing holds them',
  'public.record_view_substance.signature': 'facts of the substance, which are shared',
  'public.record_view_substance.adulterants': 'facts of the substance, which are shared',
  'public.alert_rule.name': "its owner's; owner only",
  'public.alert.note': "the recipient's; recipient only",
  'public.alert_step.note': "the recipient's, as they made them; recipient only",
  'public.audit_entry.canonical': 'the case number of the purpose; the service cannot read the books',
};

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`canaries, queues on ${backend.name}`, () => {
    const plants = new Plants();
    const sealed = new CanarySearch(plants.sealed);
    const all = new CanarySearch([...plants.sealed, plants.clear]);
    /** To prove of each place that what is in it is found. */
    const finds = (known: string, place: string, content: string | Buffer): void =>
      expect(new CanarySearch([{ name: 'known', text: known }]).in(place, content)).not.toEqual([]);
    /** Good tokens, an API key, codes of invitations: in no place at all but where they were handed out. */
    const credentials = (): CanarySearch => new CanarySearch(tokens.map((text) => ({ name: 'token', text })));
    let stack: CanaryStack;
    let drive: CanaryDrive;
    let ids: { reportId: string; recordId: string };
    let metrics = '';
    const tokens: string[] = [];

    beforeAll(async () => {
      stack = await CanaryStack.start(backend.name);
      await watchQueues(stack.admin);
      for (const persona of ['local-submitter', 'supervisor', 'state-analyst'])
        tokens.push((await stack.tokenOf(persona)).split('.')[2] ?? '');
      drive = new CanaryDrive(stack, plants);
      ids = await drive.accept();
      tokens.push(await drive.useApiKey());
      tokens.push(...(await drive.useInvitations()));
      await drive.refuse();
      await drive.refuseSockets();
      await drive.fail();
      metrics = await (await fetch(new URL('/metrics', stack.url))).text();
    }, 180_000);

    afterAll(() => stack?.remove());

    it('every way of being turned away was gone', () => {
      const codes = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'PURPOSE_REQUIRED', 'BAD_USER_INPUT', 'INTERNAL'];
      expect([...drive.refusals.codes]).toEqual(expect.arrayContaining([...codes, 'UNKNOWN_CODE', 'INVALID_DATE']));
      expect(drive.refusals.heard.some((text) => text.startsWith('closed 4'))).toBe(true);
    });

    it('are in no error, refusal or close reason', () => {
      const heard = drive.refusals.heard.join('\n');
      finds('BAD_USER_INPUT', 'errors', heard);
      expect(all.in('errors', heard)).toEqual([]);
    });

    it('are in no table but the sealed ones, where nobody can read them', async () => {
      const found: Sighting[] = [];
      const positives = new Set<string>();
      for await (const { name, content } of everyColumn(stack.admin)) {
        found.push(...credentials().in(name, content));
        if (name.startsWith('canary_watch.')) continue;
        found.push(...sealed.in(name, content));
        for (const sighting of new CanarySearch([plants.clear]).in(name, content))
          if (name in IN_CLEAR) positives.add(name);
          else found.push(sighting);
      }
      expect(found).toEqual([]);
      // What may be in clear is in clear: so the search looks where it should.
      expect([...positives].sort()).toEqual(Object.keys(IN_CLEAR).sort());
    });

    it('are in no row that a queue ever had', async () => {
      const { rows } = await stack.admin.query<{ source: string; content: string }>(
        'select source, content from canary_watch.seen',
      );
      const content = rows.map((row) => `${row.source} ${row.content}`).join('\n');
      finds(ids.recordId, 'outbox', content);
      if (backend.name === 'PostgreSQL') finds('JobFailedError', 'failed jobs', content);
      expect(all.in('queues', content)).toEqual([]);
    });

    if (backend.name === 'Redis')
      it('are in no command to Redis, no key and not in its file', async () => {
        if (stack.redis === null) throw new Error('there is a Redis here');
        const { client } = stack.redis;
        // Stored as it is, so that the file can be searched.
        await client.config('SET', 'rdbcompression', 'no');
        const commands = (): string => stack.redisCommands.join('\n');
        for (const search of [all, credentials()]) {
          expect(search.in('commands', commands())).toEqual([]);
          expect(search.in('dump', await dumpOf(stack))).toEqual([]);
        }
        finds('JobFailedError', 'commands', commands());
        expect(all.in('dump.rdb', await savedFile(stack))).toEqual([]);

        await client.hset('planted', 'value', plants.in('PLANTED'));
        finds(plants.secret, 'dump', await dumpOf(stack));
        finds(plants.secret, 'dump.rdb', await savedFile(stack));
        finds(plants.secret, 'commands', commands());
        await client.del('planted');
      });

    it('are not in the metrics', () => {
      finds('concord_reports_refused_total', 'metrics', metrics);
      finds('concord_outbox_oldest_seconds', 'metrics', metrics);
      expect(all.in('metrics', metrics)).toEqual([]);
    });

    it('are not in the files of the data directory, PostgreSQL’s and its log among them', async () => {
      await stack.admin.query('checkpoint');
      await expectCleanFiles();
    }, 180_000);

    it('are in no span, when the last has been sent', async () => {
      await stack.end();
      const spans = stack.collector.bodies.join('\n');
      finds(ids.recordId, 'traces', spans);
      expect(all.in('traces', spans)).toEqual([]);
    });

    it('are in no line of the log, down to debug', () => {
      for (const event of ['request.done', 'request.failed', 'job.failed', 'socket.opened', 'postgres.said'])
        finds(event, 'log', stack.printed);
      expect(all.in('log', stack.printed)).toEqual([]);
    });

    it('and neither is a good token, API key or code of an invitation', () => {
      const search = credentials();
      expect(tokens).toHaveLength(6);
      const places = [stack.printed, stack.collector.bodies.join(), metrics, drive.refusals.heard.join()];
      expect(search.in('log, traces, metrics, errors', places.join('\n'))).toEqual([]);
    });

    it('are in no file when all has ended', () => expectCleanFiles(), 180_000);

    /** What is in clear columns is in PostgreSQL's files and nowhere else; what is sealed is in no file. */
    async function expectCleanFiles(): Promise<void> {
      const clear = new CanarySearch([plants.clear]);
      const token = credentials();
      const found: Sighting[] = [];
      const inClear = new Set<string>();
      for await (const { path, bytes } of stack.files(join(stack.dataDir, '..'))) {
        found.push(...sealed.in(path, bytes));
        if (path !== 'data/personas.json') found.push(...token.in(path, bytes));
        else finds(tokens[0] ?? '', path, bytes);
        for (const sighting of clear.in(path, bytes)) {
          const kind = /^data\/postgres\/(base|pg_wal)\//.exec(path)?.[1];
          if (kind === undefined) found.push(sighting);
          else inClear.add(kind);
        }
      }
      expect(found).toEqual([]);
      // Tables and write-ahead log are searched in a form in which something can be found.
      expect([...inClear].sort()).toEqual(['base', 'pg_wal']);
      expect((await readFile(join(stack.dataDir, 'postgres.log'))).length).toBeGreaterThan(0);
    }
  });
}

/** Every key with its value, by type. */
async function dumpOf({ redis }: CanaryStack): Promise<string> {
  if (redis === null) throw new Error('there is a Redis here');
  const { client } = redis;
  const parts: unknown[] = [];
  for (const key of await client.keys('*')) parts.push(key, await valueOf(client, key, await client.type(key)));
  return JSON.stringify(parts);
}

function valueOf(client: Redis, key: string, type: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return client.get(key);
    case 'hash':
      return client.hgetall(key);
    case 'list':
      return client.lrange(key, 0, -1);
    case 'set':
      return client.smembers(key);
    case 'zset':
      return client.zrange(key, '0', '-1', 'WITHSCORES');
    case 'stream':
      return client.xrange(key, '-', '+');
    default:
      throw new Error(`nobody has looked into a ${type} yet`);
  }
}

/** What SAVE writes, byte for byte. */
async function savedFile({ redis }: CanaryStack): Promise<Buffer> {
  if (redis === null) throw new Error('there is a Redis here');
  const [, folder = ''] = await redis.client.config('GET', 'dir');
  await redis.client.save();
  return readFile(join(folder, 'dump.rdb'));
}
