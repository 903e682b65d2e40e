import type { ConcealmentCode } from '@concord/codes';
import type { ViewContent } from './record-view.js';
import type { ValidReport } from './valid-report.js';
import { isWithheld, mayBeWithheld, type FieldContext } from './withhold.js';

type MethodView = Pick<ViewContent, 'concealment' | 'conveyance'>;

/**
 * As reported, unless the tier does not carry it or the owner withheld METHOD. Where it may be withheld, "nothing known"
 * is absent as well; were it UNKNOWN there, an absent method could only mean a withheld one.
 */
export function generaliseMethod({ concealment, conveyance }: ValidReport, context: FieldContext): MethodView {
  const noConcealment =
    isWithheld('concealment', context) || (mayBeWithheld('concealment', context) && concealment.every(isUnknown));
  const noConveyance =
    isWithheld('conveyance', context) || (mayBeWithheld('conveyance', context) && conveyance === 'UNKNOWN');
  return { concealment: noConcealment ? null : concealment, conveyance: noConveyance ? null : conveyance };
}

function isUnknown(code: ConcealmentCode): boolean {
  return code === 'UNKNOWN';
}
