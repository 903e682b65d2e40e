import type { WithholdCode } from '@concord/codes';
import type { IdentifierTraces } from './identifier-traces.js';
import { generalisePurity } from './purity.generaliser.js';
import { generaliseQuantity } from './quantity.generaliser.js';
import type { SubstanceView } from './record-view.js';
import { generaliseSignature } from './signature.generaliser.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidSubstance } from './valid-report.js';

/** What it is, its form and its laboratory status are the same at every tier; the rest has a generaliser each. */
export function generaliseSubstance(
  substance: ValidSubstance,
  tier: Tier,
  context: { readonly withhold: readonly WithholdCode[]; readonly traces: IdentifierTraces },
  log: TransformationLog,
): SubstanceView {
  return {
    deaCode: substance.deaCode,
    name: nameWithout(context.traces, substance, tier, log),
    category: substance.category,
    form: substance.form,
    laboratoryStatus: substance.laboratoryStatus,
    quantity: generaliseQuantity(substance, tier, log),
    purity: generalisePurity(substance.purityPercent, tier, log),
    ...generaliseSignature(substance, tier, context, log),
  };
}

/** With a DEA code the name is the code list's; without one it is the submitter's text and may name somebody. */
function nameWithout(traces: IdentifierTraces, substance: ValidSubstance, tier: Tier, log: TransformationLog): string {
  const { deaCode, name, category } = substance;
  if (deaCode !== null || !traces.areIn(name)) return name;
  if (tier === 'OWNER') log.note('substances.name', 'text', 'category: the name holds an identifier');
  return category;
}
