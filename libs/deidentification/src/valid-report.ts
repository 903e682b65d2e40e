import type {
  AffiliationCode,
  BasisActivityCode,
  CitizenshipCode,
  ConcealmentCode,
  ConveyanceCode,
  FormCode,
  IdentifierKind,
  IdentifierSensitivity,
  LaboratoryStatus,
  OccurredAtPrecision,
  PersonRole,
  QuantityReason,
  SettingCode,
  SharingCode,
  SourceCredibility,
  SourceReliability,
  SubstanceCategory,
  TimePrecision,
  TlpCode,
  UnitCode,
  WithholdCode,
} from '@concord/codes';

/**
 * A report that has passed every check of `libs/submission` and in which every default is filled in, so that two
 * submissions that mean the same are equal. Everything from here on may rely on it. Only the submitting agency ever
 * sees one; others see the views that {@link deidentify} derives from it.
 */
export interface ValidReport {
  /** The submitter's own reference, unique within the agency; makes submission idempotent. */
  readonly submitterReference: string;
  readonly occurred: Occurred;
  readonly sharing: SharingCode;
  readonly tlp: TlpCode;
  /** Before this instant nobody but the owner sees the record; null: released at once. */
  readonly releaseAfter: Date | null;
  /** Nobody but the owner sees the record until the owner releases it by hand; then `releaseAfter` is null. */
  readonly holdUntilReleased: boolean;
  readonly withhold: readonly WithholdCode[];
  /** How exactly partners see the time; WEEK unless the owner chose DAY. */
  readonly timePrecision: TimePrecision;
  readonly place: ValidPlace;
  /** 1 to 20. */
  readonly substances: readonly ValidSubstance[];
  readonly concealment: readonly ConcealmentCode[];
  readonly conveyance: ConveyanceCode;
  /** How it was packed, in the submitter's words. */
  readonly packaging: string | null;
  /** The submitter's words for whoever may see the record; shared, unlike the narrative. */
  readonly remarks: string | null;
  readonly route: ValidRoute | null;
  readonly people: readonly ValidPerson[];
  readonly identifiers: readonly ValidIdentifier[];
  /** 28 CFR 23.20(c); present whenever there is an identifier. */
  readonly basis: ValidBasis | null;
  readonly source: ValidSource | null;
  readonly narrative: string | null;
  readonly taskForceIds: readonly string[];
}

/** When it happened, as reported: the half-open interval [from, to) that the stated precision leaves open. */
export interface Occurred {
  /** The submitted instant, cut down to the precision in the submitted offset's calendar. */
  readonly from: Date;
  /** Exclusive; `from` plus one minute, hour, day or month of the submitted offset's calendar. */
  readonly to: Date;
  /** Offset of the submitted time from UTC in minutes, east positive (-08:00 is -480). ISO weeks and days follow it. */
  readonly offsetMinutes: number;
  readonly precision: OccurredAtPrecision;
}

export interface ValidPlace {
  /** WGS 84 degrees; both or neither. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Five-digit FIPS county code as text. */
  readonly countyFips: string;
  /** Two-digit FIPS state code: the first two digits of the county's. */
  readonly stateFips: string;
  readonly setting: SettingCode;
  readonly portOfEntry: string | null;
}

export interface ValidSubstance {
  /** DEA four-digit code; null where there is none (xylazine), then `name` and `category` say what it is. */
  readonly deaCode: string | null;
  readonly name: string;
  readonly category: SubstanceCategory;
  readonly form: FormCode;
  /** Number as submitted in `unit`; null with a reason. */
  readonly quantity: number | null;
  readonly quantityReason: QuantityReason | null;
  readonly unit: UnitCode | null;
  /** Weight in whole milligrams; only where the unit is a weight. Pills and plants have none: no factor, ever. */
  readonly milligrams: bigint | null;
  /** Number of what is counted (dosage units, plants); null where the unit is a weight or volume. */
  readonly units: bigint | null;
  readonly estimated: boolean;
  readonly laboratoryStatus: LaboratoryStatus;
  /** 0 to 100. */
  readonly purityPercent: number | null;
  readonly signature: string | null;
  readonly adulterants: readonly string[];
}

export interface ValidRoute {
  /** ISO 3166-1 alpha-2. */
  readonly originCountry: string | null;
  readonly originCountyFips: string | null;
  readonly destinationCountry: string | null;
  readonly destinationCountyFips: string | null;
}

export interface ValidPerson {
  readonly role: PersonRole;
  /** Years, 0 to 120. */
  readonly age: number | null;
  readonly citizenship: CitizenshipCode;
  readonly affiliation: AffiliationCode;
}

export type ValidIdentifier =
  | {
      readonly kind: Exclude<IdentifierKind, 'PERSON'>;
      readonly value: string;
      readonly sensitivity: IdentifierSensitivity;
    }
  | {
      readonly kind: 'PERSON';
      /** `birthDate` is YYYY-MM-DD. */
      readonly person: { readonly givenName: string; readonly surName: string; readonly birthDate: string };
      readonly sensitivity: IdentifierSensitivity;
    };

/** Reasonable suspicion of criminal activity, and who decided on it: 28 CFR 23.20(c). */
export interface ValidBasis {
  readonly activity: BasisActivityCode;
  readonly reasonableSuspicion: string;
  readonly decidedBy: string;
}

/** Admiralty grading: reliability and credibility are judged apart; F and 6 mean "no basis", not "middling". */
export interface ValidSource {
  readonly reliability: SourceReliability;
  readonly credibility: SourceCredibility;
}
