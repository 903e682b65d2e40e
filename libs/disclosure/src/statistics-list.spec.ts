import { answer, DecidedCells } from './answer.js';
import { closeMonth, EMPTY_LEDGER } from './decide.js';
import { faultsOf, type StatisticsList } from './statistics-list.js';
import { PEOPLE_STATISTICS, SEIZURE_STATISTICS } from './statistics-list.data.js';

describe('the list of statistics', () => {
  it.each([
    ['seizures', SEIZURE_STATISTICS],
    ['people', PEOPLE_STATISTICS],
  ])('has no fault: %s', (_, list) => {
    expect(faultsOf(list)).toEqual([]);
  });

  it('can be asked all that clients ask of it by', () => {
    const levels = SEIZURE_STATISTICS.dimensions.flatMap(({ level, coarser = [] }) => [
      level,
      ...coarser.map((each) => each.level),
    ]);
    // SUBSTANCE, GROUP, METHOD, CONVEYANCE, SETTING, STATE, AGENCY_GROUP of StatisticsDimension, and the ends of flows.
    const asked = ['substance', 'category', 'group', 'method', 'conveyance', 'setting', 'state', 'agencyGroup'];
    expect(levels).toEqual(expect.arrayContaining([...asked, 'origin', 'destination']));
    const { ledger } = closeMonth(SEIZURE_STATISTICS, EMPTY_LEDGER, '2026-01', []);
    const cells = new DecidedCells(SEIZURE_STATISTICS, ledger.months, ledger.decided);
    const why = (...names: readonly string[]) => {
      const where = Object.fromEntries(
        names.map((level) => [
          level,
          [SEIZURE_STATISTICS.dimensions.find((each) => each.level === level)?.values[0] ?? ''],
        ]),
      );
      const given = answer({ measure: 'EVENTS', months: ['2026-01'], where }, cells);
      return given.shown ? 'SHOWN' : given.why;
    };
    for (const names of [['substance', 'setting', 'state'], ['group', 'method'], ['substance', 'conveyance'], []])
      expect(why(...names)).toBe('NOT_SHOWN');
    expect(why('group', 'state')).toBe('NOT_IN_LIST');
    expect(why('origin', 'destination')).toBe('NOT_IN_LIST');
  });

  it('is refused with all its faults', () => {
    const list: StatisticsList = {
      dimensions: [
        {
          ...{ name: 'state', level: 'state', values: ['04', '06', '06'] },
          coarser: [
            { level: 'region', of: { '04': 'west', '06': 'west' } },
            { level: 'half', of: { '04': 'left', '06': 'right', '48': 'left' } },
          ],
        },
        { name: 'place', level: 'state', values: [] },
      ],
      tables: [
        { name: 'a', dimensions: ['state', 'state', 'drug'], periods: [] },
        { name: 'a', dimensions: [], periods: ['MONTH'] },
      ],
      impossible: [{ state: ['99'] }],
    };
    expect(faultsOf(list)).toHaveLength(12);
    expect(() => closeMonth(list, EMPTY_LEDGER, '2026-01', [])).toThrow('two levels are named state');
  });
});
