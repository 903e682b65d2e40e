import type { ConcealmentCode } from '@concord/codes';
import type { ViewContent } from './record-view.js';
import type { Tier } from './tier.js';
import type { ValidReport } from './valid-report.js';

type MethodView = Pick<ViewContent, 'concealment' | 'conveyance'>;

/**
 * OWNER and TASK_FORCE: as reported. PARTNER: as reported unless the owner withheld METHOD. At PARTNER "nothing known"
 * is absent as well; were it UNKNOWN there, an absent method could only mean a withheld one.
 */
export function generaliseMethod(report: ValidReport, tier: Tier): MethodView {
  const { concealment, conveyance, withhold } = report;
  if (tier !== 'PARTNER') return { concealment, conveyance };
  if (withhold.includes('METHOD')) return { concealment: null, conveyance: null };
  return {
    concealment: concealment.every(isUnknown) ? null : concealment,
    conveyance: conveyance === 'UNKNOWN' ? null : conveyance,
  };
}

function isUnknown(code: ConcealmentCode): boolean {
  return code === 'UNKNOWN';
}
