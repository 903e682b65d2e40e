import { createLogger } from '@concord/platform/logging';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { SeatWatch, type WatchedSockets } from './seat-watch.js';
import type { SignedIn } from './sign-in.js';

const CEILING_MS = 5_000;
/** So long that only a notification can have brought the news. */
const NEVER_MS = 3_600_000;

/** Sockets that note how they were closed. */
class NotedSockets implements WatchedSockets {
  signedIn: SignedIn[] = [];
  readonly closed: { readonly token: string; readonly code: number }[] = [];

  closeWhere(predicate: (signedIn: SignedIn) => boolean, code: number): number {
    const gone = this.signedIn.filter(predicate);
    this.signedIn = this.signedIn.filter((one) => !gone.includes(one));
    this.closed.push(...gone.map(({ token }) => ({ token: token.tokenId, code })));
    return gone.length;
  }
}

describe('the watch over open sockets', () => {
  let database: TestDatabase;
  let admin: Client;
  let person: string;
  let agency: string;
  let watch: SeatWatch | null = null;
  let sockets: NotedSockets;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    agency = await addAgency(admin, { level: 'LOCAL' });
    person = await addPerson(admin);
    await addMembership(admin, { personId: person, agencyId: agency, roles: ['ANALYST', 'SUPERVISOR'] });
    await admin.query(`update person set issuer = 'iss', subject = 'sub' where id = $1`, [person]);
  });

  beforeEach(() => {
    sockets = new NotedSockets();
  });

  afterEach(async () => {
    await watch?.stop();
    watch = null;
    await admin.query(`update person set status = 'ACTIVE'`);
    await admin.query(`update agency set status = 'ACTIVE'`);
    await admin.query(`update membership set roles = '{ANALYST,SUPERVISOR}', valid_until = null`);
  });

  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  const signedIn = (tokenId: string, change: Partial<SignedIn['token']> = {}): SignedIn => ({
    token: { issuer: 'iss', subject: 'sub', tokenId, expiresAt: new Date(Date.now() + 3_600_000), ...change },
    actor: {
      ...{ personId: person, displayName: 'A', purpose: null, roles: new Set(['ANALYST', 'SUPERVISOR']) },
      agency: { id: agency, ori: null, name: 'A', level: 'LOCAL' },
    },
  });

  const start = async (lookMs: number): Promise<void> => {
    const log = createLogger({ name: 'watch', level: 'silent' });
    watch = new SeatWatch({ databaseUrl: database.appUrl, sockets, log, lookMs });
    await watch.start();
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
    ['told by PostgreSQL', NEVER_MS, 'enable'],
    ['finding out by itself', 50, 'disable'],
  ])('%s', (_, lookMs, triggers) => {
    beforeEach(async () => {
      for (const table of ['revoked_token', 'person', 'membership', 'agency'])
        await admin.query(`alter table ${table} ${triggers} trigger seats_change`);
      await start(lookMs);
    });

    it('closes the sockets of a revoked token, and no others', async () => {
      const token = `revoked ${lookMs}`;
      sockets.signedIn = [signedIn(token), signedIn('other'), signedIn(token)];
      await revoke(token);
      expect(await closed(2)).toEqual([token, token]);
      expect(sockets.closed.map(({ code }) => code)).toEqual([4403, 4403]);
      expect(sockets.signedIn.map((one) => one.token.tokenId)).toEqual(['other']);
    });

    it.each([
      [`update person set status = 'DISABLED'`],
      [`update membership set valid_until = statement_timestamp()`],
      [`update membership set roles = '{ANALYST}'`],
      [`update agency set status = 'LEFT'`],
    ])('closes after: %s', async (sql) => {
      sockets.signedIn = [signedIn('a'), signedIn('b')];
      await admin.query(sql);
      expect(await closed(2)).toEqual(['a', 'b']);
    });
  });

  it('keeps whoever has more than before', async () => {
    await start(50);
    sockets.signedIn = [signedIn('kept')];
    await admin.query(`update membership set roles = '{ANALYST,SUPERVISOR,WATCH_OFFICER}'`);
    sockets.signedIn.push(signedIn('run out', { expiresAt: new Date() }));
    expect(await closed(1)).toEqual(['run out']);
    await revoke('last');
    sockets.signedIn.push(signedIn('last'));
    expect(await closed(2)).toEqual(['run out', 'last']);
    expect(sockets.signedIn.map((one) => one.token.tokenId)).toEqual(['kept']);
  });
});
