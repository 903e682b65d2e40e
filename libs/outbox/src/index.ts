export {
  claimDue,
  claimLost,
  claimUndone,
  markDone,
  markRelayed,
  outboxLag,
  OUTBOX_KINDS,
  removeFinished,
  writeOutbox,
  type OutboxKind,
  type OutboxRow,
} from './outbox.store.js';
