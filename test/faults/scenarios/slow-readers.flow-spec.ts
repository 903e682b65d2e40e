import { testQueueBackends } from '@concord/platform/testing';
import { readFile } from 'node:fs/promises';
import { personId, type PersonaName } from '../../../apps/embedded/src/personas.js';
import { ALERT_RAISED } from '../../flows/documents.js';
import { eventually, type LiveStream } from '../../flows/flow-client.builder.js';
import { plainReport } from '../../flows/reports.builder.js';
import { FrameSocket } from '../../standards/frames.builder.js';
import { Deployment, type VersionProcess } from '../deploy.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength } from '../harness/length.config.js';
import { tell, type Counted } from '../harness/results.js';
import { tally } from '../harness/tally.js';
import { Subscribers } from '../subscribers.builder.js';
import { thisVersion } from '../versions.builder.js';

const SUBSCRIBERS = byLength(200, 10_000);
const PROCESSES = byLength(1, 4);
const ALERTS = byLength(4, 10);
/** Written down before the runs: an alert is with every subscriber within this after its receipt (busy machine: short x 3). */
const SLO_MS = byLength(15_000, 90_000);
/** And the memory of the api: what it takes by itself, and for each socket with its stream. */
const RSS_MIB = 450 + SUBSCRIBERS * 0.15;
/** A second is promised. */
const REVOKED_MS = byLength(5_000, 15_000);
const OPEN_MS = byLength(60_000, 600_000);
const NOTHING = { lost: 0, unexpected: 0, duplicated: 0, leaked: 0 };
const KIB = 1_024;
/** Long: as they are by default. */
const PINGS = { pingEveryMs: byLength(5_000, 20_000), pongTimeoutMs: byLength(10_000, 20_000) };
const LIVE = {
  ...{ sockets: 20_000, socketsPerPerson: 20_000, socketsPending: 5_000, handshakesPerMinute: 1_000_000 },
  ...{ bufferedBytes: 256 * KIB, bytesPerSecond: 64 * KIB * KIB, ...PINGS },
};
/** Of all of these the sockets are. */
const PEOPLE = ['federal-analyst', 'local-analyst', 'neighbour-analyst', 'watch-officer', 'state-analyst'] as const;
/** Loses the seat at the end. */
const VICTIM = PEOPLE.indexOf('state-analyst');
const SLOW: PersonaName = 'federal-analyst';

const countBy = (words: readonly string[]): Record<string, number> =>
  words.reduce<Record<string, number>>((sums, word) => ({ ...sums, [word]: (sums[word] ?? 0) + 1 }), {});

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(
    `#13 a slow reader among ${SUBSCRIBERS} subscribers, queues on ${backend.name}`,
    () => {
      let deployment: Deployment;
      let api: VersionProcess;
      const crowds: Subscribers[] = [];
      const slow: FrameSocket[] = [];
      let caughtUp: LiveStream | null = null;
      beforeAll(async () => {
        const version = await thisVersion();
        deployment = await Deployment.start(backend, version);
        [api] = [await deployment.startApi(version, LIVE), await deployment.startWorker(version)];
        for (const persona of PEOPLE) await deployment.as(persona).rule('everything');
      }, 120_000);
      afterAll(async () => {
        await caughtUp?.close();
        await Promise.all([...crowds.map((crowd) => crowd.end()), ...slow.map((socket) => socket.close())]);
        await deployment?.stop();
      }, 60_000);

      const metric = async (name: string): Promise<number> => {
        const text = await (await fetch(api.url.replace('/graphql', '/metrics'))).text();
        return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
      };
      const rss = async (): Promise<number> =>
        Math.round(Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${api.pid}/status`, 'utf8'))?.[1]) / KIB);
      const having = async (alerts: readonly string[]): Promise<{ sockets: number; lastAt: number }> => {
        const books = await Promise.all(crowds.map((crowd) => crowd.arrivals()));
        const these = books.flatMap((book) => alerts.flatMap((id) => book[id] ?? []));
        return {
          sockets: these.reduce((sum, { sockets }) => sum + sockets, 0),
          lastAt: Math.max(...these.map(({ lastAt }) => lastAt)),
        };
      };

      test(
        'it is dropped, catches up by cursor, and the others have theirs in time',
        async () => {
          const began = performance.now();
          const tokens = PEOPLE.map((persona) => deployment.as(persona).token);
          // A first event gives the slow ones the cursor that they start from.
          const first = deployment.as(SLOW).live(null);
          await eventually('a first event', async () => {
            await deployment.as('local-submitter').report(plainReport());
            return first.events.length > 0;
          });
          await first.close();
          await deployment.settled();
          crowds.push(
            ...(await Promise.all(
              Array.from({ length: PROCESSES }, (_, n) =>
                Subscribers.open({
                  ...{ url: api.url.replace('http', 'ws'), tokens, count: SUBSCRIBERS / PROCESSES },
                  ...{ query: ALERT_RAISED, localAddress: `127.0.0.${n + 2}` },
                }),
              ),
            )),
          );
          await eventually('all stand', async () => (await metric('concord_streams_open')) >= SUBSCRIBERS, OPEN_MS);
          const openSeconds = Math.round((performance.now() - began) / 1_000);
          const standing = { rssMiB: await rss() };

          // Two that do not read: one says nothing, one asks all the time and piles up answers.
          const after = first.cursor;
          for (let n = 0; n < 2; n += 1) {
            const socket = await (await FrameSocket.open(api.url)).signIn(tokens[0] ?? '');
            slow.push(
              socket.send({ id: 's', type: 'subscribe', payload: { query: ALERT_RAISED, variables: { after } } }),
            );
          }
          await eventually('both stand', async () => (await metric('concord_streams_open')) >= SUBSCRIBERS + 2);
          const before = slow.map(({ messages }) => messages.length);
          for (const { socket } of slow) socket.pause();
          const details = 'x'.repeat(200 * KIB);
          let most = 0;
          await eventually(
            'the one that piles up is dropped',
            async () => {
              for (let n = 0; n < 10; n += 1) slow[1]?.send({ type: 'ping', payload: { details } });
              most = Math.max(most, await metric('concord_socket_unread_bytes'));
              await new Promise((resolve) => setTimeout(resolve, 200));
              return (await metric('concord_sockets_open')) <= SUBSCRIBERS + 1;
            },
            60_000,
          );

          const journal = new Journal<null>(null);
          const latencies: number[] = [];
          const recordOf = new Map<string, string>();
          const raise = async (n: number): Promise<void> => {
            const reference = `CROWD-${n}`;
            const end = journal.begin(reference, null, 'client');
            const { recordId } = await deployment
              .as('local-submitter')
              .report(plainReport({ submitterReference: reference }));
            const receiptAt = Date.now();
            end('ok', { id: recordId });
            const alerts = await eventually('the alerts', async () => {
              const rows = await deployment.rows<{ id: string }>(
                `select id from alert where record_id = $1 and state = 'DELIVERED'`,
                [recordId],
              );
              return rows.length === PEOPLE.length ? rows.map(({ id }) => id) : null;
            });
            for (const id of alerts) recordOf.set(id, reference);
            const all = await eventually(
              'everybody has it',
              async () => {
                const now = await having(alerts);
                return now.sockets >= SUBSCRIBERS ? now : null;
              },
              2 * SLO_MS,
            ).catch(async (error: unknown) => {
              const closings = (await Promise.all(crowds.map((crowd) => crowd.closings()))).flat();
              const codes = closings.map(({ code, reason }) => `${code} ${reason}`);
              throw new Error(`${String(error)}; closed: ${JSON.stringify(countBy(codes))}`);
            });
            latencies.push(all.lastAt - receiptAt);
          };
          for (let n = 0; n < ALERTS; n += 1) await raise(n);
          await eventually(
            'the silent one is cut',
            async () => (await metric('concord_sockets_open')) <= SUBSCRIBERS,
            60_000,
          );
          // One more that is surely not on its socket any more, however quick the machine is.
          await raise(ALERTS);
          const rssMiB = await rss();
          slow.forEach(({ socket }) => socket.resume());
          const codes = await Promise.all(slow.map(async ({ closed }) => (await closed).code));

          // The slow one comes back with the last cursor that it has read.
          const read = slow[0]?.messages.filter(({ type }) => type === 'next') ?? [];
          const cursor = read.at(-1)?.payload?.data?.alertRaised?.cursor ?? after;
          caughtUp = deployment.as(SLOW).live(cursor);
          const union = (): string[] => [
            ...read.flatMap(({ payload }) => payload?.data?.alertRaised?.alert.id ?? []),
            ...(caughtUp?.events ?? []).map(({ alert }) => alert.id),
          ];
          const toSlow = (): string[] => union().flatMap((id) => recordOf.get(id) ?? []);
          await eventually('it has caught up', () => toSlow().length > ALERTS).catch(() => undefined);

          const told = (await Promise.all(crowds.map((crowd) => crowd.told()))).flat();
          const count = (seen: readonly string[]) =>
            tally({ operations: journal.operations, entitled: () => true, seen });
          const counted: Counted[] = told.map((events, n) => ({
            reader: `${PEOPLE[n % PEOPLE.length] ?? ''} ${n}`,
            channel: 'stream',
            tally: count(events.map((event) => recordOf.get(event.split(' ')[0] ?? '') ?? event)),
          }));
          const without = 'catching up by cursor';
          const only = read.flatMap(({ payload }) => recordOf.get(payload?.data?.alertRaised?.alert.id ?? '') ?? []);
          const facts = {
            ...{ subscribers: SUBSCRIBERS, openSeconds, slowestMs: Math.max(...latencies), unreadMost: most },
            ...{ rssStanding: standing.rssMiB, rssMiB, codes: codes.join(' '), slowRead: before.join(' ') },
          };
          const about = { scenario: [13], name: 'a slow reader', backend: backend.name };
          const seconds = Math.round((performance.now() - began) / 1_000);
          counted.push({ reader: 'the slow one', channel: 'stream and cursor', tally: count(toSlow()) });
          expect(tell({ ...about, without: null, counted, seconds, facts })).toEqual(NOTHING);
          const alone = [{ reader: 'the slow one', channel: 'stream', tally: count(only) }];
          expect(tell({ ...about, without, counted: alone, seconds }).lost).toBeGreaterThan(0);
          expect(facts.slowestMs).toBeLessThan(SLO_MS);
          expect(rssMiB).toBeLessThan(RSS_MIB);
          expect(most).toBeLessThanOrEqual(LIVE.bufferedBytes + 256 * KIB);
          // Cut, or told why where it read again in time.
          for (const code of codes) expect([1006, 1013]).toContain(code);
        },
        OPEN_MS + ALERTS * 2 * SLO_MS + 180_000,
      );

      test('a seat that ends takes its sockets with it, all of them, within the second that docs/live.md promises', async () => {
        const since = Date.now();
        await deployment.rows(
          `update membership set valid_until = statement_timestamp() where person_id = '${personId('state-analyst')}'`,
        );
        const mine = SUBSCRIBERS / PEOPLE.length;
        const ended = await eventually(
          'all of them have ended',
          async () => {
            const all = (await Promise.all(crowds.map((crowd) => crowd.closings()))).flat();
            return all.length >= mine ? all : null;
          },
          60_000,
        );
        const ms = ended.map(({ at }) => at - since).sort((one, other) => one - other);
        process.stderr.write(
          `#13 revoked among ${SUBSCRIBERS} sockets, ${mine} of the person: first ${ms[0] ?? 0} ms, last ${ms.at(-1) ?? 0} ms\n`,
        );
        expect(ended.every(({ whose, code }) => whose === VICTIM && code === 4403)).toBe(true);
        expect(ended).toHaveLength(mine);
        expect(ms.at(-1)).toBeLessThan(REVOKED_MS);
      }, 120_000);
    },
  );
}
