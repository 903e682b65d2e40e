import { disablePerson, revokeToken, tokenDigest, type Disabled, type Revoked } from '@concord/access';
import { appendAudit, auditEntry, type AuditSubject } from '@concord/audit';
import { systemClock } from '@concord/platform/clock';
import { inTransaction, openPool, type Queryable } from '@concord/platform/database';
import { visitEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { readRevokeConfig, type RevokeConfig, type RevokeTarget } from './revoke.config.js';

/** The database's name in a data directory. */
const EMBEDDED_DATABASE = 'concord';

/**
 * `concord revoke`: takes a token or a person's access back, and books it in the same transaction. From the commit on
 * no request is let in; open sockets end within a second. Doing it twice changes nothing, and is no fault.
 *
 * @throws Error for an issuer or a person whom the database does not know
 */
export async function revoke(args: readonly string[]): Promise<void> {
  const config = readRevokeConfig(args);
  const outcome = await withDatabase(config.database, (url) => takeBack(url, config.target));
  const { said, changed } = tell(config.target, outcome);
  process.stdout.write(config.json ? `${JSON.stringify({ outcome, changed })}\n` : `${said}\n`);
}

async function withDatabase<T>(database: RevokeConfig['database'], work: (url: string) => Promise<T>): Promise<T> {
  if (database.kind === 'url') return work(database.url);
  const visited = await visitEmbeddedPostgres(database.dataDir);
  try {
    return await work(visited.url(EMBEDDED_DATABASE));
  } finally {
    await visited.leave();
  }
}

async function takeBack(url: string, target: RevokeTarget): Promise<Revoked | Disabled> {
  const pool = openPool({ url, role: 'concord_operator', max: 1, statementTimeoutMs: 10_000 });
  try {
    return await inTransaction(pool, async (tx) => {
      if (target.kind === 'person') {
        const disabled = await disablePerson(tx, target.personId);
        if (disabled === 'disabled') await book(tx, 'person.disable', { kind: 'person', id: target.personId });
        return disabled;
      }
      const revoked = await revokeToken(tx, target);
      // The books hold no more of a token than the log does.
      const token: AuditSubject = { kind: 'token', id: tokenDigest(target.issuer, target.tokenId) };
      if (revoked === 'revoked') await book(tx, 'token.revoke', token);
      return revoked;
    });
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    // No such role, or no such table.
    if (code === '22023' || code === '42P01')
      throw new Error(
        'This database has the schema of an older version: run `concord migrate`, or start Concord once.',
        { cause: error },
      );
    throw error;
  } finally {
    await pool.end();
  }
}

/** In nobody's name: whoever may enter `concord_operator` is known to the machine and not to Concord. */
const book = (tx: Queryable, action: string, subject: AuditSubject): Promise<void> =>
  appendAudit(tx, [
    auditEntry({
      at: systemClock.now(),
      ...{ personId: null, agencyId: null, roles: [], purpose: null },
      ...{ action, outcome: 'DONE', subjects: [subject] },
    }),
  ]);

function tell(target: RevokeTarget, outcome: Revoked | Disabled): { said: string; changed: boolean } {
  const it =
    target.kind === 'token' ? `token ${tokenDigest(target.issuer, target.tokenId)}` : `person ${target.personId}`;
  switch (outcome) {
    case 'revoked':
      return { said: `${it} is revoked`, changed: true };
    case 'disabled':
      return { said: `${it} is disabled`, changed: true };
    case 'was-revoked':
      return { said: `${it} was revoked already`, changed: false };
    case 'was-disabled':
      return { said: `${it} was disabled already`, changed: false };
    case 'unknown-issuer':
      throw new Error('Nobody in this database is known by that issuer. It is the claim `iss`, letter by letter.');
    case 'unknown-person':
      throw new Error('There is no person with that id.');
  }
}
