import { audienceOf } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { communityRows, deidentify, RELEASE_POLICY_1, type ValidReport } from '@concord/deidentification';
import { newId } from '@concord/platform/ids';
import type { ReportParts } from './persisted-report.js';
import type { ActAs } from './record.reader.js';

let references = 0;

/** A report as libs/submission lets it through: fentanyl in San Diego county, shared as widely as can be. */
export function buildReport(over: Partial<ValidReport> = {}): ValidReport {
  references += 1;
  return {
    submitterReference: `test-${references}`,
    occurred: {
      from: new Date('2026-01-20T11:15:00Z'),
      to: new Date('2026-01-20T11:16:00Z'),
      offsetMinutes: -480,
      precision: 'MINUTE',
    },
    sharing: 'PARTNERS',
    tlp: 'AMBER',
    releaseAfter: null,
    holdUntilReleased: false,
    withhold: [],
    timePrecision: 'WEEK',
    place: {
      ...{ latitude: 32.556, longitude: -117.047, countyFips: '06073', stateFips: '06' },
      ...{ setting: 'PORT_OF_ENTRY', portOfEntry: 'SAN YSIDRO' },
    },
    substances: [
      {
        ...{ deaCode: '9801', name: 'Fentanyl', category: 'FENTANYL', form: 'POWDER' },
        ...{ quantity: 12.5, quantityReason: null, unit: 'KG', milligrams: 12_500_000n, units: null, estimated: false },
        ...{ laboratoryStatus: 'CONFIRMED', purityPercent: 4.1, signature: null, adulterants: ['xylazine'] },
      },
    ],
    concealment: ['VEHICLE_COMPARTMENT', 'LUGGAGE'],
    conveyance: 'PASSENGER_VEHICLE',
    route: null,
    people: [],
    identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for a test.', decidedBy: 'unit 0' },
    source: { reliability: 'B', credibility: 2 },
    packaging: null,
    remarks: null,
    narrative: 'Invented for a test.',
    taskForceIds: [],
    ...over,
  };
}

/** What libs/submission adds to a report before it is stored; the seals hold nothing. */
export function partsOf(
  report: ValidReport,
  as: ActAs,
  over: Partial<ReportParts> & { regionIds?: string[] } = {},
): ReportParts {
  const { regionIds = [], ...given } = over;
  const views = deidentify(report, { h3Resolution: 6, policy: RELEASE_POLICY_1 });
  const { sharing, taskForceIds, place } = report;
  const { stateFips, countyFips } = place;
  const facts = { agencyId: as.agencyId, sharing, taskForceIds, stateFips, countyFips, regionIds };
  return {
    ...as,
    reportId: newId(),
    recordId: newId(),
    contentDigest: `v1:${report.submitterReference}`,
    synthetic: true,
    raisesAlerts: true,
    views,
    audiences: views.map(({ precision }) => audienceOf(precision, facts)),
    hold: null,
    community: communityRows(report),
    sealedNarrative: report.narrative === null ? null : Buffer.from('sealed'),
    sealedBasis: report.basis === null ? null : Buffer.from('sealed'),
    sealedIdentifiers: report.identifiers.map(({ kind, sensitivity }) => ({
      ...{ id: newId(), kind, sensitivity },
      sealed: Buffer.from('sealed'),
    })),
    audit: auditEntry({
      ...{ at: new Date(), personId: as.personId, agencyId: as.agencyId, roles: ['ANALYST'] },
      ...{ action: 'report.submit', outcome: 'DONE', purpose: null, subjects: [] },
    }),
    ...given,
  };
}
