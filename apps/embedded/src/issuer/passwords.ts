import { createHash, pbkdf2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { hasErrorCode, writePrivateFile } from '../private-file.js';

const derive = promisify(pbkdf2);

/** PBKDF2 with HMAC-SHA-512 (NIST SP 800-132): of the approved functions the one that Node has. */
const ITERATIONS = 210_000;
/** Of the salt, in bytes; NIST SP 800-63B and CJIS IA-5 ask for 32 bits at least. */
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** No letter or digit that is easily taken for another one. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const PASSWORD = /^(?:[a-z2-9]{5}-){4}[a-z2-9]{5}$/;
/** Longer ones are no password of ours, and are not hashed. */
const LONGEST = 200;

const Kept = z.object({
  iterations: z.number().int().min(100_000),
  salt: z.string().regex(/^[0-9a-f]{32,}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
type Kept = z.infer<typeof Kept>;

const pathIn = (dataDir: string): string => join(dataDir, 'persona-passwords.json');

/** Twenty-five characters, 123 bits: made here and never chosen by anybody. */
export function newPassword(): string {
  const group = (): string => Array.from({ length: 5 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return Array.from({ length: 5 }, group).join('-');
}

/** Whether it looks like one that was made here: nobody puts one of their own in its place. */
export const isOurs = (password: string): boolean => PASSWORD.test(password);

/** The hashes that a data directory keeps, by account. */
export async function readPasswords(dataDir: string): Promise<ReadonlyMap<string, Kept>> {
  const path = pathIn(dataDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return new Map();
    throw error;
  }
  const parsed = z.record(z.string(), Kept).safeParse(asJson(text));
  if (!parsed.success) throw new Error(`${path} holds no passwords; delete it to have new ones made.`);
  return new Map(Object.entries(parsed.data));
}

/** Who may sign in with a password. */
export class Accounts {
  /** Checked for names that nobody has: so that they take as long as the others. */
  readonly #nobody: Kept = {
    iterations: ITERATIONS,
    salt: randomBytes(SALT_BYTES).toString('hex'),
    hash: randomBytes(HASH_BYTES).toString('hex'),
  };
  readonly #kept: Map<string, Kept>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly dataDir: string,
    private readonly told: ReadonlyMap<string, string>,
    kept: ReadonlyMap<string, Kept>,
    private readonly onUnwritten: (error: unknown) => void,
  ) {
    this.#kept = new Map(kept);
  }

  /**
   * The accounts of a data directory.
   *
   * @param told passwords in clear that their owner can read. What is kept of one is its hash, from the first time that
   * somebody tries the account: hashing all at once would keep this machine busy for seconds.
   * @param onUnwritten told when hashes could not be written; they are tried again with the next
   */
  static async open(
    dataDir: string,
    told: ReadonlyMap<string, string>,
    onUnwritten: (error: unknown) => void,
  ): Promise<Accounts> {
    return new Accounts(dataDir, told, await readPasswords(dataDir), onUnwritten);
  }

  has(name: string): boolean {
    return this.#kept.has(name) || this.told.has(name);
  }

  /**
   * Whether the password is the account's. One derivation, whoever has the name: where nobody has it, where the password
   * is absurd, and where there is no hash yet, which this one is then.
   */
  async check(name: string, password: string): Promise<boolean> {
    const told = this.told.get(name);
    const kept = this.#kept.get(name);
    if (kept === undefined && told !== undefined) {
      this.#keep(name, await hashOf(told));
      return timingSafeEqual(digestOf(password), digestOf(told));
    }
    const { iterations, salt, hash } = kept ?? this.#nobody;
    const sensible = password.length <= LONGEST;
    const found = await derive(sensible ? password : '', Buffer.from(salt, 'hex'), iterations, HASH_BYTES, 'sha512');
    return timingSafeEqual(found, Buffer.from(hash, 'hex')) && kept !== undefined && sensible;
  }

  /** When everything that was begun is written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** Nobody waits for the file: how long an answer takes must not say that the account was never tried. */
  #keep(name: string, hash: Kept): void {
    this.#kept.set(name, hash);
    this.#writing = this.#writing
      .then(() =>
        writePrivateFile(pathIn(this.dataDir), `${JSON.stringify(Object.fromEntries(this.#kept), null, 2)}\n`),
      )
      .catch(this.onUnwritten);
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

async function hashOf(password: string): Promise<Kept> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, ITERATIONS, HASH_BYTES, 'sha512');
  return { iterations: ITERATIONS, salt: salt.toString('hex'), hash: hash.toString('hex') };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
