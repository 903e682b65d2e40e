import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PERSONA_NAMES, personaFacts, type PersonaFacts, type PersonaName } from './personas.js';
import { hasErrorCode, writePrivateFile } from './private-file.js';

/** Not Ed25519: with WebCrypto of Node 20 it is experimental and says so on standard error. */
const ALGORITHM = 'ES256';
/** Whom the tokens are for. */
export const PERSONA_AUDIENCE = 'concord';
/** As long as a token of theirs may be old: thirty days, in seconds. Nobody renews them while a directory is in use. */
export const PERSONA_TOKEN_AGE_SECONDS = 30 * 86_400;

/** The issuer of the embedded mode: it signs tokens for personas, and for nobody else. */
export interface PersonaIssuer {
  readonly issuer: string;
  /** With `kid`, `alg` and `use`, so that a key set can be made of it. */
  readonly publicKey: JWK;
  /** An RFC 9068 access token (`typ: at+jwt`) for 30 days. */
  mint(subject: string): Promise<string>;
}

const KeyFile = z.object({
  issuer: z.string().startsWith('urn:concord:embedded:'),
  key: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    d: z.string(),
    kid: z.string(),
  }),
});

/** Opens the issuer of a data directory; the first call makes its key, which then stays in `persona-key.json`. */
export async function openPersonaIssuer(dataDir: string): Promise<PersonaIssuer> {
  const path = join(dataDir, 'persona-key.json');
  const { issuer, key } = (await readKeyFile(path)) ?? (await createKeyFile(path));
  const { d: _, ...publicPart } = key;
  const privateKey = await importJWK({ ...key, alg: ALGORITHM }, ALGORITHM);
  return {
    issuer,
    publicKey: { ...publicPart, alg: ALGORITHM, use: 'sig' },
    mint: (subject) =>
      new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: key.kid })
        .setIssuer(issuer)
        .setSubject(subject)
        .setAudience(PERSONA_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(`${PERSONA_TOKEN_AGE_SECONDS} s`)
        .setJti(randomUUID())
        .sign(privateKey),
  };
}

/** Writes `personas.json`: every persona with a fresh token and what it may be expected to see. */
export async function writePersonas(dataDir: string, issuer: PersonaIssuer): Promise<void> {
  const entries = await Promise.all(
    PERSONA_NAMES.map(async (name): Promise<[PersonaName, { token: string } & PersonaFacts]> => [
      name,
      { token: await issuer.mint(name), ...personaFacts(name) },
    ]),
  );
  await writePrivateFile(join(dataDir, 'personas.json'), `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

async function readKeyFile(path: string): Promise<z.infer<typeof KeyFile> | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
  const parsed = KeyFile.safeParse(asJson(text));
  // Never quotes the file: it holds a private key.
  if (!parsed.success) throw new Error(`${path} is not a persona key; delete it to have a new one made.`);
  return parsed.data;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function createKeyFile(path: string): Promise<z.infer<typeof KeyFile>> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: randomBytes(9).toString('base64url') };
  const issuer = `urn:concord:embedded:${randomUUID()}`;
  await writePrivateFile(path, `${JSON.stringify({ issuer, key })}\n`, { exclusive: true });
  const stored = await readKeyFile(path);
  if (stored === null) throw new Error(`${path} was removed while it was being made.`);
  return stored;
}
