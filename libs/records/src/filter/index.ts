export { compileFilter, type CompiledFilter } from './compile-filter.js';
export { describeFlatness, substanceListKeys, UNKNOWN_SUBSTANCE } from './describe-flatness.js';
export { evaluateFilter, NOT_KNOWN, type FilterableView } from './evaluate-filter.js';
export { underFilter, type FilterIssue, type FilterIssueCode } from './filter-issue.js';
export type { Truth } from './kleene.js';
export { parseMoment } from './parse-moment.js';
export type { FilterCondition, FilterExpression, Moment, ParsedFilter } from './parsed-filter.js';
export { parseFilter, restoreFilter, type FilterParse } from './parse-filter.js';
export type { FilterPeriod, SeizureRecordFilter } from './seizure-record-filter.js';
