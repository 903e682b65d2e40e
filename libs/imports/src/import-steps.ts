import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import type { KeyHolder } from '@concord/blinding';
import type { ColumnMapping, FileFormat } from '@concord/interpretation';
import type { Clock } from '@concord/platform/clock';
import { newId } from '@concord/platform/ids';
import { asActor } from '@concord/records';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import { CHUNK_BYTES, readFile } from './file-content.js';
import { findImport, findSameImport, lockImport, measureImports } from './report-import.reader.js';
import {
  IMPORT_LIMITS,
  IMPORT_SEALS,
  type ImportReason,
  type ImportState,
  type ReportImport,
} from './report-import.js';
import { insertChunk, insertImport, moveImport } from './report-import.store.js';

export interface ImportServices {
  readonly db: Pool;
  readonly keyHolder: KeyHolder;
  readonly clock: Clock;
}

export interface ImportRequest {
  readonly format: FileFormat;
  readonly bytes: number;
  /** SHA-256 of the file in hexadecimal, where it is known before the file comes. */
  readonly contentDigest: string | null;
  readonly settings: unknown;
  readonly raiseAlerts: boolean;
  readonly dryRun: boolean;
}

export type Started =
  { readonly kind: 'started'; readonly found: ReportImport; readonly resumed: boolean } | { readonly kind: 'too-many' };

const as = (actor: AgencyActor) => ({ personId: actor.personId, agencyId: actor.agency.id });

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

function book(tx: PoolClient, actor: AgencyActor, clock: Clock, action: string, id: string): Promise<void> {
  const entry = auditEntry({
    at: clock.now(),
    personId: actor.personId,
    agencyId: actor.agency.id,
    roles: [...actor.roles],
    keyId: actor.key?.id,
    action,
    outcome: 'DONE',
    purpose: actor.purpose,
    subjects: [{ kind: 'import', id }],
  });
  return appendAudit(tx, [entry]);
}

/**
 * Opens an import for a file that is to come. The same request of the same person for the same file, while that goes on,
 * is answered with the import that there is.
 */
export function startImport(services: ImportServices, actor: AgencyActor, request: ImportRequest): Promise<Started> {
  const { contentDigest, ...rest } = request;
  const requestDigest = contentDigest === null ? null : sha256(JSON.stringify([contentDigest, actor.key?.id, rest]));
  return asActor(services.db, as(actor), async (tx): Promise<Started> => {
    const known = requestDigest === null ? null : await findSameImport(tx, actor, requestDigest);
    if (known !== null) return { kind: 'started', found: known, resumed: true };
    const kept = await measureImports(tx);
    if (kept.open >= IMPORT_LIMITS.open || kept.bytes + request.bytes > IMPORT_LIMITS.keptBytes)
      return { kind: 'too-many' };
    const id = newId();
    const owner = { id, agencyId: actor.agency.id, personId: actor.personId, apiKeyId: actor.key?.id ?? null };
    const inserted = await insertImport(tx, { ...owner, ...request, requestDigest });
    if (inserted) await book(tx, actor, services.clock, 'import.start', id);
    const found =
      inserted || requestDigest === null
        ? await findImport(tx, actor, id)
        : await findSameImport(tx, actor, requestDigest);
    if (found === null) throw new Error('an import that was just made is there');
    return { kind: 'started', found, resumed: !inserted };
  });
}

export type Received =
  | { readonly kind: 'received'; readonly found: ReportImport }
  /** It does not begin where the file ends so far, or is longer than the file was said to be. */
  | { readonly kind: 'misplaced'; readonly receivedBytes: number }
  | { readonly kind: 'absent' };

/**
 * Takes a file's bytes from a position on, piece by piece: each is committed before the next is read, which is the
 * backpressure. What was received before the stream broke off stays.
 */
export async function receiveFile(
  services: ImportServices,
  actor: AgencyActor,
  id: string,
  position: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Received> {
  let at = position;
  for await (const piece of inPieces(bytes)) {
    const refusal = await receivePiece(services, actor, id, at, piece);
    if (refusal !== null) return refusal;
    at += piece.length;
  }
  return completeFile(services, actor, id);
}

async function receivePiece(
  services: ImportServices,
  actor: AgencyActor,
  importId: string,
  position: number,
  piece: Buffer,
): Promise<Exclude<Received, { kind: 'received' }> | null> {
  const agencyId = actor.agency.id;
  const sealed = await services.keyHolder.seal(piece, { agencyId, ...IMPORT_SEALS.chunk(importId, position) });
  return asActor(services.db, as(actor), async (tx) => {
    const found = await lockImport(tx, actor, importId);
    if (found === null || !isStarter(found, actor)) return { kind: 'absent' };
    const { state, receivedBytes } = found;
    if (state !== 'RECEIVING' || receivedBytes !== position || position + piece.length > found.bytes)
      return { kind: 'misplaced', receivedBytes };
    await insertChunk(tx, { importId, agencyId, position, sealed }, piece.length);
    return null;
  });
}

const NEWLINE = 0x0a;
const HAS_LINES: ReadonlySet<FileFormat> = new Set(['CSV', 'JSON_LINES', 'NIBRS_FLAT']);

/** When all of it is there, its digest is known: then it is READY. */
async function completeFile(services: ImportServices, actor: AgencyActor, id: string): Promise<Received> {
  const found = await asActor(services.db, as(actor), (tx) => findImport(tx, actor, id));
  if (found === null || !isStarter(found, actor)) return { kind: 'absent' };
  if (found.state !== 'RECEIVING' || found.receivedBytes < found.bytes) return { kind: 'received', found };
  const hash = createHash('sha256');
  let lines = 0;
  for await (const piece of readFile(services, { id, ...as(actor) }, found.bytes)) {
    hash.update(piece);
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, end + 1)) lines += 1;
  }
  const contentDigest = hash.digest('hex');
  const wrong = found.contentDigest !== null && found.contentDigest !== contentDigest;
  return asActor(services.db, as(actor), async (tx): Promise<Received> => {
    await moveImport(tx, id, {
      from: ['RECEIVING'],
      to: wrong ? 'FAILED' : 'READY',
      reason: wrong ? 'DIGEST_MISMATCH' : null,
      ...(wrong ? {} : { contentDigest, lines: HAS_LINES.has(found.format) ? lines : null }),
    });
    await book(tx, actor, services.clock, 'import.receive', id);
    const now = await findImport(tx, actor, id);
    return now === null ? { kind: 'absent' } : { kind: 'received', found: now };
  });
}

/** Of one size whatever comes, but for the last. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const some of bytes) {
    held.push(Buffer.from(some));
    length += some.length;
    while (length >= CHUNK_BYTES) {
      const all = Buffer.concat(held);
      yield all.subarray(0, CHUNK_BYTES);
      const rest = all.subarray(CHUNK_BYTES);
      held = [rest];
      length = rest.length;
    }
  }
  if (length > 0) yield Buffer.concat(held);
}

/** Who and by which key: a machine's import is confirmed by the same key, whose bounds its reports have. */
const isStarter = (found: ReportImport, actor: AgencyActor): boolean =>
  found.personId === actor.personId && found.apiKeyId === (actor.key?.id ?? null);

/** What may be done with an import, from where to where, and whether by its starter alone. */
const STEPS = {
  confirm: { from: ['READY'], to: 'RUNNING', done: ['RUNNING', 'DONE', 'PAUSED'], starter: true, reason: null },
  pause: { from: ['RUNNING'], to: 'PAUSED', done: ['PAUSED'], starter: false, reason: 'BY_HAND' },
  resume: { from: ['PAUSED'], to: 'RUNNING', done: ['RUNNING', 'DONE'], starter: true, reason: null },
  cancel: {
    from: ['RECEIVING', 'READY', 'RUNNING', 'PAUSED'],
    to: 'CANCELLED',
    done: ['CANCELLED'],
    starter: false,
    reason: 'BY_HAND',
  },
} as const satisfies Record<
  string,
  {
    from: readonly ImportState[];
    to: ImportState;
    done: readonly ImportState[];
    starter: boolean;
    reason: ImportReason | null;
  }
>;
export type ImportStep = keyof typeof STEPS;

export type Stepped =
  | { readonly kind: 'stepped'; readonly found: ReportImport }
  | { readonly kind: 'absent' }
  | { readonly kind: 'not-yours' }
  /** It was confirmed before, to be read otherwise. */
  | { readonly kind: 'confirmed-otherwise' }
  /** It is in a state from which this is not done. */
  | { readonly kind: 'out-of-order'; readonly state: ImportState };

/** Confirms, pauses, resumes or cancels. Sent again it changes nothing. */
export function stepImport(
  services: ImportServices,
  actor: AgencyActor,
  id: string,
  step: ImportStep,
  /** Of a confirmation. */
  mapping?: ColumnMapping,
): Promise<Stepped> {
  const { from, to, done, starter, reason } = STEPS[step];
  return asActor(services.db, as(actor), async (tx): Promise<Stepped> => {
    const found = await lockImport(tx, actor, id);
    if (found === null) return { kind: 'absent' };
    if (starter && !isStarter(found, actor)) return { kind: 'not-yours' };
    if ((done as readonly ImportState[]).includes(found.state))
      return mapping === undefined || isSame(found.mapping, mapping)
        ? { kind: 'stepped', found }
        : { kind: 'confirmed-otherwise' };
    // It became whole after the caller had looked, who has to look again: nobody has said how it is read.
    if (step === 'confirm' && mapping === undefined) return { kind: 'out-of-order', state: found.state };
    if (!(await moveImport(tx, id, { from, to, reason, mapping }))) return { kind: 'out-of-order', state: found.state };
    await book(tx, actor, services.clock, `import.${step}`, id);
    const now = await findImport(tx, actor, id);
    return now === null ? { kind: 'absent' } : { kind: 'stepped', found: now };
  });
}

/** As it is kept, in whichever order its fields are. */
const isSame = (kept: unknown, given: ColumnMapping): boolean =>
  isDeepStrictEqual(kept, JSON.parse(JSON.stringify(given)) as unknown);
