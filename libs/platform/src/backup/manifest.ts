import canonicalize from 'canonicalize';
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { BackupError } from './backup.error.js';
import type { BackupKey } from './backup-key.js';

/** Raised when a reader of today could no longer read what is written. */
const FORMAT = 1;
export const MANIFEST_FILE = 'manifest.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const identifier = z.string().min(1).max(63);
const int8 = z.string().regex(/^-?\d{1,19}$/);

const Table = z.strictObject({
  schema: identifier,
  name: identifier,
  columns: z.array(z.strictObject({ name: identifier, type: z.string().min(1) })),
  /** As it lies in the directory: what `sha256sum` says of it. */
  file: z.strictObject({ path: z.string().regex(/^[A-Za-z0-9_][\w.-]*$/), bytes: count, sha256 }),
  /** What COPY said: text format, UTC, ISO dates, UTF-8. */
  content: z.strictObject({ rows: count, bytes: count, sha256 }),
});

const Sequence = z.strictObject({ schema: identifier, name: identifier, lastValue: int8 });

const Content = z.strictObject({
  format: z.literal(FORMAT),
  /** Random; every encrypted file is bound to it. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** By the server's clock, when the snapshot was taken. */
  takenAt: z.iso.datetime(),
  serverVersion: z.string(),
  encryption: z.enum(['none', 'aes-256-gcm']),
  /** In the order in which they were applied. */
  migrations: z.array(z.strictObject({ name: z.string().min(1), checksum: sha256 })),
  /** What the caller wants to know of the database before it is restored; read in the same snapshot. */
  facts: z.record(z.string(), z.string()),
  tables: z.array(Table),
  sequences: z.array(Sequence),
});

export type ManifestTable = z.infer<typeof Table>;
export type ManifestSequence = z.infer<typeof Sequence>;
/** What a backup is: see docs/backup.md. */
export type Manifest = z.infer<typeof Content>;

/** The manifest's own digest: SHA-256 of its RFC 8785 form, keyed (HMAC) where the backup is encrypted. */
function digestOf(manifest: Manifest, key: BackupKey | null): string {
  const text = canonicalize(manifest) ?? '';
  return key === null ? createHash('sha256').update(text).digest('hex') : key.seal(text);
}

export function printManifest(manifest: Manifest, key: BackupKey | null): string {
  return `${JSON.stringify({ ...manifest, digest: digestOf(manifest, key) }, null, 2)}\n`;
}

/** @throws BackupError NOT_A_BACKUP, FORMAT_UNKNOWN, KEY_NEEDED, MANIFEST_CHANGED */
export function parseManifest(text: string, key: BackupKey | null): Manifest {
  const subject = MANIFEST_FILE;
  const { digest, ...rest } = asObject(text);
  if (typeof rest['format'] === 'number' && rest['format'] > FORMAT)
    throw new BackupError({
      code: 'FORMAT_UNKNOWN',
      subject,
      message: `format ${rest['format']} is newer than this version reads (${FORMAT})`,
    });
  const parsed = Content.safeParse(rest);
  if (!parsed.success || typeof digest !== 'string') {
    const [issue] = parsed.error?.issues ?? [];
    const place = issue === undefined ? 'digest' : issue.path.join('.') || issue.message;
    throw new BackupError({ code: 'MANIFEST_CHANGED', subject, message: `it is not as it was written, at ${place}` });
  }
  const manifest = parsed.data;
  if (manifest.encryption !== 'none' && key === null)
    throw new BackupError({
      code: 'KEY_NEEDED',
      subject,
      message: 'the backup is encrypted: give the file of its key with --backup-key',
    });
  const expected = digestOf(manifest, manifest.encryption === 'none' ? null : key);
  if (digest.length !== expected.length || !timingSafeEqual(Buffer.from(digest), Buffer.from(expected)))
    throw new BackupError(
      manifest.encryption === 'none'
        ? { code: 'MANIFEST_CHANGED', subject, message: 'it is not as it was written: its digest does not fit' }
        : { code: 'KEY_WRONG', subject, message: 'another key than the backup’s, or it is not as it was written' },
    );
  return manifest;
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new BackupError({ code: 'MANIFEST_CHANGED', subject: MANIFEST_FILE, message: 'it is not a JSON document' });
}
