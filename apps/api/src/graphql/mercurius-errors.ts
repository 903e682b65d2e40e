import type { Logger } from '@concord/platform/logging';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { isUnavailable, toGraphQLError } from './graphql-error.js';

interface FormattedAnswer {
  readonly statusCode: number;
  readonly response: ExecutionResult;
}

/**
 * Mercurius hands over whatever went wrong, as an answer with errors. 200 when the document was executed, 400 when it
 * was not, 503 when the service itself is down.
 */
export function mercuriusErrors(log: Logger) {
  return (answer: ExecutionResult): FormattedAnswer => {
    const errors = (answer.errors ?? []).map((error) =>
      toGraphQLError(error instanceof GraphQLError ? error : new GraphQLError('The request cannot be read.'), log),
    );
    const response = { ...answer, data: answer.data ?? null, errors };
    const executed =
      answer.data !== undefined && answer.data !== null ? true : errors.some((error) => error.path !== undefined);
    return { statusCode: isUnavailable(response) ? 503 : executed ? 200 : 400, response };
  };
}
