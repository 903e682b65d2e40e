import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { LOG_EVENT_NAMES, LOG_EVENTS, type LogEventName, type LogLevel } from '@concord/platform/logging';

export type MetricsRegistry = Registry;

/** The numbers of one process, with Node's own (memory, event loop, garbage collection) under the prefix `concord_`. */
export function createMetrics(): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'concord_' });
  return registry;
}

const isLoud = (level: LogLevel): boolean => level !== 'debug' && level !== 'info';

/** For `createLogger`: counts events from `warn` up by name, so that whatever is worth a line can be alerted on. */
export function countEvents(registry: MetricsRegistry): (event: LogEventName, level: LogLevel) => void {
  const counter = new Counter({
    name: 'concord_events_total',
    help: 'Events of level warn and above, by name (docs/log-events.md).',
    labelNames: ['event'],
    registers: [registry],
  });
  for (const event of LOG_EVENT_NAMES) if (isLoud(LOG_EVENTS[event].level)) counter.inc({ event }, 0);
  return (event, level) => {
    if (isLoud(level)) counter.inc({ event });
  };
}
