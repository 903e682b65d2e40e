import type { ReadLedger } from '@concord/audit';
import type { TokenSubject } from '@concord/agencies';
import type { KeyHolder } from '@concord/blinding';
import type { Clock } from '@concord/platform/clock';
import type { PrismaClient } from '@concord/platform/database';
import type { WatchedPool } from '@concord/platform/database-link';
import type { Logger } from '@concord/platform/logging';
import type { Tracer } from '@concord/platform/tracing';
import type { InboxWatch } from './alerts/inbox-watch.js';
import type { StreamReads } from './alerts/stream-reads.js';
import type { ApiMetrics } from './operations/api-metrics.js';

export const API_SERVICES = Symbol('API_SERVICES');

/** What the API's resolvers work with, made once when the process starts. */
export interface ApiServices {
  readonly db: WatchedPool;
  readonly prisma: PrismaClient;
  readonly ledger: ReadLedger;
  readonly keyHolder: KeyHolder;
  readonly digestKey: Buffer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inboxWatch: InboxWatch;
  readonly streamReads: StreamReads;
  readonly metrics: ApiMetrics;
  readonly tracer: Tracer;
  /** Counts one try of an invitation's code. @throws LIMIT_EXCEEDED */
  readonly tryCode: (subject: TokenSubject) => Promise<void>;
}
