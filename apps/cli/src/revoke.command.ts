import { disablePerson, revokeToken, tokenDigest, type Disabled, type Revoked } from '@concord/access';
import { endApiKey, type EndedApiKey } from '@concord/agencies';
import type { AuditSubject } from '@concord/audit';
import { asOperator, bookAsOperator } from './as-operator.js';
import type { Command } from './command.js';
import { withEverything } from './database-target.js';
import { readRevokeConfig, REVOKE_OPTIONS, type RevokeTarget } from './revoke.config.js';

/**
 * `concord revoke`: takes a token, an API key or a person's access back, and books it in the same transaction. From the commit on
 * no request is let in; open sockets end within a second. Doing it twice changes nothing, and is no fault.
 *
 * @throws Error for an issuer, a person or a key that the database does not know
 */
export const revokeCommand: Command = {
  name: 'revoke',
  help: `revoke --token-id JTI --issuer ISS [--reason TEXT]   takes a token back; docs/sign-in.md
  revoke --person ID                                   ends every seat of a person
  revoke --api-key ID                                  ends a machine's key; docs/api-keys.md

    --database-url   DATABASE_URL       a login that was granted concord_operator, or owns the database
    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --json                              prints {"outcome","changed"}`,
  options: REVOKE_OPTIONS,
  examples: [
    'revoke --api-key 0b0f9a3e-6d6c-4a52-9c4f-3a9c1f0f2a11',
    'revoke --token-id 5d0c --issuer https://login.example.gov --json',
  ],
  async run(args, { env, print }) {
    const config = readRevokeConfig(args, env);
    const outcome = await withEverything(config.database, (url) => takeBack(url, config.target));
    const { said, changed } = tell(config.target, outcome);
    print(config.json ? `${JSON.stringify({ outcome, changed })}\n` : `${said}\n`);
    return 'done';
  },
};

type Outcome = Revoked | Disabled | EndedApiKey;

const takeBack = (url: string, target: RevokeTarget): Promise<Outcome> =>
  asOperator(url, async (tx) => {
    if (target.kind === 'person') {
      const disabled = await disablePerson(tx, target.personId);
      if (disabled === 'disabled') await bookAsOperator(tx, 'person.disable', { kind: 'person', id: target.personId });
      return disabled;
    }
    if (target.kind === 'api-key') {
      const ended = await endApiKey(tx, target.keyId);
      if (ended === 'revoked') await bookAsOperator(tx, 'api-key.revoke', { kind: 'api-key', id: target.keyId });
      return ended;
    }
    const revoked = await revokeToken(tx, target);
    // The books hold no more of a token than the log does.
    const token: AuditSubject = { kind: 'token', id: tokenDigest(target.issuer, target.tokenId) };
    if (revoked === 'revoked') await bookAsOperator(tx, 'token.revoke', token);
    return revoked;
  });

function nameOf(target: RevokeTarget): string {
  switch (target.kind) {
    case 'token':
      return `token ${tokenDigest(target.issuer, target.tokenId)}`;
    case 'person':
      return `person ${target.personId}`;
    case 'api-key':
      return `API key ${target.keyId}`;
  }
}

function tell(target: RevokeTarget, outcome: Outcome): { said: string; changed: boolean } {
  const it = nameOf(target);
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
    case 'unknown-key':
      throw new Error('There is no API key with that id.');
    case 'unknown-person':
      throw new Error('There is no person with that id.');
  }
}
