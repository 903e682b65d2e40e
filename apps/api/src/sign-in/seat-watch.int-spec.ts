import { systemClock } from '@concord/platform/clock';
import { createLogger } from '@concord/platform/logging';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { SeatWatch, type WatchedSockets } from './seat-watch.js';
import type { TokenCredential } from './credential.js';
import type { SignedIn } from './sign-in.js';

const CEILING_MS = 5_000;
/** So long that only a notification can have brought the news. */
const NEVER_MS = 3_600_000;

/** Sockets that note how they were closed. */
/** Of a token or a key. */
const nameOf = ({ credential }: SignedIn): string => (credential.kind === 'token' ? credential.tokenId : credential.id);

class NotedSockets implements WatchedSockets {
  signedIn: SignedIn[] = [];
  readonly closed: { readonly token: string; readonly code: number }[] = [];

  get left(): string[] {
    return this.signedIn.map(nameOf);
  }

  closeWhere(predicate: (signedIn: SignedIn) => boolean, code: number): number {
    const gone = this.signedIn.filter(predicate);
    this.signedIn = this.signedIn.filter((one) => !gone.includes(one));
    this.closed.push(...gone.map((one) => ({ token: nameOf(one), code })));
    return gone.length;
  }
}

/** The way to PostgreSQL, on which the listening connection can be frozen: nothing more comes, and no end either. */
class Line {
  readonly #all = new Set<Socket>();
  readonly #listening = new Set<Socket>();
  #frozen = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(url: string): Promise<Line> {
    const target = new URL(url);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const here = new URL(url);
    here.port = String((server.address() as AddressInfo).port);
    const line = new Line(server, here.href);
    server.on('connection', (near) => line.#join(near, connect(Number(target.port), target.hostname)));
    return line;
  }

  freeze(): void {
    this.#frozen = true;
  }

  cut(): void {
    this.server.close();
    for (const socket of this.#all) socket.destroy();
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#all.add(from);
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.on('data', (data) => {
        // The first packet of a connection says its name.
        if (data.includes('concord_seats_listen')) for (const end of [near, far]) this.#listening.add(end);
        if (!(this.#frozen && this.#listening.has(from))) to.write(data);
      });
    }
  }
}

describe('the watch over open sockets', () => {
  let database: TestDatabase;
  let admin: Client;
  let person: string;
  let agency: string;
  let watch: SeatWatch | null = null;
  let sockets: NotedSockets;
  let line: Line;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    agency = await addAgency(admin, { level: 'LOCAL' });
    person = await addPerson(admin);
    await addMembership(admin, { personId: person, agencyId: agency, roles: ['ANALYST', 'SUPERVISOR'] });
    await admin.query(`update person set issuer = 'iss', subject = 'sub' where id = $1`, [person]);
  });

  beforeEach(async () => {
    sockets = new NotedSockets();
    line = await Line.to(database.appUrl);
  });

  afterEach(async () => {
    await watch?.stop();
    watch = null;
    line.cut();
    await admin.query(`update person set status = 'ACTIVE'`);
    await admin.query(`update agency set status = 'ACTIVE'`);
    await admin.query(`update membership set roles = '{ANALYST,SUPERVISOR}', valid_until = null`);
  });

  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  const signedIn = (tokenId: string, change: Partial<TokenCredential> = {}): SignedIn => ({
    credential: {
      kind: 'token',
      ...{ issuer: 'iss', subject: 'sub', tokenId, expiresAt: new Date(Date.now() + 3_600_000), session: null },
      ...change,
    },
    actor: {
      ...{ personId: person, displayName: 'A', purpose: null, roles: new Set(['ANALYST', 'SUPERVISOR']) },
      agency: { id: agency, ori: null, name: 'A', level: 'LOCAL' },
    },
  });

  const start = async (tickMs: number, lookAtAllMs: number): Promise<void> => {
    const log = createLogger({ name: 'watch', level: 'silent' });
    watch = new SeatWatch({ databaseUrl: line.url, sockets, clock: systemClock, log, tickMs, lookAtAllMs });
    await watch.start();
  };
  const triggers = async (set: 'enable' | 'disable'): Promise<void> => {
    for (const table of ['revoked_token', 'person', 'membership', 'agency'])
      await admin.query(`alter table ${table} ${set} trigger seats_change`);
  };

  /** Opens them, and waits until they were looked at once: what nobody has a seat for goes with the first look. */
  const open = async (...signedInNow: SignedIn[]): Promise<void> => {
    const stranger = signedIn('stranger', { subject: 'nobody' });
    sockets.signedIn = [...signedInNow, stranger];
    await admin.query(`select pg_notify('concord_seats', '')`);
    await closed(1);
    sockets.closed.length = 0;
  };

  const closed = async (count: number): Promise<string[]> => {
    for (const deadline = Date.now() + CEILING_MS; sockets.closed.length < count;) {
      if (Date.now() > deadline) throw new Error(`closed ${sockets.closed.length} of ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return sockets.closed.map(({ token }) => token);
  };

  const revoke = (tokenId: string): Promise<unknown> =>
    admin.query(
      `insert into revoked_token (issuer, token_id, expires_at) values ('iss', $1, now() + interval '1 day')`,
      [tokenId],
    );

  describe.each([
    ['told by PostgreSQL', () => start(NEVER_MS, NEVER_MS)],
    [
      'with a listening connection that has gone dead without a word',
      async () => {
        await start(50, NEVER_MS);
        line.freeze();
      },
    ],
    [
      'looking without any reason',
      async () => {
        await triggers('disable');
        await start(50, 200);
      },
    ],
  ])('%s', (how, begin) => {
    beforeEach(begin);
    afterEach(() => triggers('enable'));

    it('closes the sockets of a revoked token, and no others', async () => {
      const token = `revoked ${how}`;
      await open(signedIn(token), signedIn('other'), signedIn(token));
      await revoke(token);
      expect(await closed(2)).toEqual([token, token]);
      expect(sockets.closed.map(({ code }) => code)).toEqual([4403, 4403]);
      expect(sockets.left).toEqual(['other']);
    });

    it.each([
      [`update person set status = 'DISABLED'`],
      [`update membership set valid_until = statement_timestamp()`],
      [`update membership set roles = '{ANALYST}'`],
      [`update agency set status = 'LEFT'`],
    ])('closes after: %s', async (sql) => {
      await open(signedIn('a'), signedIn('b'));
      await admin.query(sql);
      expect(await closed(2)).toEqual(['a', 'b']);
    });
  });

  it('looks again when a membership ends by the clock', async () => {
    await triggers('disable');
    await start(50, NEVER_MS);
    await admin.query(`update membership set valid_until = now() + interval '1 second'`);
    const before = Date.now();
    await open(signedIn('a'));
    expect(await closed(1)).toEqual(['a']);
    expect(Date.now() - before).toBeGreaterThan(500);
    await triggers('enable');
  });

  it('looks again when it could not', async () => {
    await start(50, NEVER_MS);
    await open(signedIn('a'));
    await admin.query('alter table revoked_token rename to moved');
    await admin.query(`update person set status = 'DISABLED'`);
    await admin.query('alter table moved rename to revoked_token');
    expect(await closed(1)).toEqual(['a']);
  });

  it('keeps whoever has more than before', async () => {
    await start(50, NEVER_MS);
    await open(signedIn('kept'));
    await admin.query(`update membership set roles = '{ANALYST,SUPERVISOR,WATCH_OFFICER}'`);
    sockets.signedIn.push(signedIn('run out', { expiresAt: new Date() }));
    expect(await closed(1)).toEqual(['run out']);
    await revoke('last');
    sockets.signedIn.push(signedIn('last'));
    expect(await closed(2)).toEqual(['run out', 'last']);
    expect(sockets.left).toEqual(['kept']);
  });
});
