import { ClientError } from 'graphql-request';
import type { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { CORRECT, RECALL } from '../flows/documents.js';
import type { FlowClient, Issue } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';

const RETRIES = 60;

/** What the client knows of a report of its own, from answers alone. */
export interface Known {
  /** Numbers count up as reports are sent. */
  readonly number: number;
  readonly reference: string;
  readonly reportId: string;
  readonly recordId: string;
  version: number;
  recalled: boolean;
}

interface Outcome {
  readonly issues?: readonly Issue[];
  readonly report?: { readonly id: string; readonly version: number };
  readonly record?: { readonly id: string; readonly version: number };
}

/** Submissions, corrections and recalls without end, and a book of every answer outside the system. */
export class DeployTraffic {
  readonly known: Known[] = [];
  attempted = 0;
  ok = 0;
  /** Answers that say nothing of what was done; the same is sent again. */
  readonly unknown: string[] = [];
  sent = 0;
  failed = false;
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();

  /** @param client somebody who submits, at whatever is in service */
  constructor(
    private readonly client: () => FlowClient,
    private readonly random: SeededRandom,
    private readonly prefix: string,
  ) {}

  start(atOnce: number): void {
    this.#running = Promise.all(Array.from({ length: atOnce }, () => this.#loop()));
    // Thrown at `stop`.
    this.#running.catch(() => (this.failed = true));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #loop(): Promise<void> {
    const mine: Known[] = [];
    while (!this.#stopping) {
      const dice = this.random.next();
      const open = mine.filter(({ recalled, version }) => !recalled && version < 3);
      const chosen = open[Math.floor(this.random.next() * open.length)];
      if (chosen === undefined || dice < 0.55) mine.push(await this.submit());
      else if (dice < 0.8) await this.#correct(chosen);
      else await this.recall(chosen);
    }
  }

  async submit(): Promise<Known> {
    this.sent += 1;
    const number = this.sent;
    const reference = `${this.prefix}-${number}`;
    const input = plainReport({ submitterReference: reference });
    const { report, record } = await this.#sure(() => this.client().submit(input));
    if (report === undefined || record === undefined) throw new Error(`${reference} was refused`);
    const known = { number, reference, reportId: report.id, recordId: record.id, version: 1, recalled: false };
    this.known.push(known);
    return known;
  }

  async #correct(known: Known): Promise<void> {
    const { reference, reportId: id, version } = known;
    // Another decade, so that every view says something else.
    const [substance] = plainReport()['substances'] as Record<string, unknown>[];
    const substances = [{ ...substance, quantity: version === 1 ? 250 : 2_500 }];
    const input = plainReport({ submitterReference: reference, substances });
    const variables = { id, version, input, reason: 'Weighed again.' };
    const { issues } = await this.#sure(
      async () => (await this.client().run<{ correctSeizureReport: Outcome }>(CORRECT, variables)).correctSeizureReport,
    );
    if (issues !== undefined) throw new Error(`a correction was refused: ${JSON.stringify(issues)}`);
    known.version += 1;
  }

  async recall(known: Known): Promise<void> {
    const { reportId: id, version } = known;
    const before = this.unknown.length;
    const { issues } = await this.#sure(
      async () =>
        (await this.client().run<{ recallSeizureReport: Outcome }>(RECALL, { id, version, reason: 'Not ours.' }))
          .recallSeizureReport,
    );
    const wasDone = issues?.[0]?.code === 'REPORT_RECALLED' && this.unknown.length > before;
    if (issues !== undefined && !wasDone) throw new Error(`a recall was refused: ${JSON.stringify(issues)}`);
    known.recalled = true;
  }

  /** Sent again, the same, until there is an answer. */
  async #sure<T>(send: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      this.attempted += 1;
      try {
        const answer = await send();
        this.ok += 1;
        return answer;
      } catch (error) {
        this.unknown.push(reasonOf(error));
        if (tries === RETRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

/** @throws what is neither "come back" nor a broken connection: no deploy may cause that */
function reasonOf(error: unknown): string {
  if (error instanceof ClientError) {
    const code = error.response.errors?.[0]?.extensions['code'];
    if (code === 'UNAVAILABLE') return 'UNAVAILABLE';
    throw error;
  }
  const cause: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'cause') : null;
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : null;
  if (['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(String(code))) return String(code);
  throw error;
}
