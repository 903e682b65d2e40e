import { IdentifierTraces } from './identifier-traces.js';
import { generaliseMethod } from './method.generaliser.js';
import { mintView } from './mint-view.js';
import { generalisePerson } from './people.generaliser.js';
import { POLICY_VERSION } from './policy-version.js';
import { cellOf, generalisePlace } from './place.generaliser.js';
import type { H3Resolution, PlaceContext } from './place.generaliser.js';
import type { RecordView } from './record-view.js';
import { generaliseRemarks } from './remarks.generaliser.js';
import { generaliseRoute } from './route.generaliser.js';
import { generaliseSubstance } from './substance.generaliser.js';
import { TIERS } from './tier.js';
import type { Tier } from './tier.js';
import { generaliseTime } from './time.generaliser.js';
import { TransformationLog } from './transformation-log.js';
import type { ValidReport } from './valid-report.js';

/** What the submitting agency has settled about its records' precision. */
export interface DeidentificationSettings {
  /** Resolution of the H3 cell that task forces see: 6 (36 km²) by default, 7 (5 km²) where the agency sets it. */
  readonly h3Resolution: H3Resolution;
}

/**
 * The views of a record at OWNER, TASK_FORCE and PARTNER, in this order, as design.md section 6 has them. Each view is
 * computed from the report, never from another view. Pure: no clock, no randomness, no I/O; equal reports give equal
 * views. No identifier, narrative, basis, reference or task force of the report is in any of them.
 */
export function deidentify(report: ValidReport, settings: DeidentificationSettings): RecordView[] {
  const resolution = settings.h3Resolution;
  const shared: PlaceContext = {
    cell: cellOf(report.place, resolution),
    resolution,
    traces: new IdentifierTraces(report.identifiers),
  };
  return TIERS.map((tier) => viewAt(tier, report, shared));
}

/** Every field is named: what is added to a report later reaches no view unless somebody writes it here. */
function viewAt(tier: Tier, report: ValidReport, shared: PlaceContext): RecordView {
  const log = new TransformationLog();
  const { withhold } = report;
  return mintView({
    precision: tier,
    policyVersion: POLICY_VERSION,
    tlp: report.tlp,
    occurred: generaliseTime(report.occurred, tier, report.timePrecision, log),
    place: generalisePlace(report.place, shared, tier, log),
    substances: report.substances.map((it) => generaliseSubstance(it, tier, { withhold, traces: shared.traces }, log)),
    ...generaliseMethod(report, tier),
    ...generaliseRemarks(report, tier, shared.traces, log),
    route: generaliseRoute(report.route, tier, log),
    people: report.people.map((person) => generalisePerson(person, tier, log)),
    source: report.source && { reliability: report.source.reliability, credibility: report.source.credibility },
    contributorWithheld: tier === 'PARTNER' && withhold.includes('CONTRIBUTOR'),
    transformations: log.entries(),
  });
}
