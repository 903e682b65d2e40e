export {
  beginTry,
  bury,
  claimDue,
  claimLost,
  claimUndone,
  markDone,
  markRelayed,
  OUTBOX_KINDS,
  othersWereDone,
  removeFinished,
  writeOutbox,
  writeRelayed,
  type LostRow,
  type OutboxKind,
  type OutboxRow,
} from './outbox.store.js';
export { countDeadLetters, readOutboxLag, type OutboxLag } from './outbox.reader.js';
