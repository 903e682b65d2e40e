import { ClientError, GraphQLClient } from 'graphql-request';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { readFile } from 'node:fs/promises';
import { WebSocket } from 'ws';
import type { PersonaName } from './personas.js';

/** Longer than any alert should take; a demo that fails says so. */
const PATIENCE_MS = 30_000;
const PURPOSE = 'INVESTIGATION; ref=DEMO-2026-001';

export interface AlertEvent {
  readonly cursor: string;
  readonly alert: {
    readonly id: string;
    readonly match: string;
    readonly rules: readonly { readonly name: string }[];
    readonly record: { readonly id: string; readonly precision: string } | null;
  };
}

/** A persona at a GraphQL client of its own, over HTTP and WebSocket, as anybody in the field would have it. */
export class DemoClient {
  readonly #http: GraphQLClient;
  #socket: SocketClient | null = null;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.#http = new GraphQLClient(url, { headers: { authorization: `Bearer ${token}`, 'concord-purpose': PURPOSE } });
  }

  run<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    return this.#http.request<T>(document, variables);
  }

  /** The code with which an operation is refused, or null when it is answered. */
  async refusalOf(document: string, variables: Record<string, unknown>): Promise<string | null> {
    try {
      await this.#http.request(document, variables);
      return null;
    } catch (error) {
      const code = error instanceof ClientError ? error.response.errors?.[0]?.extensions['code'] : undefined;
      if (typeof code !== 'string') throw error;
      return code;
    }
  }

  /** Opens the live stream; resolves when it stands, and then `next` gives each event as it comes. */
  async subscribe(document: string): Promise<{ next: () => Promise<AlertEvent> }> {
    const socket = createClient({
      url: this.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      connectionParams: { authorization: `Bearer ${this.token}`, purpose: PURPOSE },
    });
    this.#socket = socket;
    await new Promise<void>((resolve) => socket.on('connected', () => resolve()));
    const arrived: AlertEvent[] = [];
    let wake: () => void = () => undefined;
    socket.subscribe<{ alertRaised: AlertEvent }>(
      { query: document, variables: { after: null } },
      {
        next: ({ data }) => {
          if (data) arrived.push(data.alertRaised);
          wake();
        },
        error: () => wake(),
        complete: () => wake(),
      },
    );
    return {
      next: async () => {
        if (arrived.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, PATIENCE_MS).unref();
          });
        }
        const event = arrived.shift();
        if (event === undefined) throw new Error('The live stream gave no alert in time.');
        return event;
      },
    };
  }

  async close(): Promise<void> {
    await this.#socket?.dispose();
  }
}

/** One client a persona, with the tokens of personas.json. */
export async function demoClients(
  url: string,
  personasFile: string,
  names: readonly PersonaName[],
): Promise<Map<PersonaName, DemoClient>> {
  const personas = JSON.parse(await readFile(personasFile, 'utf8')) as Record<PersonaName, { token: string }>;
  return new Map(names.map((name) => [name, new DemoClient(url, personas[name].token)]));
}
