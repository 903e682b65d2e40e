import type { ReportVersion } from '@concord/records';
import { reportChanges } from './report-changes.js';

const BASE: ReportVersion = {
  ...{ version: 1, change: 'SUBMITTED', changedBy: { id: 'a', displayName: 'A' }, changedAt: new Date(0) },
  ...{ sealedReason: null, sealedReturnNote: null, holdReasons: null, status: 'RELEASED', holdUntilReleased: false },
  ...{ occurredAt: new Date('2026-11-20T10:00:00Z'), sharing: 'PARTNERS', tlp: 'AMBER', releaseAfter: null },
  ...{ sealedNarrative: null, basisActivity: null, identifierKinds: [] },
  content: {
    ...{ withhold: [], timePrecision: 'WEEK', occurredPrecision: 'MINUTE', concealment: ['PARCEL'], conveyance: 'BUS' },
    place: {
      ...{ latitude: null, longitude: null, portOfEntry: null },
      countyFips: '06073',
      stateFips: '06',
      setting: 'STREET',
    },
    ...{ packaging: null, remarks: null, route: null, people: [], source: null, taskForceIds: [] },
    substances: [
      {
        ...{ deaCode: '9801', name: 'Fentanyl', category: 'FENTANYL', form: 'POWDER', quantity: 12.5, unit: 'KG' },
        ...{ quantityReason: null, milligrams: '12500000', units: null, estimated: false, laboratoryStatus: 'NONE' },
        ...{ purityPercent: null, signature: null, adulterants: [] },
      },
    ],
  },
};
const [substance] = BASE.content.substances;
if (substance === undefined) throw new Error('there is a substance');

describe('what a version says otherwise', () => {
  it('is nothing for the first, and for one that says the same', () => {
    expect(reportChanges(null, BASE)).toEqual([]);
    expect(reportChanges(BASE, { ...BASE, version: 2, change: 'RELEASED', sealedReason: Buffer.from('x') })).toEqual(
      [],
    );
  });

  it('names what came, went and changed by the path of the input, and nothing that follows from it', () => {
    const after: ReportVersion = {
      ...{ ...BASE, version: 2, sharing: 'STATE' },
      content: {
        ...{ ...BASE.content, conveyance: 'TRAIN', concealment: [], remarks: 'Two lots.' },
        substances: [{ ...substance, quantity: 13, milligrams: '13000000', adulterants: ['xylazine'] }],
      },
    };
    expect(reportChanges(BASE, after).map(({ path, from, to }) => [path, from, to])).toEqual([
      ['sharing', 'PARTNERS', 'STATE'],
      ['concealment.0', 'PARCEL', null],
      ['conveyance', 'BUS', 'TRAIN'],
      ['substances.0.quantity', '12.5', '13'],
      ['remarks', null, 'Two lots.'],
      ['substances.0.adulterants.0', null, 'xylazine'],
    ]);
  });

  it('names a sealed part and shows nothing of it', () => {
    const narrated = {
      ...BASE,
      sealedNarrative: Buffer.from('sealed'),
      basisActivity: 'TRAFFICKING',
      identifierKinds: ['PHONE OPEN'],
    } as const;
    const hidden = { from: null, to: null, sealed: true };
    const all = ['narrative', 'basis', 'identifiers'].map((path) => ({ path, ...hidden }));
    expect(reportChanges(BASE, narrated)).toEqual(all);
    expect(reportChanges(narrated, BASE)).toEqual(all);
    expect(reportChanges(narrated, { ...narrated, identifierKinds: ['PHONE OPEN', 'PLATE OPEN'] })).toEqual([all[2]]);
  });
});
