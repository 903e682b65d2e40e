export { matchView } from './match-view.js';
export { findingsOf, matchRecords, type RuleMatch } from './match-records.js';
export { RuleBook, type BookedRule } from './rule-book.js';
export { RuleIndex } from './rule-index.js';
