export {
  claimDue,
  claimLost,
  claimUndone,
  markDone,
  markRelayed,
  OUTBOX_KINDS,
  removeFinished,
  writeOutbox,
  writeRelayed,
  type OutboxKind,
  type OutboxRow,
} from './outbox.store.js';
export { readOutboxLag, type OutboxLag } from './outbox.reader.js';
