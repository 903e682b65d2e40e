/** One fault of what was sent, with its place. */
export interface RequestIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** One entry of `errors` in an answer. */
export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/**
 * Everything that this client throws of its own. `code` is `extensions.code` of the service, or one of ours:
 * UNREACHABLE, DEADLINE_EXCEEDED, UNREADABLE. No message repeats what was sent, nor the token.
 */
export abstract class ConcordError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The service answered, and said no: FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, BAD_USER_INPUT and so on. */
export class RefusedError extends ConcordError {
  override readonly name: string = 'RefusedError';
  readonly issues: readonly RequestIssue[];

  constructor(
    code: string,
    message: string,
    /** HTTP status; null on a socket. */
    readonly status: number | null,
    readonly errors: readonly AnsweredError[] = [],
    /** What was answered all the same, beside the errors. */
    readonly data: unknown = null,
  ) {
    super(code, message);
    this.issues = errors.flatMap(({ extensions }) =>
      Array.isArray(extensions?.['issues']) ? (extensions['issues'] as RequestIssue[]) : [],
    );
  }
}

/** Too much was asked, or the service is too busy: LIMIT_EXCEEDED, UNAVAILABLE. Later it may be answered. */
export class BusyError extends RefusedError {
  override readonly name = 'BusyError';

  constructor(
    refusal: Pick<RefusedError, 'code' | 'message' | 'status' | 'errors' | 'data'>,
    /** Seconds after which it is answered, as far as the service said so. */
    readonly retryAfterSeconds: number | null,
  ) {
    super(refusal.code, refusal.message, refusal.status, refusal.errors, refusal.data);
  }
}

/** No answer came, or none that can be read. */
export class UnreachableError extends ConcordError {
  override readonly name = 'UnreachableError';

  constructor(
    message: string,
    /** It may have been done: look before it is sent again. Never true of what is safe to repeat. */
    readonly outcomeUnknown: boolean,
    options?: ErrorOptions & { readonly code?: 'UNREACHABLE' | 'UNREADABLE' },
  ) {
    super(options?.code ?? 'UNREACHABLE', message, options);
  }
}

/** The time for all attempts together is over. `cause` is what the last attempt met. */
export class DeadlineError extends ConcordError {
  override readonly name = 'DeadlineError';

  constructor(
    readonly deadlineMs: number,
    /** As of `UnreachableError`. */
    readonly outcomeUnknown: boolean,
    options?: ErrorOptions,
  ) {
    super('DEADLINE_EXCEEDED', `No answer within ${deadlineMs / 1_000} s.`, options);
  }
}
