import { generalisePurity } from './purity.generaliser.js';
import { generaliseQuantity } from './quantity.generaliser.js';
import type { SubstanceView } from './record-view.js';
import { generaliseSignature } from './signature.generaliser.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidSubstance } from './valid-report.js';
import { isWithheld, type FieldContext } from './withhold.js';

/** What it is, is the same at every tier; the rest is as the tier's rules have it. */
export function generaliseSubstance(
  substance: ValidSubstance,
  context: FieldContext,
  log: TransformationLog,
): SubstanceView {
  const { rules } = context;
  return {
    deaCode: substance.deaCode,
    name: nameWithout(substance, context, log),
    category: substance.category,
    form: isWithheld('substances.form', context) ? null : substance.form,
    laboratoryStatus: isWithheld('substances.laboratoryStatus', context) ? null : substance.laboratoryStatus,
    quantity: generaliseQuantity(substance, rules['substances.quantity'].level, log),
    purity: generalisePurity(substance.purityPercent, rules['substances.purity'].level, log),
    ...generaliseSignature(substance, context, log),
  };
}

/** With a DEA code the name is the code list's; without one it is the submitter's text and may name somebody. */
function nameWithout(substance: ValidSubstance, { traces, tier }: FieldContext, log: TransformationLog): string {
  const { deaCode, name, category } = substance;
  if (deaCode !== null || !traces.areIn(name)) return name;
  if (tier === 'OWNER') log.note('substances.name', 'text', 'category: the name holds an identifier');
  return category;
}
