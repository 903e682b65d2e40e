export interface TracingConfig {
  /** Base address of an OTLP/HTTP collector. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Part of the traces that is kept, 0 to 1. */
  readonly ratio: number;
}

/** What the environment says about tracing: names and meaning are OpenTelemetry's. @throws Error on a wrong ratio */
export function readTracingConfig(
  env: Readonly<Record<string, string | undefined>>,
  serviceName: string,
): TracingConfig | null {
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return null;
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint))
    throw new Error('OTEL_EXPORTER_OTLP_ENDPOINT: an http or https URL of an OTLP/HTTP collector');
  const ratio = Number(env['OTEL_TRACES_SAMPLER_ARG'] || '1');
  if (!(ratio >= 0 && ratio <= 1)) throw new Error('OTEL_TRACES_SAMPLER_ARG: the part of traces to keep, 0 to 1');
  return { endpoint, serviceName: env['OTEL_SERVICE_NAME'] || serviceName, ratio };
}
