import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsRegistry } from './registry.js';

export interface OperationsListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly metrics: MetricsRegistry;
  /** Null when the process can do its work, else why not: a sentence without content. */
  readonly notReadyBecause: () => Promise<string | null>;
}

export interface OperationsListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A port for operators alone: `/metrics`, `/health/live`, `/health/ready`. It asks for no token and takes no input;
 * who reaches it is decided by the address that it is bound to.
 */
export async function listenForOperators(options: OperationsListenerOptions): Promise<OperationsListener> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    (request, response) => {
      answer(options, request, response).catch(() => send(response, 500, 'application/json', '{"reason":"failed"}'));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { metrics, notReadyBecause }: OperationsListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const json = (status: number, body: object): void => send(response, status, 'application/json', JSON.stringify(body));
  if (request.method !== 'GET') return json(405, { reason: 'Only GET.' });
  switch (request.url?.split('?')[0] ?? '') {
    case '/metrics':
      return send(response, 200, metrics.contentType, await metrics.metrics());
    case '/health/live':
      return json(200, { status: 'live' });
    case '/health/ready': {
      const reason = await notReadyBecause();
      return reason === null ? json(200, { status: 'ready' }) : json(503, { status: 'not ready', reason });
    }
    default:
      return json(404, { reason: 'There are /metrics, /health/live and /health/ready.' });
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
