import type { AgencyActor } from '@concord/access';
import { findInboxEntries, type InboxEntry } from '@concord/alerting';
import type { Pool } from 'pg';
import type { InboxWatch } from './inbox-watch.js';
import type { StreamReads } from './stream-reads.js';

const PAGE = 50;

export interface AlertStreamOptions {
  readonly db: Pool;
  readonly watch: InboxWatch;
  readonly reads: StreamReads;
  readonly actor: AgencyActor;
  readonly inboxId: string;
  /** Whether this person still has a seat in this agency; asked after every read, before anything of it is told. */
  readonly stillSeated: () => Promise<boolean>;
}

/**
 * The inbox after a position, page by page, in order and without end: what is there, then what comes. It reads PostgreSQL by
 * position and is only woken by messages, so a lost or doubled wake-up changes nothing. Ends when the seat does.
 */
export async function* alertStream(
  options: AlertStreamOptions,
  after: bigint,
  signal: AbortSignal,
): AsyncGenerator<readonly InboxEntry[]> {
  const as = { personId: options.actor.personId, agencyId: options.actor.agency.id };
  let position = after;
  while (!signal.aborted && !options.watch.closed) {
    const ticket = options.watch.ticket(options.inboxId);
    const leave = (): void => ticket.leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      const entries = await options.reads.read(signal, async () => {
        if (signal.aborted) return null;
        const found = await findInboxEntries(options.db, as, position, PAGE);
        // After the read: whoever has the seat now had it when the page was read, so what was committed after a
        // revocation is not in it.
        return (await options.stillSeated()) ? found : null;
      });
      if (entries === null) return;
      const last = entries.at(-1);
      if (last !== undefined) {
        position = last.position;
        yield entries;
        // The page was full: there may be more. Otherwise this was all when the ticket was already taken, and what came
        // since has rung it.
        if (entries.length === PAGE) continue;
      }
      if (signal.aborted) return;
      await ticket.wait(position);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      ticket.leave();
    }
  }
}

/**
 * A generator whose `return` ends the step that it waits in. A plain generator's waits for that step: a socket that
 * closes (graphql-ws awaits `return` before it tells anybody) would leave a stream behind until its next wake-up.
 */
export function stoppable<T>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const generator = start(AbortSignal.any([signal, stop.signal]));
  const finish = generator.return.bind(generator);
  generator.return = (value) => {
    stop.abort();
    return finish(value);
  };
  return generator;
}
