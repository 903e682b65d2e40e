export { matchView } from './match-view.js';
export { matchRecords, type RuleMatch } from './match-records.js';
export { RuleBook, type BookedRule } from './rule-book.js';
