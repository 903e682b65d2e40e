import { errorSummary } from '@concord/platform/logging';
import { context, ROOT_CONTEXT, SpanStatusCode, trace, type Attributes, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { OpenSpan, SpanFacts, SpanName, Tracer } from './tracer.js';
import type { TracingConfig } from './tracing-config.js';

const EXPORT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 3_000;
const MOST_IDS = 100;

/** The only file that loads OpenTelemetry; `openTracing` imports it when a collector is configured. */
export function openTelemetry(config: TracingConfig): Tracer {
  const exporter = new OTLPTraceExporter({ url: tracesUrl(config.endpoint), timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: config.serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.ratio) }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000, exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ],
  });
  // Spans know their parents by the process's context manager; no propagator: what clients send of traces is not read.
  provider.register({ propagator: null });
  const tracer = provider.getTracer('concord');
  const begin = (name: SpanName, facts: SpanFacts, parent: Context): OpenSpan => {
    const span = tracer.startSpan(name, { attributes: attributesOf(facts) }, parent);
    const inside = trace.setSpan(parent, span);
    return {
      add: (more) => void span.setAttributes(attributesOf(more)),
      within: (work) => context.with(inside, work),
      end: (error) => {
        if (error !== undefined) {
          const { type, code } = errorSummary(error);
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.setAttributes({
            'concord.error': type,
            ...(typeof code === 'string' ? { 'concord.error_code': code } : {}),
          });
        }
        span.end();
      },
    };
  };
  return {
    on: true,
    begin: (name, facts) => begin(name, facts, name === 'request' ? ROOT_CONTEXT : context.active()),
    async span(name, facts, work) {
      const open = begin(name, facts, context.active());
      try {
        const result = await open.within(() => work(open));
        open.end();
        return result;
      } catch (error) {
        open.end(error);
        throw error;
      }
    },
    close: () => withinTime(provider.shutdown(), CLOSE_TIMEOUT_MS),
  };
}

/** The base address, as the standard has it: `/v1/traces` is appended. */
const tracesUrl = (endpoint: string): string => `${endpoint.replace(/\/+$/, '')}/v1/traces`;

function attributesOf(facts: SpanFacts): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    const key = `concord.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    if (typeof value === 'string' || typeof value === 'number') attributes[key] = value;
    else if (Array.isArray(value))
      attributes[key] = value.slice(0, MOST_IDS).filter((id): id is string => typeof id === 'string');
  }
  return attributes;
}

async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
  await Promise.race([work.catch(() => undefined), late]);
}
