import type { Logger } from '@concord/platform/logging';
import { Gauge } from 'prom-client';
import type { MetricsRegistry } from './registry.js';

/** One number of a sample: of which gauge, under which label values. */
export interface Sample<Name extends string> {
  readonly name: Name;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface SampledGaugesOptions<Name extends string> {
  /** Of the collector, for the log. */
  readonly collector: string;
  /** Every gauge has labels: one without could not be left out of an answer. */
  readonly gauges: Readonly<Record<Name, { readonly help: string; readonly labels: readonly [string, ...string[]] }>>;
  /** Asked once for each answer of /metrics, whatever the number of gauges. */
  readonly sample: () => Promise<readonly Sample<Name>[]>;
  readonly timeoutMs: number;
  readonly log: Logger;
}

/** Several scrapers at once are one question. */
const FRESH_MS = 500;

/**
 * Gauges whose numbers are asked for when somebody looks. Where that fails or takes too long they are missing from
 * this answer, the log says so, and the rest of the answer is whole.
 */
export function sampledGauges<Name extends string>(
  registry: MetricsRegistry,
  options: SampledGaugesOptions<Name>,
): void {
  const { log, collector } = options;
  let latest: { readonly at: number; readonly samples: Promise<readonly Sample<Name>[]> } | null = null;
  const fresh = (): Promise<readonly Sample<Name>[]> => {
    if (latest === null || performance.now() - latest.at > FRESH_MS) {
      const samples = inTime(options.sample(), options.timeoutMs).catch((error: unknown) => {
        log.warn({ err: error, collector }, 'metrics.collector-failed');
        return [];
      });
      latest = { at: performance.now(), samples };
    }
    return latest.samples;
  };
  for (const name of Object.keys(options.gauges) as Name[]) {
    const { help, labels } = options.gauges[name];
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      async collect() {
        const samples = await fresh();
        gauge.reset();
        for (const sample of samples) if (sample.name === name) gauge.set(sample.labels, sample.value);
      },
    });
  }
}

function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const late = new Error('too late');
      late.name = 'CollectorTimeout';
      reject(late);
    }, timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
