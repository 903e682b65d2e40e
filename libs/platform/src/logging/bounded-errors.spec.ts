import { jest } from '@jest/globals';
import { boundedErrors, createLogger } from './index.js';

describe('errors that come by the thousand', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('are written once a kind and 5 s, with how many there were', () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const written: unknown[] = [];
    jest.spyOn(log, 'error').mockImplementation((fields: unknown) => void written.push(fields));
    const now = jest.spyOn(performance, 'now').mockReturnValue(0);
    const report = boundedErrors(log, 'queue.error');
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    for (let n = 0; n < 1_000; n += 1) report(refused);
    report(new Error('another kind'));
    now.mockReturnValue(5_000);
    report(refused);
    expect(written).toEqual([{ err: refused }, { err: expect.any(Error) }, { err: refused, repeated: 999 }]);
  });
});
