import { isCountyFips, isDeaCode, isStateFips } from '@concord/codes';
import type { FilterIssueList } from './filter-issue.js';
import type { SeizureRecordFilter } from './seizure-record-filter.js';

const FIELDS = [
  { group: 'substance', field: 'deaCodes', isKnown: isDeaCode, says: 'must be a DEA drug code of the table' },
  { group: 'place', field: 'stateFips', isKnown: isStateFips, says: 'must be the FIPS code of a state' },
  { group: 'place', field: 'countyFips', isKnown: isCountyFips, says: 'must be the FIPS code of a county' },
] as const;

/**
 * Codes that stand for nothing, in a filter that is well formed otherwise: a rule that waits for a mistyped county
 * would never fire, and nobody would know. Not asked of stored filters, so that a table that loses a code silences no
 * rule.
 */
export function refuseUnknownCodes(filter: SeizureRecordFilter, path: string, issues: FilterIssueList): void {
  const under = (part: string): string => (path === '' ? part : `${path}.${part}`);
  for (const { group, field, isKnown, says } of FIELDS) {
    codesOf(filter, group, field).forEach((code, index) => {
      if (!isKnown(code)) issues.add(under(`${group}.${field}[${index}]`), 'UNKNOWN_CODE', says);
    });
  }
  filter.and?.forEach((part, index) => refuseUnknownCodes(part, under(`and[${index}]`), issues));
  filter.or?.forEach((part, index) => refuseUnknownCodes(part, under(`or[${index}]`), issues));
  if (filter.not) refuseUnknownCodes(filter.not, under('not'), issues);
}

function codesOf(
  filter: SeizureRecordFilter,
  group: (typeof FIELDS)[number]['group'],
  field: (typeof FIELDS)[number]['field'],
): readonly string[] {
  if (group === 'substance') return filter.substance?.deaCodes ?? [];
  return (field === 'stateFips' ? filter.place?.stateFips : filter.place?.countyFips) ?? [];
}
