import { ClientError, GraphQLClient } from 'graphql-request';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ALERT_RAISED, ALERTS, CREATE_RULE, SUBMIT } from './documents.js';

export const PURPOSE = 'INVESTIGATION; ref=TEST-2026-001';
const PATIENCE_MS = 20_000;

export interface Issue {
  readonly path: string;
  readonly code: string;
}

/** What a submission answers, flat. */
export interface Submitted {
  readonly __typename: 'SeizureReportAccepted' | 'SeizureReportRejected';
  readonly duplicate?: boolean;
  readonly receipt?: string;
  readonly warnings?: readonly Issue[];
  readonly report?: { readonly id: string; readonly submitterReference: string; readonly status: string };
  readonly record?: { readonly id: string; readonly precision: string };
  readonly issues?: readonly Issue[];
}

export interface AlertNode {
  readonly id: string;
  readonly state: string;
  readonly rules: readonly { readonly id: string; readonly name: string }[];
  readonly change: string;
  readonly revision: number;
  readonly record: { readonly id: string; readonly version?: number; readonly precision: string } | null;
}

export interface AlertEvent {
  readonly cursor: string;
  /** Where it was asked for. */
  readonly position?: number;
  readonly alert: AlertNode & { readonly match: string };
}

/** Polls a condition; nothing waits for a fixed time. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null | false> | T | null | false,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const found = await probe();
    if (found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A persona at clients of its own, as anybody in the field would have them: HTTP and graphql-transport-ws. */
export class FlowClient {
  readonly #streams: LiveStream[] = [];

  constructor(
    private readonly url: () => string,
    readonly token: string,
    private readonly purpose: string | null = PURPOSE,
    /** ORI of the agency to act for; null where there is one seat. */
    private readonly agency: string | null = null,
  ) {}

  with(change: { token?: string; purpose?: string | null; agency?: string | null }): FlowClient {
    return new FlowClient(
      this.url,
      change.token ?? this.token,
      change.purpose === undefined ? this.purpose : change.purpose,
      change.agency === undefined ? this.agency : change.agency,
    );
  }

  async run<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(this.purpose === null ? {} : { 'concord-purpose': this.purpose }),
      ...(this.agency === null ? {} : { 'concord-agency': this.agency }),
    };
    return new GraphQLClient(this.url(), { headers }).request<T>(document, variables);
  }

  /** How an operation is refused; null where it is answered. */
  async refusal(
    document: string,
    variables: Record<string, unknown> = {},
  ): Promise<{ code: unknown; status: number } | null> {
    try {
      await this.run(document, variables);
      return null;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return { code: error.response.errors?.[0]?.extensions['code'], status: error.response.status };
    }
  }

  async submit(input: Record<string, unknown>): Promise<Submitted> {
    return (await this.run<{ submitSeizureReport: Submitted }>(SUBMIT, { input })).submitSeizureReport;
  }

  /** Submits what must be accepted. */
  async report(input: Record<string, unknown>): Promise<{ reportId: string; recordId: string }> {
    const { report, record, issues } = await this.submit(input);
    if (report === undefined || record === undefined) throw new Error(`rejected: ${JSON.stringify(issues)}`);
    return { reportId: report.id, recordId: record.id };
  }

  /** A rule; without a filter it fires on every record that its owner may see. */
  async rule(name: string, filter: Record<string, unknown> | null = null): Promise<string> {
    const { createAlertRule } = await this.run<{ createAlertRule: { rule?: { id: string }; issues?: unknown } }>(
      CREATE_RULE,
      { input: { name, filter } },
    );
    if (createAlertRule.rule === undefined) throw new Error(`no rule: ${JSON.stringify(createAlertRule.issues)}`);
    return createAlertRule.rule.id;
  }

  /** The whole inbox, newest first, page by page. */
  async alerts(state: readonly string[] | null = null, first = 200): Promise<AlertNode[]> {
    const nodes: AlertNode[] = [];
    for (let after: string | null = null; ;) {
      const { alerts }: AlertPage = await this.run<AlertPage>(ALERTS, { state, first, after });
      nodes.push(...alerts.edges.map((edge) => edge.node));
      if (!alerts.pageInfo.hasNextPage) return nodes;
      after = alerts.pageInfo.endCursor;
    }
  }

  /** Opens a socket and the live stream on it. */
  live(after: string | null, query = ALERT_RAISED): LiveStream {
    const stream = new LiveStream(
      this.url().replace('http', 'ws'),
      { authorization: `Bearer ${this.token}`, ...(this.purpose === null ? {} : { purpose: this.purpose }) },
      after,
      query,
    );
    this.#streams.push(stream);
    return stream;
  }

  /** Streams that are open as far as this side knows. */
  get openStreams(): number {
    return this.#streams.filter((stream) => stream.isOpen).length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.close()));
  }
}

interface AlertPage {
  readonly alerts: {
    readonly edges: readonly { readonly node: AlertNode }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** One socket with one subscription: what came, and how it ended. It never reconnects by itself. */
export class LiveStream {
  readonly events: AlertEvent[] = [];
  /** Resolves when the stream is over: null when the server completed it, else what went wrong (a close event, errors). */
  readonly ended: Promise<unknown>;
  #socket: WebSocket | null = null;
  readonly #client: SocketClient;
  #taken = 0;
  #over = false;

  constructor(url: string, connectionParams: Record<string, unknown>, after: string | null, query = ALERT_RAISED) {
    this.#client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
      lazy: true,
      onNonLazyError: () => undefined,
    });
    this.#client.on('opened', (socket) => (this.#socket = socket as WebSocket));
    this.ended = new Promise<unknown>((resolve) => {
      this.#client.subscribe<{ alertRaised: AlertEvent }>(
        { query, variables: { after } },
        {
          next: ({ data, errors }) => {
            if (data && !this.#over) this.events.push(data.alertRaised);
            if (errors) resolve(errors);
          },
          error: resolve,
          complete: () => resolve(null),
        },
      );
    }).finally(() => (this.#over = true));
  }

  get isOpen(): boolean {
    return !this.#over;
  }

  get cursor(): string | null {
    return this.events.at(-1)?.cursor ?? null;
  }

  /** The next event that was not taken yet. */
  async next(patienceMs = PATIENCE_MS): Promise<AlertEvent> {
    const event = await eventually('an event of the live stream', () => this.events[this.#taken] ?? null, patienceMs);
    this.#taken += 1;
    return event;
  }

  /** The link is cut: no goodbye, and nothing that is still on the way counts. */
  cut(): void {
    this.#over = true;
    if (this.#socket === null) void this.#client.dispose();
    else this.#socket.terminate();
  }

  async close(): Promise<void> {
    this.#over = true;
    await this.#client.dispose();
  }
}
