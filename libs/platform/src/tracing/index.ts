export { openTracing, readTracingConfig, type TracingConfig } from './open-tracing.js';
export { NO_TRACING, type OpenSpan, type SpanFacts, type SpanName, type Tracer } from './tracer.js';
