import type { KeyHolder, SealContext } from '@concord/blinding';
import type { IdentifierKind, IdentifierSensitivity } from '@concord/codes';
import { identifyingContent, type ValidBasis, type ValidIdentifier, type ValidReport } from '@concord/deidentification';
import { newId } from '@concord/platform/ids';
import type { OwnReport, SealedParts } from '@concord/records';
import { z } from 'zod';

type Place = Omit<SealContext, 'agencyId'>;

/** Where each sealed part lives: what is sealed for one place opens in no other. */
export const SEAL_PLACES = {
  narrative: (reportId: string): Place => ({ table: 'seizure_report', column: 'sealed_narrative', rowId: reportId }),
  basis: (reportId: string): Place => ({ table: 'report_basis', column: 'sealed', rowId: reportId }),
  identifier: (id: string): Place => ({ table: 'sealed_identifier', column: 'sealed', rowId: id }),
  reason: (reportId: string, version: number): Place => ({
    table: 'seizure_report',
    column: 'sealed_reason',
    rowId: `${reportId}:${version}`,
  }),
  draft: (id: string): Place => ({ table: 'seizure_report_draft', column: 'sealed', rowId: id }),
  contactMessage: (id: string): Place => ({ table: 'contact_request', column: 'sealed_message', rowId: id }),
  contactAnswer: (id: string): Place => ({ table: 'contact_request', column: 'sealed_answer', rowId: id }),
  returnNote: (reportId: string): Place => ({ table: 'seizure_report', column: 'sealed_return_note', rowId: reportId }),
} as const;

/** Seals whatever names somebody or is the owner's free text. */
export async function sealReport(keyHolder: KeyHolder, agencyId: string, reportId: string, report: ValidReport) {
  const { narrative, basis, identifiers } = identifyingContent(report);
  const seal = (plain: string, place: Place) => keyHolder.seal(plain, { agencyId, ...place });
  return {
    sealedNarrative: narrative === null ? null : await seal(narrative, SEAL_PLACES.narrative(reportId)),
    sealedBasis:
      basis === null
        ? null
        : await seal(
            JSON.stringify({ reasonableSuspicion: basis.reasonableSuspicion, decidedBy: basis.decidedBy }),
            SEAL_PLACES.basis(reportId),
          ),
    sealedIdentifiers: await Promise.all(
      identifiers.map(async (identifier) => {
        const id = newId();
        const plain = JSON.stringify(identifier.kind === 'PERSON' ? identifier.person : identifier.value);
        const sealed = await seal(plain, SEAL_PLACES.identifier(id));
        return { id, kind: identifier.kind, sensitivity: identifier.sensitivity, sealed };
      }),
    ),
  };
}

const sealedBasis = z.object({ reasonableSuspicion: z.string(), decidedBy: z.string() });
const sealedPerson = z.object({ givenName: z.string(), surName: z.string(), birthDate: z.string() });
const sealedValue = z.string();

/**
 * The whole report again, as it was valid when it was stored: to compute its views anew. The caller has booked the
 * opening before.
 * @throws SealBrokenError
 */
export async function openReport(keyHolder: KeyHolder, stored: OwnReport, parts: SealedParts): Promise<ValidReport> {
  const { agencyId, content } = stored;
  const open = async (sealed: Buffer, place: Place): Promise<string> =>
    (await keyHolder.open(sealed, { agencyId, ...place })).toString('utf8');
  const { occurredPrecision, ...said } = plainContent(content);
  return {
    ...said,
    submitterReference: stored.submitterReference,
    occurred: {
      from: stored.occurredAt,
      to: stored.occurredTo,
      offsetMinutes: stored.offsetMinutes,
      precision: occurredPrecision,
    },
    sharing: stored.sharing,
    tlp: stored.tlp,
    releaseAfter: stored.releaseAfter,
    holdUntilReleased: stored.holdUntilReleased,
    narrative:
      stored.sealedNarrative === null ? null : await open(stored.sealedNarrative, SEAL_PLACES.narrative(stored.id)),
    basis: await openBasis(parts.basis, (sealed) => open(sealed, SEAL_PLACES.basis(stored.id))),
    identifiers: await openIdentifiers(keyHolder, agencyId, parts.identifiers),
  };
}

/** What of a report is not sealed, as it was valid when it was stored. */
export function plainContent({ substances, packaging, remarks, defaulted: _, ...coded }: OwnReport['content']) {
  return {
    ...coded,
    packaging: packaging ?? null,
    remarks: remarks ?? null,
    substances: substances.map((substance) => ({
      ...substance,
      milligrams: substance.milligrams === null ? null : BigInt(substance.milligrams),
      units: substance.units === null ? null : BigInt(substance.units),
    })),
  };
}

/** The caller has booked the opening before. @throws SealBrokenError */
export function openIdentifiers(
  keyHolder: KeyHolder,
  agencyId: string,
  sealed: SealedParts['identifiers'],
): Promise<ValidIdentifier[]> {
  return Promise.all(
    sealed.map(async (part) => {
      const plain = await keyHolder.open(part.sealed, { agencyId, ...SEAL_PLACES.identifier(part.id) });
      return identifierOf(part.kind, part.sensitivity, plain.toString('utf8'));
    }),
  );
}

async function openBasis(
  basis: SealedParts['basis'],
  open: (sealed: Buffer) => Promise<string>,
): Promise<ValidBasis | null> {
  if (basis === null) return null;
  return { activity: basis.activity, ...sealedBasis.parse(JSON.parse(await open(basis.sealed))) };
}

function identifierOf(kind: IdentifierKind, sensitivity: IdentifierSensitivity, plain: string): ValidIdentifier {
  const content: unknown = JSON.parse(plain);
  return kind === 'PERSON'
    ? { kind, sensitivity, person: sealedPerson.parse(content) }
    : { kind, sensitivity, value: sealedValue.parse(content) };
}
