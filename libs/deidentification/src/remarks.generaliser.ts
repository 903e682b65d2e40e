import type { ViewContent } from './record-view.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidReport } from './valid-report.js';
import { isWithheld, type FieldContext } from './withhold.js';

type RemarksView = Pick<ViewContent, 'packaging' | 'remarks'>;

/**
 * The submitter's own words for readers, as reported, unless the tier does not carry them; packaging is part of the
 * method and is withheld with it. Whatever names one of the report's identifiers is left out at every precision; what
 * else may name somebody is found before the release and held (libs/submission).
 */
export function generaliseRemarks(report: ValidReport, context: FieldContext, log: TransformationLog): RemarksView {
  const kept = (field: 'packaging' | 'remarks'): string | null => {
    const text = report[field];
    if (text === null || isWithheld(field, context)) return null;
    if (!context.traces.areIn(text)) return text;
    // Only the owner is told: elsewhere the note itself would say that the report names somebody.
    if (context.tier === 'OWNER') log.note(field, 'text', 'removed: names an identifier');
    return null;
  };
  return { packaging: kept('packaging'), remarks: kept('remarks') };
}
