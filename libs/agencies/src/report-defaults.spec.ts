import { checkReportDefaults, LONGEST_DEFAULT_EMBARGO_HOURS, NO_DEFAULTS } from './report-defaults.js';

describe('standing defaults as somebody gives them', () => {
  it('are none where nothing is given', () => {
    expect(checkReportDefaults({})).toEqual({ defaults: NO_DEFAULTS, issues: [] });
  });

  it('are refused with every fault at once', () => {
    const { issues } = checkReportDefaults({
      ...{ sharing: 'EVERYBODY', tlp: 'PURPLE', withhold: ['METHOD', 'NAMES'], timePrecision: 'MINUTE' },
      ...{ embargoHours: LONGEST_DEFAULT_EMBARGO_HOURS + 1, holdUntilReleased: true },
    });
    expect(issues.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'defaults.sharing UNKNOWN_CODE',
      'defaults.tlp UNKNOWN_CODE',
      'defaults.timePrecision UNKNOWN_CODE',
      'defaults.withhold.1 UNKNOWN_CODE',
      'defaults.embargoHours OUT_OF_RANGE',
      'defaults.holdUntilReleased EMBARGO_TWICE',
    ]);
  });

  it('never make a report that its own label refuses', () => {
    expect(checkReportDefaults({ tlp: 'RED', sharing: 'STATE' }).issues).toMatchObject([
      { code: 'SHARING_EXCEEDS_TLP' },
    ]);
    expect(checkReportDefaults({ tlp: 'RED', sharing: 'TASK_FORCES' }).issues).toEqual([]);
  });

  it('keep the order of the code list, and each once', () => {
    expect(checkReportDefaults({ withhold: ['SIGNATURE', 'METHOD', 'METHOD'] }).defaults.withhold).toEqual([
      'METHOD',
      'SIGNATURE',
    ]);
  });
});
