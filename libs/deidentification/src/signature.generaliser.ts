import type { WithholdCode } from '@concord/codes';
import type { IdentifierTraces } from './identifier-traces.js';
import type { SubstanceView } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidSubstance } from './valid-report.js';

type SignatureView = Pick<SubstanceView, 'signature' | 'adulterants'>;

/**
 * OWNER and TASK_FORCE: as reported. PARTNER: as reported unless the owner withheld SIGNATURE; "no adulterants
 * reported" is absent there, so that it looks the same as withheld ones. Both are the submitter's words, so at every
 * precision whatever names one of the report's identifiers is left out.
 */
export function generaliseSignature(
  substance: ValidSubstance,
  tier: Tier,
  context: { readonly withhold: readonly WithholdCode[]; readonly traces: IdentifierTraces },
  log: TransformationLog,
): SignatureView {
  if (tier === 'PARTNER' && context.withhold.includes('SIGNATURE')) return { signature: null, adulterants: null };
  const { traces } = context;
  const signature = substance.signature !== null && traces.areIn(substance.signature) ? null : substance.signature;
  const adulterants = substance.adulterants.filter((adulterant) => !traces.areIn(adulterant));
  if (tier === 'OWNER') noteRemovals(substance, { signature, adulterants }, log);
  return { signature, adulterants: tier === 'PARTNER' && adulterants.length === 0 ? null : adulterants };
}

/** Only the owner is told: elsewhere the note itself would say that the report names somebody. */
function noteRemovals(substance: ValidSubstance, kept: SignatureView, log: TransformationLog): void {
  if (kept.signature !== substance.signature) log.note('substances.signature', 'text', 'removed: names an identifier');
  if (kept.adulterants?.length !== substance.adulterants.length) {
    log.note('substances.adulterants', 'text', 'removed: names an identifier');
  }
}
