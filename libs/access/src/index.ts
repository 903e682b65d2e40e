export type { Actor, ActorAgency, ActorKey, AgencyActor, Purpose } from './actor.js';
export {
  actsForAgency,
  decide,
  KEY_ACTIONS,
  OPEN_ACTIONS,
  POLICIES,
  type Action,
  type Decision,
  type Refusal,
} from './policy.js';
export {
  agencyKey,
  audienceOf,
  COMMUNITY_KEY,
  countyKey,
  coverKeys,
  dangerKey,
  NATION_KEY,
  regionKey,
  stateKey,
  taskForceKey,
  type AccessKey,
  type ReleaseFacts,
  type SharedPrecision,
} from './audience.js';
export {
  DORMANT_AFTER_DAYS,
  findActor,
  findKeyring,
  findStandingSeats,
  RECEIVING_ROLE,
  type FoundActor,
  type HeldKey,
  type Seat,
  type SessionClaim,
  type StandingSeat,
  type TakenSeat,
  type TokenClaim,
  type Unseated,
} from './actor.reader.js';
export { findKeySeat, findStandingKeys, type FoundKey, type KeyClaim, type KeyRefusal } from './key-seat.reader.js';
export { forgetOldSessions, noteActivity, type Activity, type SessionActivity } from './activity.store.js';
export {
  disablePerson,
  enablePerson,
  LONGEST_TOKEN_AGE_DAYS,
  revokeToken,
  tokenDigest,
  type Disabled,
  type Enabled,
  type Revoked,
  type TokenRevocation,
} from './revocation.store.js';
export {
  keyringOf,
  type AgreementFact,
  type DangerFact,
  type KeyringFacts,
  type MembershipFact,
  type PolicyTextFact,
  type TaskForceFact,
  type Term,
} from './keyring.js';
export { ANY_PURPOSE, type KeyringPurpose } from './keyring-purpose.js';
export { checkDangerReason, checkReviewNote, LONGEST_DANGER_MINUTES, type DangerIssueCode } from './imminent-danger.js';
export { openInImminentDanger, reviewImminentDanger, type OpenedDanger } from './imminent-danger.store.js';
export {
  countUnreviewedDangers,
  findDangerNotices,
  type DangerNotice,
  type DangerSide,
} from './imminent-danger.reader.js';
