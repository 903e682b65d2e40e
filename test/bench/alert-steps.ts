import type { OpenSpan, SpanFacts, SpanName, Tracer } from '@concord/platform/tracing';
import { AsyncLocalStorage } from 'node:async_hooks';
import { quantile } from './measures.js';

/** One piece of the worker's work: what it was about and when it was over, in milliseconds of the machine's clock. */
export interface Step {
  readonly name: SpanName;
  readonly facts: SpanFacts;
  readonly begun: number;
  readonly ended: number;
}

/** The same clock in every process of this machine. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

const WANTED: ReadonlySet<SpanName> = new Set(['relay.batch', 'alerting.t2', 'delivery.t3', 'delivery.wake-up']);

/** Keeps the worker's spans in memory, for the benchmark to ask. */
export class StepTracer implements Tracer {
  readonly on = false;
  readonly #steps: Step[] = [];
  readonly #inside = new AsyncLocalStorage<SpanName>();

  begin(): OpenSpan {
    return { add: () => undefined, within: (work) => work(), end: () => undefined };
  }

  async span<T>(name: SpanName, facts: SpanFacts, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    if (!WANTED.has(name)) return work(this.begin());
    let known = facts;
    const begun = wallClock();
    const result = await this.#inside.run(name, () =>
      work({ ...this.begin(), add: (more) => void (known = { ...known, ...more }) }),
    );
    this.#steps.push({ name, facts: known, begun, ended: wallClock() });
    return result;
  }

  /** What there is since the last time. */
  take(): Step[] {
    return this.#steps.splice(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Of one submission, by the machine's clock. */
export interface Journey {
  readonly recordId: string;
  readonly due: number;
  readonly answered: number;
  /** On the socket, a time for each recipient that is measured. */
  readonly arrived: readonly number[];
}

/** Median milliseconds from the moment a submission was due until each step was over. */
export interface StepTimes {
  readonly receipt: number;
  readonly relayed: number | null;
  readonly t2Begun: number | null;
  readonly t2: number | null;
  readonly t3Begun: number | null;
  readonly t3: number | null;
  readonly socket: number;
  /** How many outbox rows one T2 and one T3 took, on average. */
  readonly rowsPerT2: number | null;
  readonly rowsPerT3: number | null;
}

export function stepTimes(journeys: readonly Journey[], steps: readonly Step[]): StepTimes {
  const relayed = timesOf(steps, 'relay.batch', (facts) => facts.outboxIds);
  const t2 = timesOf(steps, 'alerting.t2', (facts) => facts.recordIds);
  const t3 = timesOf(steps, 'delivery.t3', (facts) => facts.alertIds);
  const known = journeys.flatMap((journey) => {
    const raised = t2.get(journey.recordId);
    if (raised === undefined) return [];
    const alert = raised.facts.alertIds?.[0];
    return [
      {
        relayed: since(journey, relayed.get(raised.facts.outboxIds?.[0] ?? '')?.ended),
        t2Begun: since(journey, raised.begun),
        t2: since(journey, raised.ended),
        t3Begun: since(journey, t3.get(alert ?? '')?.begun),
        t3: since(journey, t3.get(alert ?? '')?.ended),
      },
    ];
  });
  const median = (pick: (one: (typeof known)[number]) => number | null): number | null =>
    medianOf(known.flatMap((one) => pick(one) ?? []));
  const perStep = (name: SpanName): number | null => {
    const rows = steps.flatMap((step) => (step.name === name ? (step.facts.outboxIds?.length ?? 0) : []));
    return rows.length === 0 ? null : Number((rows.reduce((sum, n) => sum + n, 0) / rows.length).toFixed(1));
  };
  return {
    receipt: medianOf(journeys.map((journey) => journey.answered - journey.due)) ?? Number.NaN,
    relayed: median((one) => one.relayed),
    t2Begun: median((one) => one.t2Begun),
    t2: median((one) => one.t2),
    t3Begun: median((one) => one.t3Begun),
    t3: median((one) => one.t3),
    socket: medianOf(journeys.flatMap((journey) => journey.arrived.map((at) => at - journey.due))) ?? Number.NaN,
    rowsPerT2: perStep('alerting.t2'),
    rowsPerT3: perStep('delivery.t3'),
  };
}

const since = (journey: Journey, at: number | undefined): number | null => (at === undefined ? null : at - journey.due);
const medianOf = (values: readonly number[]): number | null => (values.length === 0 ? null : quantile(values, 0.5));

function timesOf(
  steps: readonly Step[],
  name: SpanName,
  idsOf: (facts: SpanFacts) => readonly string[] | undefined,
): Map<string, Step> {
  const times = new Map<string, Step>();
  for (const step of steps) if (step.name === name) for (const id of idsOf(step.facts) ?? []) times.set(id, step);
  return times;
}
