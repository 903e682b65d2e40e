import { NOTHING_TRIED, verdictOf } from './attack.js';

describe('an attack', () => {
  it.each([
    ['held what it tried', { broken: [], measured: { rows: 1 } }, true, 0],
    ['held what it tried, and says what it left out', { broken: [], measured: { rows: 1 }, skipped: ['CBP'] }, true, 0],
    ['broke a promise', { broken: ['a name is shown'], measured: {} }, false, 1],
    ['tried nothing', { broken: [], measured: {}, skipped: ["CBP's table is not here"] }, null, NOTHING_TRIED],
  ])('that %s says so', (_what, result, held, exitCode) => {
    expect(verdictOf(result)).toEqual({ held, exitCode });
  });
});
