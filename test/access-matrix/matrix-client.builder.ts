import { ClientError, GraphQLClient } from 'graphql-request';

export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

export interface Answered<T> {
  readonly data: T | null;
  readonly errors: readonly Refused[];
  readonly status: number;
}

/** Somebody at a GraphQL client: what came back, whether it was data, errors or both. */
export class MatrixClient {
  readonly #client: GraphQLClient;

  constructor(
    url: string,
    { token, purpose, ori }: { token: string | null; purpose: string | null; ori: string | null },
  ) {
    this.#client = new GraphQLClient(url, {
      errorPolicy: 'all',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(purpose === null ? {} : { 'concord-purpose': purpose }),
        ...(ori === null ? {} : { 'concord-agency': ori }),
      },
    });
  }

  async ask<T = Record<string, unknown>>(
    document: string,
    variables: Record<string, unknown> = {},
  ): Promise<Answered<T>> {
    try {
      const answer = await this.#client.rawRequest<T>(document, variables);
      return { data: answer.data ?? null, errors: refusals(answer.errors), status: answer.status };
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const { data, errors, status } = error.response;
      return { data: (data ?? null) as T | null, errors: refusals(errors), status };
    }
  }
}

function refusals(
  errors:
    | readonly {
        message: string;
        path?: readonly (string | number)[] | undefined;
        extensions?: Record<string, unknown>;
      }[]
    | undefined,
): Refused[] {
  return (errors ?? []).map(({ message, path, extensions }) => ({
    code: typeof extensions?.['code'] === 'string' ? extensions['code'] : 'NO_CODE',
    message,
    path: path ?? [],
  }));
}
