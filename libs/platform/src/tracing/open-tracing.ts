import { NO_TRACING, type Tracer } from './tracer.js';
import type { TracingConfig } from './tracing-config.js';

/** Null: no tracing, and not a line of OpenTelemetry is loaded. */
export async function openTracing(config: TracingConfig | null): Promise<Tracer> {
  if (config === null) return NO_TRACING;
  const { openTelemetry } = await import('./open-telemetry.js');
  return openTelemetry(config);
}
