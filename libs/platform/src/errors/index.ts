/** What kind of trouble it is; transports map it, never the other way round. */
export type ErrorKind =
  'unauthenticated' | 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'limit' | 'unavailable';

/**
 * An expected refusal outside a mutation's own union. `message` is for the asker and never carries report content,
 * nor a hint of what the asker may not know; `code` is stable.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = 'DomainError';
  }
}

/** Absent and not-allowed are one answer. */
export const notFound = (): DomainError =>
  new DomainError('not-found', 'NOT_FOUND', 'There is nothing here for you under that id.');

/** For the end of a `switch` over a union: reaching it does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
