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
  countyKey,
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
  type KeyringFacts,
  type MembershipFact,
  type TaskForceFact,
  type Term,
} from './keyring.js';
