import { readWorkerConfig } from './config.js';

const required = { DATABASE_URL: 'postgresql://concord_app@db/concord' };

describe('the environment of the worker', () => {
  it('serves no metrics and sends no spans unless told where', () => {
    expect(readWorkerConfig(required)).toMatchObject({ operations: null, tracing: null });
    expect(readWorkerConfig({ ...required, METRICS_PORT: '' }).operations).toBeNull();
  });

  it('serves metrics on loopback, or on the address that is named', () => {
    expect(readWorkerConfig({ ...required, METRICS_PORT: '9465' }).operations).toEqual({
      host: '127.0.0.1',
      port: 9465,
    });
    expect(readWorkerConfig({ ...required, METRICS_PORT: '9465', METRICS_HOST: '10.0.0.4' }).operations).toEqual({
      host: '10.0.0.4',
      port: 9465,
    });
    expect(() => readWorkerConfig({ ...required, METRICS_PORT: '70000' })).toThrow(/METRICS_PORT/);
  });
});
