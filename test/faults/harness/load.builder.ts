import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { SUBMIT } from '../../flows/documents.js';
import type { Submitted } from '../../flows/flow-client.builder.js';
import type { ApiMember, Fleet } from './fleet.builder.js';
import type { Ending, Journal } from './journal.js';
import { drawReport, inputOf, type LoadReport } from './load-report.js';

/** A client gives a request up after this, as one in the field would. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 100;
const TOO_MANY = 429;
/** Refused now, and not for good. */
const LATER = 'LATER';

export interface Answer {
  readonly ending: Ending;
  /** Of the record, where it was accepted. */
  readonly id?: string;
  readonly duplicate?: boolean;
  /** An error code, a status, a system's error. */
  readonly told?: string;
}

interface GraphQLAnswer {
  readonly data?: { readonly submitSeizureReport?: Submitted } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Statuses that say for certain that nothing was done; any other but 200 leaves it open. */
const REFUSED = new Set([400, 401, 403, 404, 405, 413, 415, TOO_MANY]);

/** One request, by a plain HTTP client; never throws. */
export async function send(
  api: Pick<ApiMember, 'url'>,
  token: string,
  input: Record<string, unknown>,
): Promise<Answer> {
  try {
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: SUBMIT, variables: { input } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return classify(response.status, (await response.json()) as GraphQLAnswer);
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    return { ending: 'info', told: cause ?? (error as Error).name };
  }
}

function classify(status: number, { data, errors }: GraphQLAnswer): Answer {
  if (data?.submitSeizureReport) return answered(data.submitSeizureReport);
  const code = errors?.[0]?.extensions?.code;
  // 503 says nothing of whether it was done (docs/outages.md).
  return {
    ending: REFUSED.has(status) ? 'fail' : 'info',
    told: status === TOO_MANY ? LATER : (code ?? String(status)),
  };
}

function answered({ __typename, record, duplicate = false, issues = [] }: Submitted): Answer {
  if (__typename === 'SeizureReportAccepted' && record !== undefined) return { ending: 'ok', id: record.id, duplicate };
  return { ending: 'fail', told: issues.map(({ code }) => code).join(' ') };
}

export interface LoadOptions {
  readonly fleet: Fleet;
  readonly journal: Journal<LoadReport>;
  readonly random: SeededRandom;
  readonly submissions: number;
  /** Submitters at the same time. */
  readonly atOnce: number;
  /** Share of operations that are given up after an answer that says nothing: they stay unknown. */
  readonly givenUp?: number;
  /** Of the references; one fleet may get several loads. */
  readonly prefix?: string;
  /** When a client gives up although it would go on. */
  readonly deadline?: number;
}

/** Submits until every reference is settled: accepted, refused, or given up. */
export class Load {
  #settled = 0;

  constructor(private readonly options: LoadOptions) {}

  /** References that are settled by now. */
  get settled(): number {
    return this.#settled;
  }

  async run(): Promise<void> {
    const { submissions, atOnce, random, givenUp = 0.05, prefix = 'LOAD' } = this.options;
    // Drawn before anything happens, so that a seed means the same whatever is answered when.
    const drawn = Array.from({ length: submissions }, (_, number) => ({
      reference: `${prefix}-${number}`,
      report: drawReport(random),
      impatient: random.chance(givenUp),
    }));
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async (_, client) => {
        for (let one = drawn[next++]; one !== undefined; one = drawn[next++]) {
          await this.#submit(`client-${client}`, one.reference, one.report, one.impatient);
          this.#settled += 1;
        }
      }),
    );
  }

  async #submit(client: string, reference: string, report: LoadReport, impatient: boolean): Promise<void> {
    const { fleet, journal, deadline = Number.POSITIVE_INFINITY } = this.options;
    const input = inputOf(reference, report);
    for (let attempts = 0; ; attempts += 1) {
      const end = journal.begin(reference, report, client);
      const api = fleet.apis[attempts % fleet.apis.length] ?? fleet.api;
      const answer = await send(api, fleet.token(report.submitter), input);
      end(answer.ending, answer);
      if (answer.ending === 'ok' || (answer.ending === 'fail' && answer.told !== LATER)) return;
      // Refused connections are nothing that anybody gives up for.
      if (impatient && answer.told !== 'ECONNREFUSED') return;
      if (Date.now() > deadline) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
