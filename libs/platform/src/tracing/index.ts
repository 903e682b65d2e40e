export { openTracing } from './open-tracing.js';
export { readTracingConfig, type TracingConfig } from './tracing-config.js';
export { NO_TRACING, type OpenSpan, type SpanFacts, type SpanName, type Tracer } from './tracer.js';
