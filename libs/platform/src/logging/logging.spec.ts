import fc from 'fast-check';
import { createLogger, errorSummary, LOG_EVENTS, type LogEventName, type LogFields } from './index.js';

function written(write: (log: ReturnType<typeof createLogger>) => void, level = 'debug'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ name: 'test', level, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ID = '22ad3532-efaf-432e-8047-adc221cabb5a';

describe('a line of the log', () => {
  it('has an event, its level, and fields that fit', () => {
    const [line] = written((log) =>
      log.child({ requestId: ID }).info({ status: 200, code: 'OK', durationMs: 1.23456 }, 'request.done'),
    );
    expect(line).toMatchObject({
      level: 'info',
      name: 'test',
      event: 'request.done',
      requestId: ID,
      status: 200,
      code: 'OK',
      durationMs: 1.235,
    });
  });

  it('takes an event and a level of the list only', () => {
    written((log) => {
      // @ts-expect-error: not in the list
      log.info({}, 'request.maybe');
      // @ts-expect-error: listed at another level
      log.error({}, 'request.done');
      // @ts-expect-error: no such field
      log.info({ displayName: 'x' }, 'request.done');
    });
    expect(Object.keys(LOG_EVENTS).length).toBeGreaterThan(10);
  });

  it('holds nothing of what does not look like its kind, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        const secret = `<${text} ZqxSecret>`;
        const stray = {
          requestId: secret,
          personId: secret,
          operation: secret,
          code: secret,
          route: `/x?${secret}`,
          status: secret,
          [secret]: secret,
          displayName: secret,
          err: Object.assign(new Error(secret), { detail: secret, code: secret, cause: new Error(secret) }),
        } as unknown as LogFields;
        const lines = written((log) => log.child(stray).error(stray, 'request.failed'));
        expect(JSON.stringify(lines)).not.toContain('ZqxSecret');
      }),
    );
  });

  it('tells whoever counts, also of what the level leaves out', () => {
    const told: LogEventName[] = [];
    const log = createLogger({ name: 'test', level: 'silent', onEvent: (event) => told.push(event) });
    log.warn({ rows: 1 }, 'outbox.requeued');
    log.child({}).debug({}, 'postgres.said');
    expect(told).toEqual(['outbox.requeued', 'postgres.said']);
  });
});

describe('an error in the log', () => {
  it('is class, code, names of database objects and frames', () => {
    const summary = errorSummary(
      Object.assign(new Error('duplicate key value'), {
        code: '23505',
        constraint: 'seizure_report_agency_id_submitter_reference_key',
        table: 'seizure_report',
        routine: '_bt_check_unique',
        detail: 'Key (submitter_reference)=(SECRET) already exists.',
        where: 'SECRET',
        query: 'SECRET',
        parameters: ['SECRET'],
      }),
    );
    expect(summary).toMatchObject({
      type: 'Error',
      code: '23505',
      table: 'seizure_report',
      routine: '_bt_check_unique',
    });
    expect(summary['at']).toEqual(expect.arrayContaining([expect.stringMatching(/logging\.spec\.ts:\d+:\d+/)]));
    expect(JSON.stringify(summary)).not.toContain('SECRET');
  });

  it('shows no line of its message, even one that looks like a frame', () => {
    const message = 'broken\n    at ZqxSecret (/zqx/secret.js:1:1)\n    at file:///zqxsecret.js:2:2\nZqxSecret';
    expect(JSON.stringify(errorSummary(new Error(message)))).not.toMatch(/zqx/i);
    const changed = new Error(message);
    changed.message = 'something else';
    expect(JSON.stringify(errorSummary(changed))).not.toMatch(/zqx/i);
    const emptied = new Error(message);
    emptied.message = '';
    expect(JSON.stringify(errorSummary(emptied))).not.toMatch(/zqx/i);
  });

  it('has a word for the messages that operators know', () => {
    expect(errorSummary(new Error('timeout exceeded when trying to connect'))['message']).toBe('no-connection-in-time');
  });
});
