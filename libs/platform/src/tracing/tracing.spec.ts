import { openTracing, readTracingConfig } from './index.js';

describe('tracing', () => {
  it('does the work and nothing else where there is none', async () => {
    const tracer = await openTracing(null);
    expect(await tracer.span('relay.batch', {}, async (span) => (span.add({ rows: 1 }), 7))).toBe(7);
    await expect(tracer.span('relay.batch', {}, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(tracer.begin('request', {}).within(() => 8)).toBe(8);
  });

  it('is configured by the names of OpenTelemetry', () => {
    expect(readTracingConfig({}, 'concord-api')).toBeNull();
    expect(readTracingConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, 'concord-api')).toBeNull();
    const endpoint = 'http://collector:4318';
    expect(readTracingConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, 'concord-api')).toEqual({
      endpoint,
      serviceName: 'concord-api',
      ratio: 1,
    });
    const sampled = {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_TRACES_SAMPLER_ARG: '0.05',
      OTEL_SERVICE_NAME: 'own',
    };
    expect(readTracingConfig(sampled, 'concord-api')).toEqual({ endpoint, serviceName: 'own', ratio: 0.05 });
    for (const wrong of ['2', '-1', 'all'])
      expect(() => readTracingConfig({ ...sampled, OTEL_TRACES_SAMPLER_ARG: wrong }, 'x')).toThrow(/0 to 1/);
    expect(() => readTracingConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'x')).toThrow(/http/);
  });
});
