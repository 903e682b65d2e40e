import type { ValidSubstance } from '@concord/deidentification';
import { Findings } from './issue.js';
import type { LaboratoryResult } from './laboratory-result.js';
import { applyLaboratoryResults } from './laboratory-results.section.js';

const powder: ValidSubstance = {
  deaCode: '9801',
  name: 'Fentanyl',
  category: 'FENTANYL',
  form: 'POWDER',
  quantity: null,
  quantityReason: 'PENDING',
  unit: null,
  milligrams: null,
  units: null,
  estimated: true,
  laboratoryStatus: 'PRESUMPTIVE',
  purityPercent: null,
  signature: 'stamp: scorpion',
  adulterants: ['xylazine'],
};
const pills: ValidSubstance = {
  ...powder,
  form: 'PILL_TABLET',
  quantity: 40,
  quantityReason: null,
  unit: 'DU',
  units: 40n,
};

const apply = (results: readonly LaboratoryResult[]) => {
  const findings = new Findings();
  const substances = applyLaboratoryResults([powder, pills], results, findings);
  return { substances, issues: findings.issues.map(({ path, code }) => [path, code]) };
};

describe('laboratory results', () => {
  it('replace what they name and leave the rest as it was', () => {
    const { substances, issues } = apply([
      { substance: 0, deaCode: '9041', laboratoryStatus: 'CONFIRMED', quantity: 2.5, unit: 'GM', purityPercent: 3.8 },
      { substance: 1, laboratoryStatus: 'REFUTED', adulterants: [] },
    ]);
    expect(issues).toEqual([]);
    expect(substances).toEqual([
      {
        ...powder,
        deaCode: '9041',
        name: expect.stringContaining('Cocaine') as string,
        category: 'COCAINE',
        laboratoryStatus: 'CONFIRMED',
        quantity: 2.5,
        quantityReason: null,
        unit: 'GM',
        milligrams: 2_500n,
        estimated: false,
        purityPercent: 3.8,
      },
      { ...pills, laboratoryStatus: 'REFUTED' },
    ]);
  });

  it.each<[string, readonly LaboratoryResult[], readonly (readonly [string, string])[]]>([
    ['no result', [], [['results', 'REQUIRED']]],
    [
      'one substance twice',
      [
        { substance: 1, laboratoryStatus: 'CONFIRMED' },
        { substance: 1, laboratoryStatus: 'REFUTED' },
      ],
      [['results.1.substance', 'DUPLICATE_ITEM']],
    ],
    [
      'a count of what is weighed',
      [{ substance: 0, laboratoryStatus: 'CONFIRMED', quantity: 3, unit: 'DU' }],
      [['results.0.unit', 'UNIT_DOES_NOT_FIT_FORM']],
    ],
    [
      'a name without a category',
      [{ substance: 0, laboratoryStatus: 'CONFIRMED', name: 'Xylazine' }],
      [['results.0.category', 'REQUIRED']],
    ],
    [
      'half a substance',
      [{ substance: 0.5, laboratoryStatus: 'CONFIRMED' }],
      [['results.0.substance', 'NOT_A_WHOLE_NUMBER']],
    ],
  ])('are refused with %s', (_, results, expected) => {
    expect(apply(results)).toEqual({ substances: null, issues: expected });
  });
});
