import { SealBrokenError, type KeyHolder } from '@concord/blinding';
import { SEAL_PLACES } from '@concord/submission';
import type { StoredVersion } from './agency-reports.reader.js';

/** A version as its agency takes it away: whole, and nothing sealed. */
export interface OpenedVersion {
  readonly line: object;
  /** Parts whose seals do not open any more; they are null in the line, which names them. */
  readonly unopened: readonly string[];
}

/** Opens everything of a version. What does not open is named and left out, and the rest goes with its agency. */
export async function openVersion(
  keyHolder: KeyHolder,
  agencyId: string,
  stored: StoredVersion,
): Promise<OpenedVersion> {
  const unopened: string[] = [];
  const open = async (
    part: string,
    sealed: Buffer | string | null,
    place: { readonly table: string; readonly column: string; readonly rowId: string },
  ): Promise<string | null> => {
    if (sealed === null) return null;
    try {
      const bytes = typeof sealed === 'string' ? Buffer.from(sealed, 'base64') : sealed;
      return (await keyHolder.open(bytes, { agencyId, ...place })).toString('utf8');
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      unopened.push(part);
      return null;
    }
  };
  const id = stored.report_id;
  const { basis } = stored;
  const narrative = await open('narrative', stored.sealed_narrative, SEAL_PLACES.narrative(id));
  const reason = await open('reason', stored.sealed_reason, SEAL_PLACES.reason(id, stored.version));
  const suspicion = await open('basis', basis?.sealed ?? null, SEAL_PLACES.basis(id));
  const identifiers: object[] = [];
  for (const { id: identifier, kind, sensitivity, sealed } of stored.identifiers) {
    const value = await open(`identifiers.${identifiers.length}`, sealed, SEAL_PLACES.identifier(identifier));
    identifiers.push({ id: identifier, kind, sensitivity, value: parsed(value) });
  }
  const line = {
    ...{ id, recordId: stored.record_id, submitterReference: stored.submitter_reference },
    ...{ version: stored.version, status: stored.status, change: stored.change, reason },
    ...{ changedBy: stored.changed_by, changedAt: stored.changed_at },
    ...{ submittedBy: stored.submitted_by, submittedAt: stored.submitted_at, synthetic: stored.synthetic },
    ...{ sharing: stored.sharing, tlp: stored.tlp, releaseAfter: stored.release_after },
    occurred: { from: stored.occurred_from, to: stored.occurred_to, offsetMinutes: stored.offset_minutes },
    ...{ content: stored.content, narrative },
    basis:
      basis === null
        ? null
        : { activity: basis.activity, reviewBy: basis.review_by, ...(parsed(suspicion) as object | null) },
    identifiers,
    ...(unopened.length > 0 ? { unopened } : {}),
  };
  return { line, unopened };
}

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
