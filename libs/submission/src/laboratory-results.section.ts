import type { ValidSubstance } from '@concord/deidentification';
import type { Findings } from './issue.js';
import { readQuantity } from './quantity.section.js';
import { Section } from './section.js';
import { readAdulterants, readKind } from './substances.section.js';
import type { LaboratoryResult } from './laboratory-result.js';

const MAX_RESULTS = 20;
const FIELDS: Readonly<Record<keyof LaboratoryResult, true>> = {
  substance: true,
  deaCode: true,
  name: true,
  category: true,
  laboratoryStatus: true,
  purityPercent: true,
  quantity: true,
  quantityReason: true,
  unit: true,
  adulterants: true,
};
/** A result says something: "none" is what was there before. */
const RESULT_STATUSES = ['PRESUMPTIVE', 'CONFIRMED', 'REFUTED'] as const;

/**
 * The report's substances with what a laboratory found laid over them: what a result leaves out stays as it was.
 * Null after a finding.
 */
export function applyLaboratoryResults(
  substances: readonly ValidSubstance[],
  results: readonly LaboratoryResult[],
  findings: Findings,
): ValidSubstance[] | null {
  const report = new Section({ results }, '', findings);
  if (!report.has('results')) report.refuse('results', 'REQUIRED', 'Must have at least one result.');
  const changed = [...substances];
  const seen = new Set<number>();
  for (const result of report.sections('results', MAX_RESULTS)) {
    const bounds = { min: 0, max: substances.length - 1, whole: true };
    const index = result.required('substance', result.number('substance', bounds), 'Must name a substance, from 0.');
    const substance = index === null ? undefined : substances[index];
    if (index === null || substance === undefined) {
      readResult(result, null);
      continue;
    }
    if (seen.has(index)) result.refuse('substance', 'DUPLICATE_ITEM', 'Must name each substance once.');
    seen.add(index);
    const read = readResult(result, substance);
    if (read !== null) changed[index] = { ...substance, ...read };
  }
  return findings.issues.length === 0 ? changed : null;
}

function readResult(result: Section, substance: ValidSubstance | null): Partial<ValidSubstance> | null {
  result.refuseOthers(FIELDS);
  const laboratoryStatus = result.required('laboratoryStatus', result.code('laboratoryStatus', RESULT_STATUSES));
  const named = ['deaCode', 'name', 'category'].some((field) => result.has(field));
  const kind = named ? readKind(result) : {};
  const weighed = ['quantity', 'quantityReason', 'unit'].some((field) => result.has(field));
  const quantity = weighed ? readQuantity(result, substance?.form ?? null) : {};
  const purityPercent = result.number('purityPercent', { min: 0, max: 100 });
  const adulterants = result.has('adulterants') ? { adulterants: readAdulterants(result) } : {};
  if (laboratoryStatus === null || kind === null || quantity === null) return null;
  return {
    ...kind,
    // What a laboratory has weighed is no estimate.
    ...(weighed ? { ...quantity, estimated: false } : {}),
    laboratoryStatus,
    ...(purityPercent === null ? {} : { purityPercent }),
    ...adulterants,
  };
}
