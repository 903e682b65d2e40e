import type { AgencyActor } from '@concord/access';
import type { ReportImport as StoredImport } from '@concord/imports';
import type { ReportImport } from './import.types.js';

/** Where files of imports go and come back from. */
export const IMPORTS_PATH = '/imports';

export function presentImport(found: StoredImport, actor: AgencyActor): ReportImport {
  const { id, accepted, held, refused, duplicates, questions } = found;
  return {
    ...{ id, format: found.format, state: found.state, reason: found.reason },
    ...{ bytes: found.bytes, receivedBytes: found.receivedBytes, contentDigest: found.contentDigest },
    uploadPath: `${IMPORTS_PATH}/${id}/file`,
    refusedPath: `${IMPORTS_PATH}/${id}/refused`,
    ...{ raiseAlerts: found.raiseAlerts, dryRun: found.dryRun },
    startedByYou: found.personId === actor.personId && found.apiKeyId === (actor.key?.id ?? null),
    entriesDone: accepted + held + refused + duplicates + questions,
    ...{ accepted, held, refused, duplicates, questions, lines: found.lines },
    ...{ createdAt: found.createdAt, confirmedAt: found.confirmedAt, progressedAt: found.progressedAt },
    ...{ endedAt: found.endedAt, contentRemovedAt: found.contentRemovedAt },
  };
}
