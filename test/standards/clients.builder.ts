import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { ClientError, GraphQLClient } from 'graphql-request';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { PURPOSE } from '../flows/flow-client.builder.js';

type Variables = Record<string, unknown>;

/** What any of the clients gives back, in one shape. */
export interface Answer {
  readonly data: Record<string, unknown> | null;
  /** What the client reports as gone wrong; empty where nothing has. */
  readonly errors: readonly unknown[];
}

export interface Listener {
  readonly next: (answer: Answer) => void;
  /** Ended by an error of the operation or of the socket, or completed. */
  readonly end: (error: unknown) => void;
}

/** A client as anybody has it from npm, with the settings that its own documentation shows. */
export interface FieldClient {
  run(document: string, variables: Variables): Promise<Answer>;
  subscribe(document: string, variables: Variables, listener: Listener): () => void;
  /** Cuts the connection of the socket: no goodbye. */
  cut(): void;
  close(): Promise<void>;
}

export const FIELD_CLIENTS: Readonly<Record<string, (url: string, token: string) => FieldClient>> = {
  'Apollo Client': apollo,
  urql,
  'graphql-request': graphqlRequest,
};

const isMutation = (document: string): boolean =>
  parse(document).definitions.some(
    (node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.MUTATION,
  );

const headersOf = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'concord-purpose': PURPOSE,
});

/** graphql-ws, on which all three stand. It does not reconnect by itself: who reads on knows the last cursor. */
function socketOf(url: string, token: string): { client: SocketClient; cut: () => void } {
  let open: WebSocket | null = null;
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}`, purpose: PURPOSE },
    retryAttempts: 0,
  });
  client.on('opened', (socket) => (open = socket as WebSocket));
  return { client, cut: () => open?.terminate() };
}

function apollo(url: string, token: string): FieldClient {
  const { client: socket, cut } = socketOf(url, token);
  const isSubscription = ({ query }: ApolloLink.Operation): boolean =>
    query.definitions.some(
      (node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.SUBSCRIPTION,
    );
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      isSubscription,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, headers: headersOf(token) }),
    ),
  });
  const answerOf = ({ data, error }: { data?: unknown; error?: unknown }): Answer => ({
    data: (data ?? null) as Answer['data'],
    errors: error === undefined ? [] : [error],
  });
  return {
    async run(document, variables) {
      const parsed = gql(document);
      return answerOf(
        isMutation(document)
          ? await client.mutate({ mutation: parsed, variables, errorPolicy: 'all' })
          : await client.query({ query: parsed, variables, errorPolicy: 'all' }),
      );
    },
    subscribe(document, variables, { next, end }) {
      const subscription = client.subscribe({ query: gql(document), variables }).subscribe({
        // Apollo hands over what went wrong with the link as a value.
        next: (result) => (result.error === undefined ? next(answerOf(result)) : end(result.error)),
        error: end,
        complete: () => end(null),
      });
      return () => subscription.unsubscribe();
    },
    cut,
    async close() {
      client.stop();
      await socket.dispose();
    },
  };
}

function urql(url: string, token: string): FieldClient {
  const { client: socket, cut } = socketOf(url, token);
  const client = new UrqlClient({
    url,
    fetchOptions: { headers: headersOf(token) },
    // urql sends short queries with GET unless it is told not to; Concord takes POST only.
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query: query ?? '', variables: variables ?? {} },
              {
                next: ({ data, errors }) =>
                  sink.next({ data: data ?? null, ...(errors ? { errors: [...errors] } : {}) }),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
  const answerOf = ({ data, error }: { data?: unknown; error?: unknown }): Answer => ({
    data: (data ?? null) as Answer['data'],
    errors: error === undefined ? [] : [error],
  });
  return {
    async run(document, variables) {
      return answerOf(
        isMutation(document)
          ? await client.mutation(document, variables).toPromise()
          : await client.query(document, variables).toPromise(),
      );
    },
    subscribe(document, variables, { next, end }) {
      const { unsubscribe } = client.subscription(document, variables).subscribe((result) => {
        // urql ends a subscription with a result that says so.
        if (result.error !== undefined && result.data === undefined) end(result.error);
        else next(answerOf(result));
      });
      return unsubscribe;
    },
    cut,
    close: async () => socket.dispose(),
  };
}

/** HTTP only: subscriptions by graphql-ws itself. */
function graphqlRequest(url: string, token: string): FieldClient {
  const { client: socket, cut } = socketOf(url, token);
  const client = new GraphQLClient(url, { headers: headersOf(token) });
  return {
    async run(document, variables) {
      try {
        return { data: await client.request<Record<string, unknown>>(document, variables), errors: [] };
      } catch (error) {
        return { data: null, errors: error instanceof ClientError ? (error.response.errors ?? [error]) : [error] };
      }
    },
    subscribe: (document, variables, { next, end }) =>
      socket.subscribe<Record<string, unknown>>(
        { query: document, variables },
        {
          next: ({ data, errors }) => next({ data: data ?? null, errors: errors ?? [] }),
          error: end,
          complete: () => end(null),
        },
      ),
    cut,
    close: async () => socket.dispose(),
  };
}
