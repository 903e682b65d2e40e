import type { Clock } from '@concord/platform/clock';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { z } from 'zod';
import { hasErrorCode, writePrivateFile } from '../private-file.js';

/** What outlives a restart. The rest is over within minutes: whoever is at the sign-in page just then begins anew. */
const KEPT = new Set(['Session', 'Grant', 'RefreshToken']);
/** Entries of one kind; beyond it the oldest goes. Anybody can begin to sign in, so that there is an end to it. */
const MOST_OF_A_KIND = 1_000;

interface Entry {
  readonly kind: string;
  /** Without the id, which for a token is the token. */
  readonly payload: AdapterPayload;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

const StateFile = z.object({
  secret: z.string().regex(/^[0-9a-f]{64}$/),
  entries: z.array(
    z.tuple([z.string(), z.object({ kind: z.string(), payload: z.looseObject({}), expiresAt: z.number() })]),
  ),
});

/**
 * Sessions, grants and tokens of the embedded issuer: in memory, and what should outlive a restart in one file too.
 * Entries are found by a digest, so that the file holds nothing that opens anything, except for its secret, which signs
 * cookies.
 */
export class IssuerState {
  readonly #entries: Map<string, Entry>;
  #unwritten = false;
  #writing: Promise<void> | null = null;

  private constructor(
    private readonly path: string,
    /** Signs cookies; 32 bytes. */
    readonly secret: Buffer,
    entries: readonly (readonly [string, Entry])[],
    private readonly clock: Clock,
  ) {
    this.#entries = new Map(entries);
  }

  /** @param onUnreadable told once where the file is broken: it begins anew then, and everybody signs in again */
  static async open(path: string, clock: Clock, onUnreadable: () => void): Promise<IssuerState> {
    const stored = await readState(path);
    if (stored === 'unreadable') onUnreadable();
    if (stored === 'absent' || stored === 'unreadable') return new IssuerState(path, randomBytes(32), [], clock);
    return new IssuerState(path, Buffer.from(stored.secret, 'hex'), stored.entries, clock);
  }

  /** What oidc-provider keeps its things of one kind with. */
  adapter(kind: string): Adapter {
    const keyOf = (id: string): string => `${kind}:${createHash('sha256').update(id).digest('base64url')}`;
    return {
      upsert: async (id, { jti: _, ...payload }, expiresIn = Number.POSITIVE_INFINITY) => {
        this.#put(keyOf(id), { kind, payload, expiresAt: this.#now + expiresIn * 1000 });
        await this.#written(kind);
      },
      find: (id) => Promise.resolve(this.#get(keyOf(id), id)),
      findByUid: (uid) => Promise.resolve(this.#find(kind, (payload) => payload.uid === uid)),
      findByUserCode: (code) => Promise.resolve(this.#find(kind, (payload) => payload.userCode === code)),
      consume: async (id) => {
        const entry = this.#entries.get(keyOf(id));
        if (entry === undefined) return;
        const payload = { ...entry.payload, consumed: Math.floor(this.#now / 1000) };
        this.#entries.set(keyOf(id), { ...entry, payload });
        await this.#written(kind);
      },
      destroy: async (id) => {
        if (this.#entries.delete(keyOf(id))) await this.#written(kind);
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, entry] of this.#entries)
          if (entry.kind === kind && entry.payload.grantId === grantId) this.#entries.delete(key);
        await this.#written(kind);
      },
    };
  }

  get #now(): number {
    return this.clock.now().getTime();
  }

  #get(key: string, id: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > this.#now ? { ...entry.payload, jti: id } : undefined;
  }

  #find(kind: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const entry of this.#entries.values())
      if (entry.kind === kind && entry.expiresAt > this.#now && matches(entry.payload)) return entry.payload;
    return undefined;
  }

  #put(key: string, entry: Entry): void {
    for (const [each, { expiresAt }] of this.#entries) if (expiresAt <= this.#now) this.#entries.delete(each);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const same = [...this.#entries].filter(([, { kind }]) => kind === entry.kind);
    const [oldest] = same;
    if (same.length > MOST_OF_A_KIND && oldest !== undefined) this.#entries.delete(oldest[0]);
  }

  /** Nobody is told of what is not on disk; those who come while it is written share the next writing. */
  async #written(kind: string): Promise<void> {
    if (!KEPT.has(kind)) return;
    this.#unwritten = true;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#unwritten) {
      this.#unwritten = false;
      const entries = [...this.#entries].filter(([, { kind }]) => KEPT.has(kind));
      await writePrivateFile(this.path, `${JSON.stringify({ secret: this.secret.toString('hex'), entries })}\n`);
    }
  }
}

async function readState(path: string): Promise<z.infer<typeof StateFile> | 'absent' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 'absent';
    throw error;
  }
  try {
    return StateFile.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}
