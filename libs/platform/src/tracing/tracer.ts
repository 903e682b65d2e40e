/** Every span that there is. */
export type SpanName =
  'request' | 'submission.t1' | 'relay.batch' | 'alerting.t2' | 'alerting.match' | 'delivery.t3' | 'delivery.wake-up';

/**
 * What a span may say: ids, codes and numbers, by a closed list, as in the log. No document, no variables, no SQL, no
 * header, no URL.
 */
export interface SpanFacts {
  readonly requestId?: string;
  readonly personId?: string;
  readonly agencyId?: string;
  /** Root fields as the schema names them. */
  readonly operation?: string;
  readonly kind?: string;
  /** Outcome, such as OK or FORBIDDEN. */
  readonly code?: string;
  readonly status?: number;
  readonly reportId?: string;
  readonly recordIds?: readonly string[];
  readonly alertIds?: readonly string[];
  readonly outboxIds?: readonly string[];
  readonly inboxes?: number;
  readonly rows?: number;
  readonly matches?: number;
}

export interface OpenSpan {
  add(facts: SpanFacts): void;
  /** Runs something inside: spans begun there are its children. */
  within<T>(work: () => T): T;
  /** Of an error its class and code alone. */
  end(error?: unknown): void;
}

export interface Tracer {
  /** Whether spans go anywhere. */
  readonly on: boolean;
  /** A span that ends elsewhere; a child of the one that is active. */
  begin(name: SpanName, facts: SpanFacts): OpenSpan;
  /** A span around a piece of work. */
  span<T>(name: SpanName, facts: SpanFacts, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** Sends what is left; never throws. */
  close(): Promise<void>;
}

const NO_SPAN: OpenSpan = { add: () => undefined, within: (work) => work(), end: () => undefined };

/** No tracing: the work is done and nothing else. */
export const NO_TRACING: Tracer = {
  on: false,
  begin: () => NO_SPAN,
  span: (_name, _facts, work) => work(NO_SPAN),
  close: () => Promise.resolve(),
};
