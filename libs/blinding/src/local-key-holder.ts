import type { KeyObject } from 'node:crypto';
import type { AgencyKeyStore, WrappedKey } from './agency-key-store.js';
import type { KeyHolder } from './key-holder.js';
import { KeyWrapper } from './key-wrapping.js';
import type { KeyEncryptionKey } from './key-wrapping.js';
import { SealBrokenError } from './seal-broken.error.js';
import { keyIdOf, openWith, sealWith } from './seal.js';
import type { SealContext, Sealed } from './seal.js';

export interface LocalKeyHolderOptions {
  /** Wraps new keys. */
  readonly kek: KeyEncryptionKey;
  /** Still unwrap keys that they wrapped, until those are wrapped anew. */
  readonly formerKeks?: readonly KeyEncryptionKey[];
  readonly agencyKeys: AgencyKeyStore;
  /** How long a process may go on sealing with a key that another one retired, in milliseconds; 60,000 by default. */
  readonly currentKeyMaxAgeMs?: number;
  /** Milliseconds that only grow; given by tests. */
  readonly monotonicNow?: () => number;
}

interface AgencyKey {
  readonly id: string;
  readonly agencyId: string;
  readonly key: KeyObject;
}

const DEFAULT_MAX_AGE_MS = 60_000;

/** A key holder inside this process: unwrapped keys stay in its memory, and nowhere else. */
export function createLocalKeyHolder(options: LocalKeyHolderOptions): KeyHolder {
  return new LocalKeyHolder(options);
}

class LocalKeyHolder implements KeyHolder {
  private readonly wrapper: KeyWrapper;
  private readonly store: AgencyKeyStore;
  private readonly maxAgeMs: number;
  private readonly now: () => number;
  /** A key of an id never changes, so these never grow stale. */
  private readonly byId = new Map<string, AgencyKey>();
  /** Promises, so that of many first seals at once one asks the store. */
  private readonly current = new Map<string, { readonly key: Promise<AgencyKey>; readonly until: number }>();

  constructor(options: LocalKeyHolderOptions) {
    this.wrapper = new KeyWrapper(options.kek, options.formerKeks ?? []);
    this.store = options.agencyKeys;
    this.maxAgeMs = options.currentKeyMaxAgeMs ?? DEFAULT_MAX_AGE_MS;
    this.now = options.monotonicNow ?? (() => performance.now());
  }

  async currentKey(agencyId: string): Promise<{ readonly keyId: string }> {
    return { keyId: (await this.currentKeyOf(agencyId)).id };
  }

  async seal(plaintext: Uint8Array | string, context: SealContext): Promise<Sealed> {
    const key = await this.currentKeyOf(context.agencyId);
    return sealWith(key, typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext, context);
  }

  async open(sealed: Uint8Array, context: SealContext): Promise<Buffer> {
    const key = await this.keyById(keyIdOf(sealed));
    if (key.agencyId !== context.agencyId) throw new SealBrokenError('UNKNOWN_KEY');
    return openWith(key, sealed, context);
  }

  private async currentKeyOf(agencyId: string): Promise<AgencyKey> {
    const known = this.current.get(agencyId);
    if (known !== undefined && this.now() < known.until) return known.key;
    const entry = { key: this.findOrCreate(agencyId), until: this.now() + this.maxAgeMs };
    this.current.set(agencyId, entry);
    try {
      return await entry.key;
    } catch (error) {
      // A failure is not remembered: the next seal asks again.
      if (this.current.get(agencyId) === entry) this.current.delete(agencyId);
      throw error;
    }
  }

  private async findOrCreate(agencyId: string): Promise<AgencyKey> {
    const found = await this.store.find(agencyId);
    const key = this.admit(found ?? (await this.store.insertIfAbsent(agencyId, this.wrapper.create(agencyId))));
    // Content sealed with another agency's key could never be opened again.
    if (key.agencyId !== agencyId) throw new SealBrokenError('UNKNOWN_KEY');
    return key;
  }

  private async keyById(keyId: string): Promise<AgencyKey> {
    const known = this.byId.get(keyId);
    if (known !== undefined) return known;
    const found = await this.store.findById(keyId);
    if (found?.keyId !== keyId) throw new SealBrokenError('UNKNOWN_KEY');
    return this.admit(found);
  }

  private admit(wrappedKey: WrappedKey): AgencyKey {
    const known = this.byId.get(wrappedKey.keyId);
    if (known !== undefined) return known;
    const key = { id: wrappedKey.keyId, agencyId: wrappedKey.agencyId, key: this.wrapper.unwrap(wrappedKey) };
    this.byId.set(key.id, key);
    return key;
  }
}
