import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { alertStream } from '../../apps/api/src/alerts/alert-stream.js';
import { agencyId, personaActor, personId } from '../../apps/embedded/src/personas.js';
import { ME } from '../flows/documents.js';
import { eventually, FlowClient, type LiveStream } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { ask, LogLines, seedPeople, TokenSmith } from './tokens.builder.js';

/** A second is promised, and measured; a busy machine is given five. */
const CEILING_MS = 5_000;
/** Of the curve P-256. */
const CURVE_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const cli = join(import.meta.dirname, '../../dist/apps/cli/src/main.js');

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('taking access back', () => {
  let stack: FlowStack;
  let smith: TokenSmith;
  let witness: LiveStream;
  const log = new LogLines();
  const clients: FlowClient[] = [];

  beforeAll(async () => {
    smith = await TokenSmith.create('urn:test:ec', 'ES256');
    stack = await FlowStack.start(undefined, { issuers: [smith.trusted], log: log.logger });
    await seedPeople(stack, smith.issuer);
    await stack.as('federal-analyst').rule('everything');
    await bearing(smith.mint()).rule('everything');
    witness = await stack.live('federal-analyst');
  }, 60_000);

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await stack?.stop();
  });

  const bearing = (token: string): FlowClient => {
    const client = new FlowClient(() => stack.api.url, token);
    clients.push(client);
    return client;
  };

  const command = (...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], DATABASE_URL: stack.database.ownerUrl };
      execFile(process.execPath, [cli, 'revoke', ...args], { env }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });

  const streams = (): number => stack.api.services.inboxWatch.size;

  /** A stream that stands beside the witness's, which is never to end. */
  const open = async (client: FlowClient): Promise<LiveStream> => {
    await eventually('only the witness is left', () => streams() === 1);
    const stream = client.live(null);
    await eventually('the stream stands', () => streams() === 2);
    return stream;
  };

  const submit = async (): Promise<string> => (await stack.as('local-submitter').report(plainReport())).recordId;
  const told = (stream: LiveStream): string[] => stream.events.map((event) => event.alert.record?.id ?? 'no record');

  /**
   * Opens a stream, has it tell something, ends its right, raises more, and waits for it to end: nothing of what was
   * raised after may be in it, and all of it in the witness's.
   */
  const endsWithin = async (
    what: string,
    client: FlowClient,
    end: () => Promise<unknown>,
    meanwhile: 'more is raised' | 'it is idle' = 'more is raised',
  ): Promise<void> => {
    const stream = await open(client);
    const before = await submit();
    await stream.next();
    await end();
    const since = performance.now();
    const after = meanwhile === 'it is idle' ? [] : [await submit(), await submit()];
    const ended = await Promise.race([
      stream.ended,
      new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: still open`)), CEILING_MS).unref()),
    ]);
    process.stderr.write(`revocation: ${what}: ended within ${Math.round(performance.now() - since)} ms\n`);
    await stack.drain();
    await eventually('the witness has it all', () => after.every((id) => told(witness).includes(id)));
    expect(told(stream)).toEqual([before]);
    expect(witness.isOpen).toBe(true);
    await eventually('nothing of it is left', () => streams() === 1);
    // Whether the stream saw it when it was woken or the watch did: never completed as if all were well.
    expect(ended).toMatchObject({ code: 4403, reason: 'UNAUTHENTICATED: The session is over; sign in again.' });
  };

  describe('a token', () => {
    it.each(['more is raised', 'it is idle'] as const)(
      'revoked by its id while %s ends its stream within a second, and signs nobody in',
      async (meanwhile) => {
        const jti = `stolen while ${meanwhile}`;
        const token = smith.mint({ jti });
        const revoke = async (): Promise<void> => {
          const said = await command('--token-id', jti, '--issuer', smith.issuer, '--reason', 'lost telephone');
          expect(said).toMatchObject({ code: 0, err: '' });
        };
        await endsWithin('a token revoked', bearing(token), revoke, meanwhile);
        expect(await bearing(token).refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
        expect(await bearing(token).live(null).ended).toMatchObject({
          code: 4403,
          reason: 'UNAUTHENTICATED: Sign in first: send a valid access token.',
        });
        // The person's other token is another.
        expect(await bearing(smith.mint()).refusal(ME)).toBeNull();
        expect(log.events('security.token-refused').at(-1)).toMatchObject({ reason: 'TOKEN_REVOKED' });
        if (meanwhile === 'it is idle')
          expect(log.events('security.sockets-closed').at(-1)).toMatchObject({ reason: 'SEAT_ENDED', sockets: 1 });
      },
    );

    it('stays revoked in every other form that is as good', async () => {
      const token = smith.mint({ jti: 'many-forms' });
      const forms = [...formsOf(token)];
      const answers = async (): Promise<number[]> =>
        Promise.all(forms.map(async (form) => (await ask(stack.api.url, `Bearer ${form}`)).status));
      expect(new Set([token, ...forms]).size).toBe(forms.length + 1);
      expect(await answers()).toEqual(forms.map(() => 200));
      await command('--token-id', 'many-forms', '--issuer', smith.issuer);
      expect(await answers()).toEqual(forms.map(() => 401));
    });

    it('of another issuer with the same id is another token', async () => {
      await command('--token-id', 'shared-id', '--issuer', smith.issuer);
      expect((await ask(stack.api.url, `Bearer ${smith.mint({ jti: 'shared-id' })}`)).status).toBe(401);
      expect((await ask(stack.api.url, `Bearer ${smith.mint({ jti: 'Shared-id' })}`)).status).toBe(200);
    });

    it('that runs out ends its stream, and its leeway opens no other', async () => {
      const token = smith.mint({ exp: Math.ceil(Date.now() / 1000) + 8 });
      await endsWithin('a token run out', bearing(token), () =>
        eventually('its end', () => Date.now() >= expiryOf(token), 10_000),
      );
      expect(await bearing(token).live(null).ended).toMatchObject({ code: 4403 });
    });

    it('older than its issuer is granted ends, whatever it says', async () => {
      const end = Math.ceil(Date.now() / 1000) + 8;
      const token = smith.mint({ iat: end - 86_400, exp: 4_102_444_800 });
      await endsWithin(
        'a token grown old',
        bearing(token),
        () => eventually('its end', () => Date.now() >= end * 1000),
        'it is idle',
      );
    });
  });

  describe('a person', () => {
    afterEach(async () => {
      await stack.admin.query(`update person set status = 'ACTIVE' where subject = 'agent'`);
      await stack.admin.query(`update agency set status = 'ACTIVE' where id = $1`, [agencyId('california')]);
      await stack.admin.query(
        `update membership set valid_until = null, roles = '{ANALYST}' where person_id = (select id from person where subject = 'agent')`,
      );
    });
    const ofAgent = `person_id = (select id from person where subject = 'agent')`;
    const sql = (text: string) => () => stack.admin.query(text);

    it.each([
      ['disabled', `update person set status = 'DISABLED' where subject = 'agent'`],
      ['whose membership is ended', `update membership set valid_until = statement_timestamp() where ${ofAgent}`],
      ['whose role is taken', `update membership set roles = '{SUBMITTER}' where ${ofAgent}`],
      ['whose agency leaves', `update agency set status = 'LEFT' where id = '${agencyId('california')}'`],
    ])('%s loses the stream within a second', async (what, text) => {
      await endsWithin(`a person ${what}`, bearing(smith.mint()), sql(text));
    });

    it('whose membership ends by the clock loses the stream within a second', async () => {
      const { rows } = await stack.admin.query<{ at: string }>(`select now() + interval '2 seconds' as at`);
      const at = new Date(rows[0]?.at ?? '');
      const client = bearing(smith.mint());
      await endsWithin('a membership run out', client, async () => {
        await stack.admin.query(`update membership set valid_until = $1 where ${ofAgent}`, [at]);
        await eventually('its end', () => new Date() > at);
      });
    });

    it('loses it when the connections that watch were cut, and listening comes back', async () => {
      const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'concord_seats%' and datname = current_database()`;
      const listening = `from pg_stat_activity where application_name = 'concord_seats_listen' and datname = current_database()`;
      await endsWithin('connections cut', bearing(smith.mint()), async () => {
        await stack.admin.query(cut);
        await stack.admin.query(`update person set status = 'DISABLED' where subject = 'agent'`);
      });
      await eventually('it listens again', async () => (await stack.count(listening)) === 1);
    });
  });

  it('tells nothing that was committed after the seat was last seen', async () => {
    const { db, inboxWatch, streamReads } = stack.api.services;
    const actor = personaActor('federal-analyst');
    const { rows } = await stack.admin.query<{ id: string; last_position: string }>(
      'select id, last_position from inbox where person_id = $1',
      [actor.personId],
    );
    const inboxId = rows[0]?.id ?? '';
    let asked = 0;
    const stillSeated = async (): Promise<boolean> => {
      asked += 1;
      if (asked > 1) return false;
      // The seat is good at this moment, the revocation comes next, and then an alert.
      await submit();
      await stack.drain();
      return true;
    };
    const after = BigInt(rows[0]?.last_position ?? 0);
    const pages = alertStream(
      { db, watch: inboxWatch, reads: streamReads, actor, inboxId, stillSeated },
      after,
      new AbortController().signal,
    );
    const read: unknown[] = [];
    for await (const page of pages) read.push(...page);
    expect({ asked, read }).toEqual({ asked: 2, read: [] });
  });

  describe('the command', () => {
    const entries = (action: string): Promise<number> => stack.count('from audit_entry where action = $1', [action]);

    it('disables a person, books it, and says when it was done before', async () => {
      const id = personId('neighbour-analyst');
      const before = await entries('person.disable');
      expect(await command('--person', id, '--json')).toEqual({
        ...{ code: 0, err: '', out: '{"outcome":"disabled","changed":true}\n' },
      });
      expect(await stack.as('neighbour-analyst').refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
      expect(await command('--person', id)).toEqual({ code: 0, err: '', out: `person ${id} was disabled already\n` });
      expect(await entries('person.disable')).toBe(before + 1);
    });

    it('books a digest and not the id, keeps the reason out of the books, and does not do it twice', async () => {
      const before = await entries('token.revoke');
      const again = [
        '--token-id',
        'booked-once',
        '--issuer',
        smith.issuer,
        '--reason',
        'a reason of its own',
        '--json',
      ];
      expect((await command(...again)).out).toBe('{"outcome":"revoked","changed":true}\n');
      expect((await command(...again)).out).toBe('{"outcome":"was-revoked","changed":false}\n');
      expect(await entries('token.revoke')).toBe(before + 1);
      const { rows } = await stack.admin.query<{ canonical: string }>(
        `select canonical from audit_entry where action = 'token.revoke' order by at desc limit 1`,
      );
      const digest = createHash('sha256').update(`${smith.issuer}\nbooked-once`).digest('hex').slice(0, 32);
      expect(rows[0]?.canonical).toContain(`{"id":"${digest}","kind":"token"}`);
      expect(rows[0]?.canonical).not.toContain('reason of its own');
      expect(rows[0]?.canonical).not.toContain('booked-once');
      const kept = await stack.count(
        `from revoked_token where token_id = 'booked-once' and reason = 'a reason of its own' and expires_at > now() + interval '399 days'`,
      );
      expect(kept).toBe(1);
    });

    it('tidies away what can matter no more, and nothing else', async () => {
      await stack.admin.query(
        `insert into revoked_token (issuer, token_id, expires_at) values ('x', 'outlived', now() - interval '25 hours'),
           ('x', 'just over', now() - interval '23 hours')`,
      );
      await command('--token-id', 'tidy', '--issuer', smith.issuer);
      const left = await stack.admin.query<{ token_id: string }>(
        `select token_id from revoked_token where issuer = 'x'`,
      );
      expect(left.rows).toEqual([{ token_id: 'just over' }]);
    });

    it.each<[string, string[], number, RegExp]>([
      ['an unknown issuer', ['--token-id', 'a', '--issuer', 'urn:nobody'], 1, /Nobody in this database is known/],
      ['an unknown person', ['--person', '00000000-0000-4000-8000-000000000000'], 1, /no person with that id/],
      ['nothing', [], 2, /Revoke what/],
    ])('refuses %s', async (_, args, code, message) => {
      const revocations = await stack.count('from revoked_token');
      const said = await command(...args);
      expect(said).toMatchObject({ code, out: '' });
      expect(said.err).toMatch(message);
      expect(said.err).not.toMatch(/^\s+at /m);
      expect(await stack.count('from revoked_token')).toBe(revocations);
    });

    it('is refused to the application’s own login', async () => {
      const said = await command('--person', personId('auditor'), '--database-url', stack.database.appUrl);
      expect(said).toMatchObject({ code: 1, out: '' });
      expect(said.err).toContain('permission denied to set role');
    });
  });
});

/** What PostgreSQL and clients call another text, and a verifier the same token. */
function* formsOf(token: string): Generator<string> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // 64 bytes are 86 characters and 4 bits too many: sixteen last characters mean the same.
  const last = alphabet.indexOf(signature.at(-1) ?? '');
  for (let bits = 1; bits < 16; bits += 1)
    yield `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last ^ bits] ?? ''}`;
  // ECDSA: whoever has (r, s) has (r, n - s), without any key.
  const bytes = Buffer.from(signature, 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const mirrored = Buffer.from((CURVE_ORDER - s).toString(16).padStart(64, '0'), 'hex');
  yield `${header}.${payload}.${Buffer.concat([bytes.subarray(0, 32), mirrored]).toString('base64url')}`;
}

function expiryOf(token: string): number {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as { exp: number }).exp * 1000;
}
