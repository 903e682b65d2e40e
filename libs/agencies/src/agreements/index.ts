export { DATA_CLASSES, type Agreement, type AgreementParty, type DataClass } from './agreement.js';
export {
  checkEndReason,
  isDigest,
  validateAgreement,
  type AgreementIssueCode,
  type SubmittedAgreement,
} from './agreement-input.js';
export { endAgreement, recordAgreement, signAgreement } from './agreement.store.js';
export { findAgreement, findAgreements } from './agreement.reader.js';
export {
  acceptPolicy,
  findPolicyState,
  publishPolicyText,
  type PolicyState,
  type PolicyText,
} from './policy-text.store.js';
export { validatePublication, type PolicyIssueCode } from './policy-text-input.js';
