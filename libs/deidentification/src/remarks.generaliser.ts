import type { IdentifierTraces } from './identifier-traces.js';
import type { ViewContent } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidReport } from './valid-report.js';

type RemarksView = Pick<ViewContent, 'packaging' | 'remarks'>;

/**
 * The submitter's own words for readers: as reported at every tier, but that packaging is part of the method and goes
 * with it at PARTNER. Whatever names one of the report's identifiers is left out at every precision; what else may name
 * somebody is found before the release and held (libs/submission).
 */
export function generaliseRemarks(
  report: ValidReport,
  tier: Tier,
  traces: IdentifierTraces,
  log: TransformationLog,
): RemarksView {
  const kept = (field: 'packaging' | 'remarks'): string | null => {
    const text = report[field];
    if (text === null || !traces.areIn(text)) return text;
    // Only the owner is told: elsewhere the note itself would say that the report names somebody.
    if (tier === 'OWNER') log.note(field, 'text', 'removed: names an identifier');
    return null;
  };
  const packaging = tier === 'PARTNER' && report.withhold.includes('METHOD') ? null : kept('packaging');
  return { packaging, remarks: kept('remarks') };
}
