import type { AuditEntry } from '@concord/audit';
import {
  precisionRank,
  type CommunityRow,
  type RecordView,
  type SubstanceView,
  type ValidReport,
} from '@concord/deidentification';

/** What an agency's standing defaults may fill in. */
export type DefaultedField = 'sharing' | 'tlp' | 'withhold' | 'timePrecision' | 'releaseAfter' | 'holdUntilReleased';

/** Why a report waits for a supervisor: a place in it or a rule of its agency, and never its text. */
export interface HoldReason {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** Code units of the text at `path` as it is stored, [from, to); null where the reason is no place. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What T1 writes besides the report's own columns: sealed parts as base64, ids made by the caller. */
export interface ReportParts {
  readonly personId: string;
  readonly agencyId: string;
  readonly reportId: string;
  readonly recordId: string;
  readonly contentDigest: string;
  readonly synthetic: boolean;
  /** False for data that is loaded and not news. */
  readonly raisesAlerts: boolean;
  readonly views: readonly RecordView[];
  /** Keys of each view's audience, in the order of `views`. */
  readonly audiences: readonly (readonly string[])[];
  readonly sealedNarrative: Buffer | null;
  readonly sealedBasis: Buffer | null;
  readonly sealedIdentifiers: readonly {
    readonly id: string;
    readonly kind: string;
    readonly sensitivity: string;
    readonly sealed: Buffer;
  }[];
  readonly audit: AuditEntry;
  /** What the agency's defaults filled in; absent: nothing. */
  readonly defaulted?: readonly DefaultedField[] | undefined;
  /** Held for these; null: nothing holds it. */
  readonly hold: readonly HoldReason[] | null;
  /** What of it may come into a batch for community partners. */
  readonly community: readonly CommunityRow[];
}

/** A report that is ready to be stored. */
export interface ReadyReport {
  readonly report: ValidReport;
  readonly parts: ReportParts;
  /** Of a load: milliseconds after the moment at which it would be released, so that it shares none with others; default 0. */
  readonly delayMs?: number;
}

/** What a report says besides its sealed parts, as its owner reads it back. */
export type ReportContent = Pick<
  ValidReport,
  'withhold' | 'timePrecision' | 'place' | 'concealment' | 'conveyance' | 'route' | 'people' | 'source' | 'taskForceIds'
> & {
  /** Absent in reports that were stored before 0.5. */
  readonly packaging?: string | null;
  readonly remarks?: string | null;
  /** What the agency's defaults filled in, because the report left it out; absent: nothing. */
  readonly defaulted?: readonly DefaultedField[];
  readonly occurredPrecision: ValidReport['occurred']['precision'];
  readonly substances: readonly StoredSubstance[];
};

export type StoredSubstance = Omit<ValidReport['substances'][number], 'milligrams' | 'units'> & {
  /** Decimal text of int8. */
  readonly milligrams: string | null;
  readonly units: string | null;
};

export function contentOf(report: ValidReport, defaulted: readonly DefaultedField[] = []): ReportContent {
  return {
    ...(defaulted.length === 0 ? {} : { defaulted }),
    withhold: report.withhold,
    timePrecision: report.timePrecision,
    occurredPrecision: report.occurred.precision,
    place: report.place,
    substances: report.substances.map((s) => ({
      ...s,
      milligrams: s.milligrams?.toString() ?? null,
      units: s.units?.toString() ?? null,
    })),
    concealment: report.concealment,
    conveyance: report.conveyance,
    packaging: report.packaging,
    remarks: report.remarks,
    route: report.route,
    people: report.people,
    source: report.source,
    taskForceIds: report.taskForceIds,
  };
}

/** The one argument of `submit_seizure_report`. */
export function persistedForm(report: ValidReport, parts: ReportParts): object {
  return {
    personId: parts.personId,
    agencyId: parts.agencyId,
    recordId: parts.recordId,
    synthetic: parts.synthetic,
    raisesAlerts: parts.raisesAlerts,
    report: {
      id: parts.reportId,
      submitter_reference: report.submitterReference,
      content_digest: parts.contentDigest,
      sharing: report.sharing,
      tlp: report.tlp,
      release_after: report.releaseAfter?.toISOString() ?? null,
      hold_until_released: report.holdUntilReleased,
      occurred_from: report.occurred.from.toISOString(),
      occurred_to: report.occurred.to.toISOString(),
      offset_minutes: report.occurred.offsetMinutes,
      content: contentOf(report, parts.defaulted),
      sealed_narrative: parts.sealedNarrative?.toString('base64') ?? null,
    },
    basis:
      report.basis === null || parts.sealedBasis === null
        ? null
        : { activity: report.basis.activity, sealed: parts.sealedBasis.toString('base64') },
    identifiers: parts.sealedIdentifiers.map((i) => ({ ...i, sealed: i.sealed.toString('base64') })),
    views: parts.views.map((view, index) => viewRow(view, parts.audiences[index] ?? [])),
    substances: parts.views.flatMap((view) =>
      view.substances.map((substance, ordinal) => substanceRow(view, substance, ordinal)),
    ),
    concealment: parts.views.flatMap((view) =>
      (view.concealment ?? []).map((concealment) => ({ rank: precisionRank(view.precision), concealment })),
    ),
    hold: parts.hold,
    community: parts.community.map((row) => communityRow(row, policyVersionOf(parts))),
    audit: parts.audit,
  };
}

/** Of all views of a report, which are made together. */
export function policyVersionOf({ views }: Pick<ReportParts, 'views'>): number {
  const [first] = views;
  if (first === undefined) throw new Error('a report has views');
  return first.policyVersion;
}

/** A view by the columns of `record_view`, but for its audience, which is there by name. */
export function viewRow(view: RecordView, audience: readonly string[]) {
  return {
    precision: view.precision,
    rank: precisionRank(view.precision),
    audience,
    tlp: view.tlp,
    occurred_from: view.occurred.from.toISOString(),
    occurred_to: view.occurred.to.toISOString(),
    offset_minutes: view.occurred.offsetMinutes,
    state_fips: view.place.stateFips,
    county_fips: view.place.countyFips,
    h3: view.place.h3,
    latitude: view.place.latitude,
    longitude: view.place.longitude,
    setting: view.place.setting,
    port_of_entry: view.place.portOfEntry,
    conveyance: view.conveyance,
    packaging: view.packaging,
    remarks: view.remarks,
    route: view.route,
    people: view.people,
    source_reliability: view.source?.reliability ?? null,
    source_credibility: view.source?.credibility ?? null,
    contributor_withheld: view.contributorWithheld,
    transformations: view.transformations,
    policy_version: view.policyVersion,
  };
}

/** A row by the columns of `community_candidate`. */
export function communityRow({ ordinal, stateFips, month, substance, band }: CommunityRow, policyVersion: number) {
  return { ordinal, state_fips: stateFips, month, substance, band, policy_version: policyVersion };
}

/** A substance by the columns of `record_view_substance`. */
export function substanceRow(view: RecordView, substance: SubstanceView, ordinal: number) {
  const { purity } = substance;
  return {
    rank: precisionRank(view.precision),
    ordinal,
    dea_code: substance.deaCode,
    name: substance.name,
    category: substance.category,
    form: substance.form,
    laboratory_status: substance.laboratoryStatus,
    ...quantityColumns(substance.quantity),
    purity_min: purity?.min ?? null,
    purity_max: purity?.max ?? null,
    signature: substance.signature,
    adulterants: substance.adulterants,
  };
}

interface QuantityColumns {
  readonly unit?: string;
  readonly amount?: number | null;
  readonly min_milligrams?: string | undefined;
  readonly max_milligrams?: string | undefined;
  readonly min_units?: string | undefined;
  readonly max_units?: string | undefined;
  readonly estimated: boolean;
}

/** What is not given is left out: the database reads it as null, and an absent `estimated` as false. */
function quantityColumns(quantity: SubstanceView['quantity']): QuantityColumns {
  if (quantity === null) return { estimated: false };
  return {
    unit: quantity.unit,
    amount: quantity.amount,
    min_milligrams: quantity.milligrams?.min.toString(),
    max_milligrams: quantity.milligrams?.max.toString(),
    min_units: quantity.units?.min.toString(),
    max_units: quantity.units?.max.toString(),
    estimated: quantity.estimated,
  };
}
