import type { Match } from '@concord/codes';
import { evaluateFilter, type FilterableView, type ParsedFilter } from '@concord/records';

/** How a rule meets a view: surely, or as far as the view tells; null where it does not. */
export function matchView(filter: ParsedFilter, view: FilterableView): Match | null {
  const truth = evaluateFilter(filter, view);
  if (truth === 'FALSE') return null;
  return truth === 'TRUE' ? 'CERTAIN' : 'POSSIBLE';
}
