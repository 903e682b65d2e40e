import {
  type DocumentNode,
  type FormattedExecutionResult as Result,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { createClient } from 'graphql-ws';

/** What goes with every request; in lower case, as HTTP/2 and our socket's `connection_init` have it. */
export type RequestHeaders = Readonly<Record<string, string>>;

interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

/** As GraphiQL hands it over: `headers` is what stands in its header editor. */
interface RequestOptions {
  readonly headers?: Record<string, unknown>;
  readonly documentAST?: DocumentNode;
}

/**
 * Queries and mutations over HTTP, subscriptions over graphql-transport-ws. What the header editor says wins over what
 * the bar of the page says.
 */
export function createFetcher(url: URL, headersOfTheBar: () => Promise<RequestHeaders>) {
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

  return (request: Request, options: RequestOptions = {}) => {
    const headers = async () => ({ ...(await headersOfTheBar()), ...written(options.headers) });
    const operation = options.documentAST && getOperationAST(options.documentAST, request.operationName);
    return operation?.operation === OperationTypeNode.SUBSCRIPTION
      ? subscribe(socketUrl, request, headers)
      : post(url, request, headers);
  };
}

function written(headers: Record<string, unknown> = {}): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Asked for when they are needed: a token may have to be renewed first. */
type Headers = () => Promise<RequestHeaders>;

async function post(url: URL, request: Request, headersNow: Headers): Promise<Result> {
  let headers: RequestHeaders;
  try {
    headers = await headersNow();
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'Sign in again.');
  }
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
    credentials: 'same-origin',
  });
  const body = await response.text();
  try {
    return JSON.parse(body) as Result;
  } catch {
    return failed(`${response.status} ${response.statusText}: ${body.slice(0, 500)}`);
  }
}

/** One socket a subscription: who asks, and for what purpose, is said once when it opens. */
async function* subscribe(url: URL, request: Request, headersNow: Headers): AsyncGenerator<Result> {
  const headers = await headersNow();
  const said = {
    authorization: headers['authorization'],
    purpose: headers['concord-purpose'],
    agency: headers['concord-agency'],
  };
  // No retries: a new socket would start from now on, and whatever came between would be missing without a word.
  const client = createClient({ url: url.href, connectionParams: said, retryAttempts: 0 });
  try {
    const { query, operationName, variables } = request;
    yield* client.iterate({ query, operationName, variables }) as AsyncIterable<Result>;
  } catch (error) {
    // Thrown, they would be shown without their codes.
    if (Array.isArray(error)) yield { errors: error as NonNullable<Result['errors']> };
    else if (isClose(error)) yield failed(`The socket was closed: ${error.code} ${error.reason}`);
    else throw error;
  } finally {
    await client.dispose();
  }
}

const failed = (message: string): Result => ({ errors: [{ message }] });

function isClose(error: unknown): error is { readonly code: number; readonly reason: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'reason' in error;
}
