import type {
  AffiliationCode,
  AgencyLevel,
  CitizenshipCode,
  ConcealmentCode,
  ConveyanceCode,
  FormCode,
  LaboratoryStatus,
  PersonRole,
  SettingCode,
  SourceCredibility,
  SourceReliability,
  SubstanceCategory,
  TlpCode,
  UnitCode,
} from '@concord/codes';
import type { Precision, RouteView, Transformation } from '@concord/deidentification';

/** A record as one reader gets it: its finest visible view, read under row-level security. */
export interface RecordCard {
  readonly id: string;
  readonly precision: Precision;
  readonly version: number;
  readonly releasedAt: Date;
  readonly tlp: TlpCode;
  readonly occurred: { readonly from: Date; readonly to: Date; readonly offsetMinutes: number };
  readonly place: {
    readonly stateFips: string;
    readonly countyFips: string | null;
    readonly h3: string | null;
    readonly latitude: number | null;
    readonly longitude: number | null;
    readonly setting: SettingCode | null;
    readonly portOfEntry: string | null;
  };
  readonly substances: readonly SubstanceCard[];
  readonly concealment: readonly ConcealmentCode[] | null;
  readonly conveyance: ConveyanceCode | null;
  readonly packaging: string | null;
  readonly remarks: string | null;
  readonly route: RouteView | null;
  readonly people: readonly PersonCard[];
  readonly source: { readonly reliability: SourceReliability; readonly credibility: SourceCredibility } | null;
  /** Absent name: the owner withheld it at this precision. */
  readonly contributor: {
    readonly name: string | null;
    readonly level: AgencyLevel | null;
    readonly phone: string | null;
    readonly withheld: boolean;
    /** What to call who is withheld, in this record alone; null where the name is there, and in a preview. */
    readonly handle: string | null;
  };
  readonly transformations: readonly Transformation[];
  /** Version of the release policy that the view was made by. */
  readonly policyVersion: number;
  readonly synthetic: boolean;
}

export interface SubstanceCard {
  readonly deaCode: string | null;
  readonly name: string;
  readonly category: SubstanceCategory;
  readonly form: FormCode | null;
  readonly laboratoryStatus: LaboratoryStatus | null;
  readonly unit: UnitCode | null;
  /** As submitted, in `unit`; only at precisions that carry exact amounts. */
  readonly amount: number | null;
  /** Decimal text of int8: both ends inclusive, equal when exact. */
  readonly minMilligrams: string | null;
  readonly maxMilligrams: string | null;
  readonly minUnits: string | null;
  readonly maxUnits: string | null;
  readonly estimated: boolean;
  readonly purityMin: number | null;
  readonly purityMax: number | null;
  readonly signature: string | null;
  readonly adulterants: readonly string[] | null;
}

export interface PersonCard {
  readonly role: PersonRole;
  readonly age: { readonly min: number; readonly max: number } | null;
  readonly citizenship: CitizenshipCode | null;
  readonly affiliation: AffiliationCode | null;
}

/** One row of the database's `seizure_record_card`. */
export interface RecordCardRow {
  record_id: string;
  precision: Precision;
  version: number;
  released_at: Date;
  tlp: TlpCode;
  occurred_from: Date;
  occurred_to: Date;
  offset_minutes: number;
  state_fips: string;
  county_fips: string | null;
  h3: string | null;
  latitude: number | null;
  longitude: number | null;
  setting: SettingCode | null;
  port_of_entry: string | null;
  conveyance: ConveyanceCode | null;
  packaging: string | null;
  remarks: string | null;
  policy_version: number;
  route: RouteView | null;
  people: PersonCard[];
  source_reliability: SourceReliability | null;
  source_credibility: SourceCredibility | null;
  contributor_withheld: boolean;
  transformations: Transformation[];
  synthetic: boolean;
  contributor_name: string | null;
  contributor_level: AgencyLevel | null;
  contributor_phone: string | null;
  contributor_handle: string | null;
  concealment: ConcealmentCode[] | null;
  substances: SubstanceCard[] | null;
}

export function toRecordCard(row: RecordCardRow): RecordCard {
  return {
    id: row.record_id,
    precision: row.precision,
    version: row.version,
    releasedAt: row.released_at,
    tlp: row.tlp,
    occurred: { from: row.occurred_from, to: row.occurred_to, offsetMinutes: row.offset_minutes },
    place: {
      stateFips: row.state_fips,
      countyFips: row.county_fips,
      h3: row.h3,
      latitude: row.latitude,
      longitude: row.longitude,
      setting: row.setting,
      portOfEntry: row.port_of_entry,
    },
    substances: row.substances ?? [],
    concealment: row.concealment,
    conveyance: row.conveyance,
    packaging: row.packaging,
    remarks: row.remarks,
    route: row.route,
    people: row.people,
    source:
      row.source_reliability === null || row.source_credibility === null
        ? null
        : { reliability: row.source_reliability, credibility: row.source_credibility },
    contributor: {
      name: row.contributor_name,
      level: row.contributor_level,
      phone: row.contributor_phone,
      withheld: row.contributor_withheld,
      handle: row.contributor_handle,
    },
    transformations: row.transformations,
    policyVersion: row.policy_version,
    synthetic: row.synthetic,
  };
}
