import { observePool, type MetricsRegistry } from '@concord/platform/metrics';
import { ISSUE_CODES, type Issue } from '@concord/submission';
import type { WatchedPool } from '@concord/platform/database-link';
import { Counter, Gauge, Histogram } from 'prom-client';

/** Which limit refused something; the label of the limiter's counter. */
/** Whose budget was used up: of one token or key, a person, an agency, or an address that strangers come from. */
export type LimiterScope = 'credential' | 'person' | 'agency' | 'address';

/** What is open on WebSockets. */
interface OpenSockets {
  readonly size: number;
  readonly operations: number;
  readonly unreadBytes: number;
}

/** What an operator of the API looks at; docs/operations.md says what each means and when to worry. */
export class ApiMetrics {
  readonly #requests: Counter;
  readonly #durations: Histogram;
  readonly #reports: Counter;
  readonly #issues: Counter;
  readonly #limits: Counter;

  constructor(private readonly registry: MetricsRegistry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: 'concord_requests_total',
      help: 'GraphQL requests by operation (root field, `several` or `none`) and outcome code.',
      labelNames: ['operation', 'code'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'concord_request_duration_seconds',
      help: 'From the first byte of a GraphQL request to the last of its answer, by kind of operation.',
      labelNames: ['kind'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#reports = new Counter({
      name: 'concord_reports_total',
      help: 'Submitted reports by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.#issues = new Counter({
      name: 'concord_reports_refused_total',
      help: 'Refused reports by issue code (docs/issue-codes.md); a report counts once for each code.',
      labelNames: ['code'],
      registers,
    });
    this.#limits = new Counter({
      name: 'concord_limiter_refusals_total',
      help: 'What a limit of rate or size refused.',
      labelNames: ['scope'],
      registers,
    });
    // What has not happened yet is 0: an increase from nothing is one that Prometheus does not see.
    for (const outcome of ['accepted', 'duplicate', 'held', 'refused']) this.#reports.inc({ outcome }, 0);
    for (const code of Object.keys(ISSUE_CODES)) this.#issues.inc({ code }, 0);
    for (const scope of SCOPES) this.#limits.inc({ scope }, 0);
  }

  /** Labels are of closed lists: fields of the schema, codes of ours. */
  requestDone(request: { operation: string; kind: string; code: string; seconds: number }): void {
    this.#requests.inc({ operation: request.operation, code: request.code });
    this.#durations.observe({ kind: request.kind }, request.seconds);
  }

  reportHeld(duplicate: boolean): void {
    this.#reports.inc({ outcome: duplicate ? 'duplicate' : 'held' });
  }

  reportAccepted(duplicate: boolean): void {
    this.#reports.inc({ outcome: duplicate ? 'duplicate' : 'accepted' });
  }

  reportRefused(issues: readonly Pick<Issue, 'code'>[]): void {
    this.#reports.inc({ outcome: 'refused' });
    for (const code of new Set(issues.map((issue) => issue.code))) this.#issues.inc({ code });
  }

  limitRefused(scope: LimiterScope): void {
    this.#limits.inc({ scope });
  }

  /** Shows what is open now. */
  observe(open: { readonly pool: WatchedPool; readonly socket: OpenSockets; readonly streams: () => number }): void {
    observePool(this.registry, 'api', open.pool);
    const gauge = (name: string, help: string, read: () => number): void => {
      const made: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => made.set(read()) });
    };
    gauge('concord_sockets_open', 'Open GraphQL sockets.', () => open.socket.size);
    gauge('concord_socket_operations', 'Operations that run on sockets.', () => open.socket.operations);
    gauge('concord_socket_unread_bytes', 'What waits for readers of sockets.', () => open.socket.unreadBytes);
    gauge('concord_streams_open', 'Live alert streams that wait for something new.', open.streams);
  }
}

const SCOPES: readonly LimiterScope[] = ['credential', 'person', 'agency', 'address'];
