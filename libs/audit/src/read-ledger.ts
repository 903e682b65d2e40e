import type { Queryable } from '@concord/platform/database';
import { DomainError } from '@concord/platform/errors';
import type { AuditEntry } from './audit-entry.js';
import { appendAudit } from './audit.store.js';

const unavailable = (): DomainError =>
  new DomainError('unavailable', 'UNAVAILABLE', 'The service is not available at the moment. Try again.', 2);

/**
 * Books reads before their answers leave. Reads that arrive while a write is under way share the next one (group
 * commit): one insert for many answers, and none of them waits for more than two.
 */
export class ReadLedger {
  private waiting: { entries: AuditEntry[]; settle: { resolve: () => void; reject: (reason: unknown) => void }[] } = {
    entries: [],
    settle: [],
  };
  private writing = false;

  /** @param onFailure why entries could not be written, for the log. */
  constructor(
    private readonly db: Queryable,
    private readonly onFailure: (error: unknown) => void = () => undefined,
  ) {}

  /**
   * Resolves once the entry is durable.
   *
   * @throws UNAVAILABLE when it could not be written: then nothing may be answered, whatever the reason
   */
  book(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.entries.push(entry);
      this.waiting.settle.push({ resolve, reject });
      if (!this.writing) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.writing = true;
    while (this.waiting.entries.length > 0) {
      const batch = this.waiting;
      this.waiting = { entries: [], settle: [] };
      try {
        await appendAudit(this.db, batch.entries);
        for (const { resolve } of batch.settle) resolve();
      } catch (error) {
        this.onFailure(error);
        for (const { reject } of batch.settle) reject(unavailable());
      }
    }
    this.writing = false;
  }
}
