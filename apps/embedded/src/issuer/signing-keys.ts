import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode, writePrivateFile } from '../private-file.js';

/** Not Ed25519: with WebCrypto of Node 20 it is experimental and says so on standard error. */
export const ALGORITHM = 'ES256';
const DAY_MS = 86_400_000;
/** How long a key signs; the first start after that takes the next one. */
const SIGNS_FOR_MS = 90 * DAY_MS;
/** How long a key that signs no more is still published: longer than any token that it has signed (30 days). */
const PUBLISHED_AFTER_MS = 31 * DAY_MS;

const PublicKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
});
const PrivateKey = PublicKey.extend({ d: z.string() });

/** The first two are all that version 0.3 wrote: its files are still good. */
const KeyFile = z.object({
  issuer: z.string().regex(/^(?:urn:concord:embedded:|http:\/\/127\.0\.0\.1:\d+$)/),
  key: PrivateKey,
  /** When `key` began to sign. */
  since: z.iso.datetime().optional(),
  /** Published and not used yet: whoever keeps a copy of the key set knows it long before it signs. */
  next: PrivateKey.optional(),
  /** Without their private half: they cannot sign again. */
  former: z.array(z.object({ key: PublicKey, until: z.iso.datetime() })).optional(),
});

type Stored = z.infer<typeof KeyFile>;
type StoredKey = z.infer<typeof PrivateKey>;
type Complete = { readonly [K in keyof Stored]-?: NonNullable<Stored[K]> };

export interface SigningKeys {
  /** The claim `iss` of everything that is signed. */
  readonly issuer: string;
  /** What signs, and what will. Each with `kid`, `alg` and `use`. */
  readonly private: readonly [JWK & { kid: string }, JWK & { kid: string }];
  /** The key set: what signs, what will, and what did; in this order. */
  readonly public: readonly [JWK & { kid: string }, ...(JWK & { kid: string })[]];
}

const pathIn = (dataDir: string): string => join(dataDir, 'persona-key.json');

/** What the keys of a data directory sign as, or null where it has none yet. */
export async function rememberedIssuer(dataDir: string): Promise<string | null> {
  return (await readKeyFile(pathIn(dataDir)))?.issuer ?? null;
}

/**
 * The signing keys of a data directory; the first call makes them, and a later one changes them when they are due.
 *
 * @param issuer what is signed as from now on; absent: what it was, or a name that leads nowhere.
 */
export async function openSigningKeys(dataDir: string, issuer?: string, now = new Date()): Promise<SigningKeys> {
  const path = pathIn(dataDir);
  const stored = (await readKeyFile(path)) ?? (await createKeyFile(path, issuer, now));
  const due = { ...(await turned(stored, now)), issuer: issuer ?? stored.issuer };
  if (JSON.stringify(due) !== JSON.stringify(stored)) await writePrivateFile(path, `${JSON.stringify(due)}\n`);
  return {
    issuer: due.issuer,
    private: [described(due.key), described(due.next)],
    public: [due.key, due.next, ...due.former.map(({ key }) => key)].map((key) =>
      described(publicPart(key)),
    ) as unknown as SigningKeys['public'],
  };
}

/** The keys as they should be now: the next one signs when the first has signed for long enough. */
async function turned(stored: Stored, now: Date): Promise<Complete> {
  const { issuer, key } = stored;
  const since = stored.since ?? now.toISOString();
  const next = stored.next ?? (await newKey());
  const former = (stored.former ?? []).filter(({ until }) => Date.parse(until) > now.getTime());
  if (Date.parse(since) + SIGNS_FOR_MS > now.getTime()) return { issuer, key, since, next, former };
  const until = new Date(now.getTime() + PUBLISHED_AFTER_MS).toISOString();
  return {
    issuer,
    key: next,
    since: now.toISOString(),
    next: await newKey(),
    former: [{ key: publicPart(key), until }, ...former],
  };
}

async function readKeyFile(path: string): Promise<Stored | null> {
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

async function createKeyFile(path: string, issuer: string | undefined, now: Date): Promise<Stored> {
  const made: Complete = {
    issuer: issuer ?? `urn:concord:embedded:${randomUUID()}`,
    key: await newKey(),
    since: now.toISOString(),
    next: await newKey(),
    former: [],
  };
  await writePrivateFile(path, `${JSON.stringify(made)}\n`, { exclusive: true });
  const stored = await readKeyFile(path);
  if (stored === null) throw new Error(`${path} was removed while it was being made.`);
  return stored;
}

async function newKey(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return PrivateKey.parse({ ...(await exportJWK(privateKey)), kid: randomBytes(9).toString('base64url') });
}

function publicPart({ kty, crv, x, y, kid }: z.infer<typeof PublicKey>): z.infer<typeof PublicKey> {
  return { kty, crv, x, y, kid };
}

const described = <K extends { readonly kid: string }>(key: K): K & JWK & { kid: string } => ({
  ...key,
  alg: ALGORITHM,
  use: 'sig',
});
