import { isOutage } from '@concord/platform/database-link';
import { DomainError } from '@concord/platform/errors';
import { newId } from '@concord/platform/ids';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import { GraphQLError } from 'graphql';
import { RETRY_AFTER_SECONDS } from './retry-after.hook.js';

/**
 * The one place that turns trouble into what a client sees: a stable code, a sentence, no stack and no content. What
 * is unexpected gets a log id and nothing else.
 */
export function toGraphQLError(error: GraphQLError, log: Logger): GraphQLError {
  // graphql-js wraps its own faults of variables in one of its own errors.
  if (error.originalError instanceof GraphQLError) return toGraphQLError(error.originalError, log);
  const cause = error.originalError ?? error;
  const located = { ...(error.path ? { path: error.path } : {}), ...(error.nodes ? { nodes: error.nodes } : {}) };
  if (cause instanceof DomainError) {
    const retry = cause.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: cause.retryAfterSeconds };
    return new GraphQLError(cause.message, {
      ...located,
      extensions: { code: cause.code, ...issuesOf(cause), ...retry },
    });
  }
  if (error.originalError === undefined) {
    // graphql-js itself: syntax, validation, variables. Its messages may quote a submitted value, so those are cut.
    const code = typeof error.extensions['code'] === 'string' ? error.extensions['code'] : 'BAD_USER_INPUT';
    return new GraphQLError(withoutValues(error.message), { ...located, extensions: { code } });
  }
  const code: unknown = Reflect.get(cause, 'code');
  if (code === '57014') {
    return new GraphQLError('This search takes too long. Narrow it: fewer places, a shorter period, or a substance.', {
      ...located,
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
  }
  // U+0000, which PostgreSQL keeps in no text: whoever sent it is told, and nobody is woken for it.
  if (code === '22021' || code === '22P05') {
    return new GraphQLError('A text that was sent holds a character that no text may hold (U+0000).', {
      ...located,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
  if (isOutage(cause)) {
    reportOutage(log, cause);
    return new GraphQLError('The service is not available at the moment. Try again.', {
      ...located,
      extensions: { code: 'UNAVAILABLE', retryAfterSeconds: RETRY_AFTER_SECONDS },
    });
  }
  const logId = newId();
  log.error({ err: cause, logId }, 'request.failed');
  return new GraphQLError('Something went wrong on our side. Quote the log id when you report it.', {
    ...located,
    extensions: { code: 'INTERNAL', logId },
  });
}

/** Every request of an outage fails in the same way. */
const reporters = new WeakMap<Logger, (error: unknown) => void>();
function reportOutage(log: Logger, error: Error): void {
  const report = reporters.get(log) ?? boundedErrors(log, 'request.unavailable');
  reporters.set(log, report);
  report(error);
}

/** A refusal that lists its faults, such as those of a filter. */
export class InvalidInputError extends DomainError {
  constructor(
    message: string,
    readonly issues: readonly { readonly path: string; readonly code: string; readonly message: string }[],
  ) {
    super('invalid', 'BAD_USER_INPUT', message);
  }
}

const issuesOf = (error: DomainError): { issues?: unknown } =>
  error instanceof InvalidInputError ? { issues: error.issues } : {};

/** graphql-js quotes what was sent: which variable, and where, is enough. Names of fields and types stay. */
function withoutValues(message: string): string {
  const variable = /^Variable "(\$\w+)"/.exec(message)?.[1];
  if (variable !== undefined) return `Variable "${variable}" does not fit its type in the schema.`;
  // The name of a field that does not exist is the sender's text; what it might have been is the schema's.
  const unknown = /^Field "[^"]*" is not defined by type "(\w+)"\.?(?<hint> Did you mean [\s\S]*)?$/.exec(message);
  if (unknown !== null)
    return `A field is sent that type "${unknown[1] ?? ''}" does not have.${unknown.groups?.['hint'] ?? ''}`;
  if (/ cannot represent |^Expected value of type |^Enum "|^Value "/.test(message))
    return 'A value in the document does not fit its type in the schema.';
  if (message.startsWith('Unknown operation named')) return 'The document has no operation of that `operationName`.';
  if (message.startsWith('Syntax Error'))
    return message
      .replace(/(,? found|:? Unexpected|:? Invalid|:? Unterminated)[\s\S]*$/, '$1 something else')
      .slice(0, 200);
  return message.slice(0, 500);
}

/** Whether an answer says that the service itself is down: the transport then answers 503. */
export const isUnavailable = (errors: readonly GraphQLError[]): boolean =>
  errors.some((error) => error.extensions['code'] === 'UNAVAILABLE');

/** Whether an operation was refused for its rate, and is answered later: the transport then answers 429. */
export const isOverRate = (errors: readonly GraphQLError[]): boolean =>
  errors.some(
    ({ extensions }) => extensions['code'] === 'LIMIT_EXCEEDED' && extensions['retryAfterSeconds'] !== undefined,
  );
