import { createLocalJWKSet, importJWK, SignJWT, type CryptoKey, type JWK, type JWTVerifyGetKey } from 'jose';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOurs, newPassword, readPasswords } from './issuer/passwords.js';
import { ALGORITHM, openSigningKeys, type SigningKeys } from './issuer/signing-keys.js';
import { ACCOUNT_NAMES, personaFacts, type AccountName, type PersonaFacts } from './personas.js';
import { writePrivateFile } from './private-file.js';

/** Whom the tokens are for. */
export const PERSONA_AUDIENCE = 'concord';
/** As long as a token of theirs may be old: thirty days, in seconds. Nobody renews them while a directory is in use. */
export const PERSONA_TOKEN_AGE_SECONDS = 30 * 86_400;

/** The issuer of the embedded mode: it signs tokens for personas and newcomers, and for nobody else. */
export interface PersonaIssuer {
  readonly issuer: string;
  readonly keys: SigningKeys;
  /** What signs now. With `kid`, `alg` and `use`, so that a key set can be made of it. */
  readonly publicKey: JWK;
  /** An RFC 9068 access token (`typ: at+jwt`) for 30 days. */
  mint(subject: string): Promise<string>;
  /** What every token of this issuer that is still good was signed with. */
  verificationKey(): Promise<CryptoKey | JWTVerifyGetKey>;
}

/**
 * Opens the issuer of a data directory; the first call makes its keys, which then stay in `persona-key.json`.
 *
 * @param issuer its URL, where it serves sign-in too.
 */
export async function openPersonaIssuer(dataDir: string, issuer?: string): Promise<PersonaIssuer> {
  const keys = await openSigningKeys(dataDir, issuer);
  const [signing] = keys.private;
  const [publicKey, , ...former] = keys.public;
  const privateKey = await importJWK(signing, ALGORITHM);
  return {
    issuer: keys.issuer,
    keys,
    publicKey,
    mint: (subject) =>
      new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: signing.kid })
        .setIssuer(keys.issuer)
        .setSubject(subject)
        .setAudience(PERSONA_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(`${PERSONA_TOKEN_AGE_SECONDS} s`)
        .setJti(randomUUID())
        .sign(privateKey),
    // One key where one has signed: what was found good is then remembered (apps/api/src/sign-in/verified-tokens.ts).
    verificationKey: async () =>
      former.length === 0
        ? ((await importJWK(publicKey, ALGORITHM)) as CryptoKey)
        : createLocalJWKSet({ keys: [...keys.public] }),
  };
}

/** What `personas.json` says of one. */
type Entry = { token: string; password?: string } & PersonaFacts;

/**
 * Writes `personas.json`: every account with a fresh token and what it may be expected to see. A password is told in it
 * once, when it is made: it stays for as long as the owner of the machine leaves it there, and is kept nowhere else.
 *
 * @returns the passwords that were made now or are still told, by account
 */
export async function writePersonas(dataDir: string, issuer: PersonaIssuer): Promise<Map<AccountName, string>> {
  const path = join(dataDir, 'personas.json');
  const [told, kept] = [await toldPasswords(path), await readPasswords(dataDir)];
  const passwords = new Map<AccountName, string>();
  for (const name of ACCOUNT_NAMES) {
    const password = told.get(name) ?? (kept.has(name) ? undefined : newPassword());
    if (password !== undefined) passwords.set(name, password);
  }
  const entries = await Promise.all(
    ACCOUNT_NAMES.map(async (name): Promise<[AccountName, Entry]> => {
      const password = passwords.get(name);
      return [
        name,
        { token: await issuer.mint(name), ...(password === undefined ? {} : { password }), ...personaFacts(name) },
      ];
    }),
  );
  await writePrivateFile(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  return passwords;
}

/** What an earlier start has told and nobody has taken out. */
async function toldPasswords(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    told = null;
  }
  const passwords = new Map<string, string>();
  if (typeof told !== 'object' || told === null) return passwords;
  for (const [name, entry] of Object.entries(told as Record<string, unknown>)) {
    const password: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'password') : undefined;
    if (typeof password === 'string' && isOurs(password)) passwords.set(name, password);
  }
  return passwords;
}
