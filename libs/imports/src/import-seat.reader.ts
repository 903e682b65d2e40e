import { decide, type Actor, type AgencyActor } from '@concord/access';
import type { ApiKeyCapability, Role, SharingCode } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { HeldImport } from './import-work.store.js';
import type { ImportReason } from './report-import.js';

interface SeatRow {
  readonly display_name: string;
  readonly ori: string | null;
  readonly name: string;
  readonly level: AgencyActor['agency']['level'];
  readonly roles: Role[];
  readonly capabilities: ApiKeyCapability[] | null;
  readonly widest_sharing: SharingCode | null;
}

/**
 * Whoever started an import, as they are at this moment: membership, roles, status, the agency's too, and the key. What
 * the agreement allows is asked with each report. The transaction has entered the seat.
 *
 * @returns why they may not submit now, where they may not
 */
export async function findImportActor(
  tx: Queryable,
  { personId, agencyId, apiKeyId }: HeldImport,
): Promise<AgencyActor | Extract<ImportReason, 'SEAT_ENDED' | 'KEY_ENDED'>> {
  const { rows } = await tx.query<SeatRow>({
    name: 'report_import_actor',
    text: `select p.display_name, a.ori, a.name, a.level, array_agg(distinct r.role) as roles,
                  k.capabilities, k.widest_sharing
           from person p
           join membership m on m.person_id = p.id and m.agency_id = $2
             and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())
           join agency a on a.id = m.agency_id and a.status = 'ACTIVE'
           cross join lateral unnest(m.roles) as r(role)
           left join lateral api_key_of_import($3) k on true
           where p.id = $1 and p.status = 'ACTIVE'
           group by p.display_name, a.ori, a.name, a.level, k.capabilities, k.widest_sharing`,
    values: [personId, agencyId, apiKeyId],
  });
  const [row] = rows;
  if (row === undefined) return 'SEAT_ENDED';
  if (apiKeyId !== null && (row.capabilities === null || row.widest_sharing === null)) return 'KEY_ENDED';
  const { ori, name, level } = row;
  const actor: Actor & AgencyActor = {
    personId,
    displayName: row.display_name,
    agency: { id: agencyId, ori, name, level },
    roles: new Set(row.roles),
    purpose: null,
    ...(apiKeyId === null || row.capabilities === null || row.widest_sharing === null
      ? {}
      : { key: { id: apiKeyId, capabilities: new Set(row.capabilities), widestSharing: row.widest_sharing } }),
  };
  const decision = decide(actor, 'report.submit');
  if (decision.allowed) return actor;
  return decision.refusal === 'KEY' ? 'KEY_ENDED' : 'SEAT_ENDED';
}
