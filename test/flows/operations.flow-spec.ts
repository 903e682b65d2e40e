import { createLogger, LOG_EVENTS } from '@concord/platform/logging';
import { countEvents, createMetrics } from '@concord/platform/metrics';
import { testQueueBackends } from '@concord/platform/testing';
import { openTracing } from '@concord/platform/tracing';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { SUBMIT } from './documents.js';
import { eventually } from './flow-client.builder.js';
import { OtlpReceiver } from './otlp-receiver.builder.js';
import { faultyReport, plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const root = join(import.meta.dirname, '..', '..');

interface Line extends Record<string, unknown> {
  readonly level: string;
  readonly event: string;
}

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`what an operator sees, queues on ${backend.name}`, () => {
    const lines: Line[] = [];
    const metrics = createMetrics();
    const log = createLogger({
      name: 'flow',
      level: 'debug',
      destination: { write: (line) => void lines.push(JSON.parse(line) as Line) },
      onEvent: countEvents(metrics),
    });
    let collector: OtlpReceiver;
    let stack: FlowStack;

    beforeAll(async () => {
      collector = await OtlpReceiver.start();
      const tracer = await openTracing({ endpoint: collector.endpoint, serviceName: 'flow', ratio: 1 });
      stack = await FlowStack.start(backend, { observed: { log, metrics, tracer }, operations: true });
      await stack.as('state-analyst').rule('everything');
    });

    afterAll(async () => {
      await stack?.stop();
      await collector.stop();
    });

    const workerGets = (path: string, init?: RequestInit): Promise<Response> =>
      fetch(`http://127.0.0.1:${stack.worker.operationsPort ?? 0}${path}`, init);
    const scrape = async (): Promise<string> => (await workerGets('/metrics')).text();
    /** Of a sample as it is printed, such as `concord_jobs_total{queue="alerting",outcome="done"}`. */
    const numberOf = async (sample: string): Promise<number | null> => {
      const line = (await scrape()).split('\n').find((text) => text.startsWith(`${sample} `));
      return line === undefined ? null : Number(line.slice(sample.length + 1));
    };
    const reaches = (sample: string, wanted: number): Promise<unknown> =>
      eventually(`${sample} is ${wanted}`, async () => (await numberOf(sample)) === wanted);
    const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(stack.api.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const bearer = (): Record<string, string> => ({ authorization: `Bearer ${stack.as('state-analyst').token}` });
    const lineOf = (answer: Response): Promise<Line> =>
      eventually('its line', () => {
        const found = lines.filter((line) => line['requestId'] === answer.headers.get('x-request-id'));
        const done = found.filter((line) => line.event === 'request.done');
        if (done.length > 1) throw new Error('one request, two lines');
        return done[0] ?? null;
      });

    test('each request has one line: who, what, how long, how it ended', async () => {
      const fields = {
        query: 'query Zqx { ...F Zqx: __typename } fragment F on Query { me { id } }',
        operationName: 'Zqx',
      };
      const answered = await post(fields, { ...bearer(), 'x-request-id': 'Zqx', traceparent: 'Zqx' });
      expect(await lineOf(answered)).toMatchObject({
        level: 'info',
        route: '/graphql',
        method: 'POST',
        status: 200,
        code: 'OK',
        kind: 'query',
        operation: '__typename,me',
        durationMs: expect.any(Number),
        personId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        agencyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(await lineOf(await post(fields))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(await lineOf(await post({ query: '{ zqx }' }, bearer()))).toMatchObject({
        status: 400,
        code: 'BAD_USER_INPUT',
      });
      const purpose = await post({ query: '{ seizureRecords { edges { cursor } } }' }, bearer());
      expect(await lineOf(purpose)).toMatchObject({ code: 'PURPOSE_REQUIRED', operation: 'seizureRecords' });
      expect(JSON.stringify(lines)).not.toContain('Zqx');
    });

    test('every line is of the list, at its level', () => {
      expect(lines.length).toBeGreaterThan(5);
      for (const { event, level } of lines)
        expect([event, (LOG_EVENTS as Record<string, { level: string }>)[event]?.level]).toEqual([event, level]);
    });

    test('refusals are counted by code, requests by operation and outcome', async () => {
      const submitter = stack.as('local-submitter');
      await submitter.submit(faultyReport());
      await submitter.report(plainReport());
      await stack.drain();
      expect(await numberOf('concord_reports_refused_total{code="UNKNOWN_DEA_CODE"}')).toBe(1);
      expect(await numberOf('concord_reports_refused_total{code="REFERENCE_REUSED"}')).toBe(0);
      expect(await numberOf('concord_reports_total{outcome="refused"}')).toBe(1);
      expect(await numberOf('concord_requests_total{operation="submitSeizureReport",code="OK"}')).toBe(2);
      expect(await numberOf('concord_requests_total{operation="none",code="UNAUTHENTICATED"}')).toBe(1);
      expect(await numberOf('concord_pool_waiting{pool="api"}')).toBe(0);
      expect(await numberOf('concord_pool_waiting{pool="worker"}')).toBe(0);
      await reaches('concord_jobs_total{queue="alerting",outcome="done"}', 1);
      expect(await scrape()).toMatch(/^concord_nodejs_eventloop_lag_seconds \d/m);
    });

    /** The worker waits at a table; what it has not done shows. */
    async function whileLocked(table: string, look: () => Promise<void>): Promise<void> {
      await stack.admin.query('begin');
      await stack.admin.query(`lock table ${table} in access exclusive mode`);
      try {
        await look();
      } finally {
        await stack.admin.query('rollback');
      }
      await stack.drain();
    }

    test('what the worker has not done is seen: age and number of rows, jobs, alerts', async () => {
      await whileLocked('alert', async () => {
        await stack.as('local-submitter').report(plainReport());
        await reaches('concord_outbox_waiting{kind="record.released"}', 1);
        await reaches('concord_direct_rows{queue="alerting"}', 1);
        await eventually(
          'it grows old',
          async () => ((await numberOf('concord_outbox_oldest_seconds{kind="record.released"}')) ?? 0) > 0.2,
        );
      });
      await reaches('concord_outbox_waiting{kind="record.released"}', 0);
      await whileLocked('inbox', async () => {
        await stack.as('local-submitter').report(plainReport());
        await reaches('concord_deliveries_waiting{channel="live"}', 1);
      });
      await reaches('concord_deliveries_waiting{channel="live"}', 0);
      await reaches('concord_outbox_oldest_seconds{kind="alert.raised"}', 0);
    });

    test('a number that cannot be had in time is missing, and the rest is there', async () => {
      await whileLocked('outbox', async () => {
        // What was asked for half a second before is still told.
        const text = await eventually('it is missing', async () => {
          const answer = await workerGets('/metrics');
          expect(answer.status).toBe(200);
          const said = await answer.text();
          return said.includes('concord_outbox_waiting{') ? null : said;
        });
        expect(text).toContain('concord_queue_jobs{queue="delivery",state="waiting"} 0');
        expect(lines.find((line) => line.event === 'metrics.collector-failed')).toMatchObject({ collector: 'outbox' });
      });
      await reaches('concord_outbox_waiting{kind="record.released"}', 0);
      expect(await numberOf('concord_events_total{event="metrics.collector-failed"}')).toBeGreaterThan(0);
    });

    test('the port apart has metrics and health, and the API’s own port then has none', async () => {
      expect((await workerGets('/health/live')).status).toBe(200);
      expect(await (await workerGets('/health/ready')).json()).toEqual({ status: 'ready' });
      expect((await workerGets('/graphql')).status).toBe(404);
      expect((await workerGets('/metrics', { method: 'POST' })).status).toBe(405);
      expect((await fetch(new URL('/metrics', stack.api.url))).status).toBe(404);
      const own = await fetch(`http://127.0.0.1:${stack.api.operationsPort ?? 0}/health/ready`);
      expect(await own.json()).toEqual({ status: 'ready' });
    });

    test('one submission is spans that say where it was, and a client’s trace context is not among them', async () => {
      const input = plainReport();
      const sent = {
        'concord-purpose': 'INVESTIGATION; ref=TRACE-1',
        traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
      };
      const answer = await post(
        { query: SUBMIT, variables: { input } },
        { ...sent, authorization: `Bearer ${stack.as('local-submitter').token}` },
      );
      const { data } = (await answer.json()) as { data: { submitSeizureReport: { record: { id: string } } } };
      const recordId = data.submitSeizureReport.record.id;
      await stack.drain();
      const spanOf = (name: string) =>
        eventually(`a span ${name}`, () => {
          const found = collector.spans.filter((span) => span.name === name);
          return found.find((span) => JSON.stringify(span.attributes).includes(recordId)) ?? null;
        });
      const t1 = await spanOf('submission.t1');
      const request = await eventually(
        'its request',
        () => collector.spans.find((s) => s.spanId === t1.parentSpanId) ?? null,
      );
      expect(request).toMatchObject({
        name: 'request',
        parentSpanId: '',
        attributes: {
          'concord.request_id': answer.headers.get('x-request-id'),
          'concord.operation': 'submitSeizureReport',
          'concord.code': 'OK',
        },
      });
      const t2 = await spanOf('alerting.t2');
      expect(await spanOf('alerting.match')).toMatchObject({ parentSpanId: t2.spanId });
      const [alertId] = t2.attributes['concord.alert_ids'] as string[];
      const t3 = await eventually(
        'T3',
        () =>
          collector.spans.find(
            (s) => s.name === 'delivery.t3' && JSON.stringify(s.attributes).includes(alertId ?? '?'),
          ) ?? null,
      );
      expect(t3.attributes).toMatchObject({ 'concord.inboxes': 1 });
      for (const name of ['relay.batch', 'delivery.wake-up'])
        expect(collector.spans.map((span) => span.name)).toContain(name);
      const all = collector.bodies.join('\n');
      for (const secret of [
        'ab'.repeat(16),
        'cd'.repeat(8),
        'TRACE-1',
        'insert',
        'select',
        'mutation Submit',
        String(input['submitterReference']),
      ])
        expect(all).not.toContain(secret);
    });

    test('docs and alert rules name the metrics that there are, all of them', async () => {
      const exposed = new Set(
        [...(await scrape()).matchAll(/^# TYPE (concord_\w+) /gm)]
          .flatMap(([, name]) => (name === undefined ? [] : [name]))
          .filter((name) => !/^concord_(process|nodejs)_/.test(name)),
      );
      const docs = await readFile(join(root, 'docs/operations.md'), 'utf8');
      const told = new Set([...docs.matchAll(/^\| `(concord_\w+)/gm)].flatMap(([, name]) => name ?? []));
      expect([...exposed].filter((name) => !told.has(name))).toEqual([]);
      const known = new Set([...(await scrape()).matchAll(/^(concord_\w+)/gm)].flatMap(([, name]) => name ?? []));
      const rules = await readFile(join(root, 'docs/prometheus-alerts.yml'), 'utf8');
      const named = new Set([...rules.matchAll(/\bconcord_\w+/g)].map(([name]) => name));
      expect(named.size).toBeGreaterThan(8);
      expect([...named, ...told].filter((name) => !known.has(name) && !exposed.has(name))).toEqual([]);
      for (const [, event] of rules.matchAll(/event="([^"]+)"/g)) expect(Object.keys(LOG_EVENTS)).toContain(event);
    });
  });
}

describe('metrics on the API’s own port', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack?.stop());

  const get = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      httpRequest(new URL('/metrics', stack.api.url), { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  test('are for this machine, by its own name and not through a proxy', async () => {
    expect(await get({})).toBe(200);
    expect(await get({ 'x-forwarded-for': '203.0.113.9' })).toBe(404);
    expect(await get({ via: '1.1 proxy' })).toBe(404);
    expect(await get({ host: 'concord.example.org' })).toBe(404);
  });
});

/** In a process of its own, as built: which modules of OpenTelemetry are loaded when api, worker and tracing are. */
async function loadedWith(config: string): Promise<number> {
  const at = (path: string): string => JSON.stringify(pathToFileURL(join(root, 'dist', path)).href);
  const program = `
    import module from 'node:module';
    await import(${at('apps/api/src/api.js')});
    await import(${at('apps/worker/src/worker.js')});
    const { openTracing } = await import(${at('libs/platform/src/tracing/index.js')});
    const tracer = await openTracing(${config});
    console.log(Object.keys(module._cache).filter((path) => path.includes('@opentelemetry/sdk')).length);
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
  return Number(stdout.trim());
}

describe('without a collector', () => {
  test('loads nothing of OpenTelemetry until a collector is configured', async () => {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
    expect(await loadedWith('null')).toBe(0);
    expect(await loadedWith(`{ endpoint: 'http://127.0.0.1:9', serviceName: 'x', ratio: 1 }`)).toBeGreaterThan(0);
  }, 60_000);
});
