import { DatabaseUnavailableError, isBusy, isOutage, troubleOf } from './outage.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('what is an outage', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03', '53300', '53100', '08006', 'P1001', 'P2028'])(
    'is %s',
    (code) => expect(isOutage(coded(code))).toBe(true),
  );

  it.each(['23505', '57014', '42501', 'P2002', '28P01', 'ERR_ASSERTION'])('is not %s', (code) =>
    expect(isOutage(coded(code))).toBe(false),
  );

  it('is what caused an error, and nothing that is no error', () => {
    expect(isOutage(new Error('wrapped', { cause: new Error('Connection terminated unexpectedly') }))).toBe(true);
    expect(isOutage(new DatabaseUnavailableError('POOL_EXHAUSTED'))).toBe(true);
    expect(isOutage('ECONNREFUSED')).toBe(false);
  });

  it('is not that PostgreSQL was too busy, which is told apart from what is wrong with a request', () => {
    for (const code of ['57014', '40001', '40P01']) {
      expect(isBusy(new Error('wrapped', { cause: coded(code) }))).toBe(true);
      expect(isOutage(coded(code))).toBe(false);
    }
    for (const code of ['23505', '42501', 'ECONNREFUSED', 'P0001']) expect(isBusy(coded(code))).toBe(false);
    expect(isBusy('57014')).toBe(false);
  });

  it.each([
    ['ECONNREFUSED', 'DATABASE_REFUSED'],
    ['EPIPE', 'DATABASE_REFUSED'],
    ['ETIMEDOUT', 'DATABASE_SILENT'],
    ['57P03', 'DATABASE_NOT_ACCEPTING'],
    ['53300', null],
    ['28P01', null],
  ])('%s says %s of the database', (code, trouble) => expect(troubleOf(coded(code))).toBe(trouble));
});
