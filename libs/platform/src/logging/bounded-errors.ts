import type { EventAt } from './log-events.js';
import type { Logger } from './logger.js';

/** The same kind of error is written once in this time, with how many there were since. */
const QUIET_MS = 5_000;
/** Kinds that are remembered; errors have few. */
const MOST_KINDS = 100;

/**
 * Writes errors that may come by the thousand, as those of a connection that is tried again and again: the first of a
 * kind at once, then one every 5 s.
 */
export function boundedErrors(log: Logger, event: EventAt<'error'>): (error: unknown) => void {
  const kinds = new Map<string, { until: number; unsaid: number }>();
  return (error) => {
    const now = performance.now();
    const kind = kindOf(error);
    const known = kinds.get(kind);
    if (known !== undefined && now < known.until) {
      known.unsaid += 1;
      return;
    }
    if (kinds.size >= MOST_KINDS) kinds.clear();
    kinds.set(kind, { until: now + QUIET_MS, unsaid: 0 });
    log.error({ err: error, ...(known !== undefined && known.unsaid > 0 ? { repeated: known.unsaid } : {}) }, event);
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}
