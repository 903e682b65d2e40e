import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { RefusedTokens, type RefusalReason } from './refused-tokens.js';

describe('refused tokens in the log', () => {
  let lines: Record<string, unknown>[];
  let refusals: RefusedTokens;

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    const log = pino({ messageKey: 'event', base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
    refusals = new RefusedTokens(log);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const report = (reason: RefusalReason, times: number): void => {
    for (let n = 0; n < times; n += 1) refusals.report({ reason, via: 'http', from: 'public' });
  };
  const told = (event: string): unknown[] => lines.filter((line) => line['event'] === event);

  it('are told one by one, up to twenty of a reason in a minute; then they are a number', () => {
    report('SIGNATURE', 1_000_020);
    report('EXPIRED', 3);
    expect(told('security.token-refused')).toHaveLength(23);
    expect(told('security.tokens-refused-unlogged')).toEqual([]);
    jest.advanceTimersByTime(60_000);
    expect(told('security.tokens-refused-unlogged')).toMatchObject([{ reason: 'SIGNATURE', swallowed: 1_000_000 }]);
    report('SIGNATURE', 1);
    expect(told('security.token-refused')).toHaveLength(24);
    jest.advanceTimersByTime(600_000);
    expect(told('security.tokens-refused-unlogged')).toHaveLength(1);
  });

  it('that were swallowed are said when the process ends', () => {
    report('SIGNATURE', 21);
    refusals.close();
    refusals.close();
    expect(told('security.tokens-refused-unlogged')).toMatchObject([{ reason: 'SIGNATURE', swallowed: 1 }]);
  });

  it('are no warning where nobody tried', () => {
    report('NO_TOKEN', 1);
    report('MALFORMED', 1);
    expect(lines.map(({ level }) => level)).toEqual([30, 40]);
  });
});
