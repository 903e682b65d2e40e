import type { ValidReport } from '@concord/deidentification';
import { CONTEXT, EXAMPLE } from '../example-report.fixture.js';
import { validateReport } from '../validate-report.js';
import { screenChange } from './screen-report.js';

const PHONE = '619-555-0142';
const [substance] = EXAMPLE.substances;

function report(change: object): ValidReport {
  const validation = validateReport({ ...EXAMPLE, ...change }, CONTEXT);
  if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
  return validation.report;
}
const named = (before: readonly string[], after: readonly string[]): string[] =>
  screenChange(
    report({ remarks: `Ask ${PHONE}`, substances: [{ ...substance, adulterants: before }] }),
    report({ remarks: `Ask ${PHONE}`, substances: [{ ...substance, adulterants: after }] }),
  ).map(({ path, code }) => `${path} ${code}`);

describe('a change of shared texts', () => {
  it('is asked for what it says newly', () => {
    expect(named(['xylazine'], ['xylazine', PHONE])).toEqual(['substances.0.adulterants.0 TEXT_HOLDS_PHONE']);
    expect(named([`z ${PHONE}`], ['caffeine', `z ${PHONE}`])).toEqual([]);
  });

  it('is asked for another number in the place of one that was let through', () => {
    expect(named([PHONE], ['619-555-0199'])).toEqual(['substances.0.adulterants.0 TEXT_HOLDS_PHONE']);
  });
});
