import { IdentifierTraces } from './identifier-traces.js';
import { generaliseMethod } from './method.generaliser.js';
import { mintView } from './mint-view.js';
import { generalisePerson } from './people.generaliser.js';
import { cellOf, generalisePlace } from './place.generaliser.js';
import type { H3Resolution, PlaceContext } from './place.generaliser.js';
import type { RecordView } from './record-view.js';
import { rulesOf } from './release-policy/rules-of-tier.js';
import type { ReleasePolicy } from './release-policy/release-policy.js';
import { generaliseRemarks } from './remarks.generaliser.js';
import { generaliseRoute } from './route.generaliser.js';
import { generaliseSubstance } from './substance.generaliser.js';
import { TIERS } from './tier.js';
import type { Tier } from './tier.js';
import { generaliseTime } from './time.generaliser.js';
import { TransformationLog } from './transformation-log.js';
import type { ValidReport } from './valid-report.js';
import { isWithheld, type FieldContext } from './withhold.js';

/** What the submitting agency has settled about its records' precision, and what holds for everybody. */
export interface DeidentificationSettings {
  /** Resolution of the H3 cell that task forces see: 6 (36 km²) by default, 7 (5 km²) where the agency sets it. */
  readonly h3Resolution: H3Resolution;
  /** Which fields each tier carries, and how exactly. */
  readonly policy: ReleasePolicy;
}

/**
 * The views of a record at OWNER, TASK_FORCE and PARTNER, in this order, as the release policy has them. Each view is
 * computed from the report, never from another view. Pure: no clock, no randomness, no I/O; equal reports give equal
 * views. No identifier, narrative, basis, reference or task force of the report is in any of them.
 */
export function deidentify(report: ValidReport, settings: DeidentificationSettings): RecordView[] {
  const { policy, h3Resolution: resolution } = settings;
  const shared = {
    place: { cell: cellOf(report.place, resolution), resolution },
    traces: new IdentifierTraces(report.identifiers),
  };
  return TIERS.map((tier) => viewAt(tier, report, policy, shared));
}

/** Made once a report. */
interface Shared {
  readonly place: PlaceContext;
  readonly traces: IdentifierTraces;
}

/** Every field is named: what is added to a report later reaches no view unless somebody writes it here. */
function viewAt(tier: Tier, report: ValidReport, policy: ReleasePolicy, shared: Shared): RecordView {
  const log = new TransformationLog();
  const rules = rulesOf(policy, tier);
  const context: FieldContext = { tier, rules, withhold: report.withhold, traces: shared.traces };
  return mintView({
    precision: tier,
    policyVersion: policy.version,
    tlp: report.tlp,
    occurred: generaliseTime(report.occurred, rules.occurred, report.timePrecision, log),
    place: generalisePlace(report.place, shared.place, context, log),
    substances: report.substances.map((substance) => generaliseSubstance(substance, context, log)),
    ...generaliseMethod(report, context),
    ...generaliseRemarks(report, context, log),
    route: generaliseRoute(report.route, rules.route.level, log),
    people:
      rules['people.role'].level === 'ABSENT'
        ? []
        : report.people.map((person) => generalisePerson(person, tier, rules['people.age'].level, log)),
    source:
      report.source === null || rules.source.level === 'ABSENT'
        ? null
        : { reliability: report.source.reliability, credibility: report.source.credibility },
    contributorWithheld: isWithheld('contributor', context),
    transformations: log.entries(),
  });
}
