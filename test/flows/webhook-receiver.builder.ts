import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, received: Received, nth: number) => void;

export const TAKEN: Answer = (response) => void response.writeHead(204).end();

/** A receiver of webhooks on loopback: each path answers in its own way, the challenge by saying it back. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #open = new Map<string, { now: number; most: number }>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer((request, response) => void receiver.#take(request, response));
    const receiver = new WebhookReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${this.port}${path}`;
  }

  /** From now on this path answers so, but for challenges. */
  answer(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  /** Alerts that this path was sent, challenges left out. */
  alertsAt(path: string): Received[] {
    return this.received.filter((one) => one.path === path && !one.body.includes('"webhook.verify"'));
  }

  /** How many requests to this path were open at the same time. */
  mostOpenAt(path: string): number {
    return this.#open.get(path)?.most ?? 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const received = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(pieces).toString('utf8'),
    };
    this.received.push(received);
    const open = this.#open.get(received.path) ?? { now: 0, most: 0 };
    this.#open.set(received.path, open);
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    response.once('close', () => (open.now -= 1));
    const { type, data } = JSON.parse(received.body) as { type: string; data: { challenge?: string } };
    const answer = this.#answers.get(received.path) ?? TAKEN;
    if (type === 'webhook.verify' && received.path !== '/never-echoes') {
      response.writeHead(200).end(JSON.stringify({ challenge: data.challenge }));
      return;
    }
    answer(response, received, this.alertsAt(received.path).length);
  }
}
