import type {
  AffiliationCode,
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

/** How exactly a record is shown, from finest to coarsest. PUBLIC has no views: numbers only. */
export const PRECISIONS = ['OWNER', 'TASK_FORCE', 'PARTNER', 'COMMUNITY'] as const;
export type Precision = (typeof PRECISIONS)[number];
/** 0 is the finest; the database keeps this rank beside the name so that "finest visible" is a comparison. */
export const precisionRank = (precision: Precision): number => PRECISIONS.indexOf(precision);

declare const minted: unique symbol;

/**
 * One precision of a record: what somebody whose keyring opens it may see, and nothing else. Minted by
 * `deidentify` alone, so that a value of this type has passed the precision's generalisation. Absent means that the
 * precision does not carry it, that it was withheld or that it was not reported; readers cannot tell which.
 */
export interface RecordView extends ViewContent {
  readonly [minted]: true;
}

export interface ViewContent {
  readonly precision: Precision;
  /** Version of the release policy that this view was made by. */
  readonly policyVersion: number;
  readonly tlp: TlpCode;
  /** Half-open interval [from, to) that contains the time of the seizure. */
  readonly occurred: { readonly from: Date; readonly to: Date; readonly offsetMinutes: number };
  readonly place: {
    readonly stateFips: string;
    readonly countyFips: string | null;
    /** H3 cell index (resolution 6 or 7); never finer than the view's precision allows. */
    readonly h3: string | null;
    /** Degrees; at OWNER only. */
    readonly latitude: number | null;
    readonly longitude: number | null;
    readonly setting: SettingCode | null;
    readonly portOfEntry: string | null;
  };
  readonly substances: readonly SubstanceView[];
  readonly concealment: readonly ConcealmentCode[] | null;
  readonly conveyance: ConveyanceCode | null;
  /** How it was packed, and the submitter's remarks to readers: text that was screened before it was released. */
  readonly packaging: string | null;
  readonly remarks: string | null;
  readonly route: RouteView | null;
  readonly people: readonly PersonView[];
  readonly source: { readonly reliability: SourceReliability; readonly credibility: SourceCredibility } | null;
  /** True when the contributing agency is not to be named at this precision. */
  readonly contributorWithheld: boolean;
  /** What was done to each field, for "why do I see it like this": `place: point -> county`. */
  readonly transformations: readonly Transformation[];
}

export interface SubstanceView {
  readonly deaCode: string | null;
  readonly name: string;
  readonly category: SubstanceCategory;
  readonly form: FormCode | null;
  readonly laboratoryStatus: LaboratoryStatus | null;
  readonly quantity: QuantityView | null;
  /** Inclusive band in percent; both ends equal where exact. */
  readonly purity: { readonly min: number; readonly max: number } | null;
  readonly signature: string | null;
  readonly adulterants: readonly string[] | null;
}

/**
 * Both ends inclusive, in whole milligrams or whole units; equal ends mean exact. A decade band of 12.5 kg is
 * 10_000_000 to 99_999_999 mg. A weight has no units and a count no milligrams. A volume (`ML` …) has neither: only
 * `unit` is given, and at OWNER and TASK_FORCE `amount`.
 */
export interface QuantityView {
  readonly unit: UnitCode;
  readonly milligrams: { readonly min: bigint; readonly max: bigint } | null;
  readonly units: { readonly min: bigint; readonly max: bigint } | null;
  /** As submitted, in `unit`; null wherever the precision carries bands only. */
  readonly amount: number | null;
  readonly estimated: boolean;
}

/** Ends of the route at the precision's grain; they open nothing. */
export interface RouteView {
  readonly originCountry: string | null;
  readonly originStateFips: string | null;
  readonly originCountyFips: string | null;
  readonly destinationCountry: string | null;
  readonly destinationStateFips: string | null;
  readonly destinationCountyFips: string | null;
}

export interface PersonView {
  readonly role: PersonRole;
  /** Inclusive years; at OWNER exact, at TASK_FORCE a band, else null. */
  readonly age: { readonly min: number; readonly max: number } | null;
  /** OWNER only: an attribute for aggregates, never for search, rules or rankings (design.md section 1). */
  readonly citizenship: CitizenshipCode | null;
  readonly affiliation: AffiliationCode | null;
}

export interface Transformation {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}
