import type { SubstanceView } from './record-view.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidSubstance } from './valid-report.js';
import { isWithheld, mayBeWithheld, type FieldContext } from './withhold.js';

type SignatureView = Pick<SubstanceView, 'signature' | 'adulterants'>;

/**
 * As reported, unless the tier does not carry it or the owner withheld SIGNATURE; where it may be withheld, "no
 * adulterants reported" is absent, so that it looks the same as withheld ones. Both are the submitter's words, so at
 * every precision whatever names one of the report's identifiers is left out.
 */
export function generaliseSignature(
  substance: ValidSubstance,
  context: FieldContext,
  log: TransformationLog,
): SignatureView {
  const { traces, tier } = context;
  const named = substance.signature !== null && traces.areIn(substance.signature);
  const signature = named || isWithheld('substances.signature', context) ? null : substance.signature;
  const kept = substance.adulterants.filter((adulterant) => !traces.areIn(adulterant));
  const noAdulterants =
    isWithheld('substances.adulterants', context) ||
    (mayBeWithheld('substances.adulterants', context) && kept.length === 0);
  const view = { signature, adulterants: noAdulterants ? null : kept };
  if (tier === 'OWNER') noteRemovals(substance, view, log);
  return view;
}

/** Only the owner is told: elsewhere the note itself would say that the report names somebody. */
function noteRemovals(substance: ValidSubstance, kept: SignatureView, log: TransformationLog): void {
  if (kept.signature !== substance.signature) log.note('substances.signature', 'text', 'removed: names an identifier');
  if (kept.adulterants?.length !== substance.adulterants.length) {
    log.note('substances.adulterants', 'text', 'removed: names an identifier');
  }
}
