/**
 * The code lists of the API, one constant a list. The order is the order in which documentation shows them.
 * They are string unions and text columns with CHECK, never database enums (comparisons of enums are not leakproof,
 * design.md section 5).
 */

export const FORM_CODES = [
  'POWDER',
  'PILL_TABLET',
  'CAPSULE',
  'CRYSTAL',
  'LIQUID',
  'PLANT',
  'RESIN',
  'PATCH',
  'OTHER',
  'UNKNOWN',
] as const;
export type FormCode = (typeof FORM_CODES)[number];

/** NIBRS data element 22: weights KG GM LB OZ, volumes LT ML GL FO, dosage units DU, plants NP, not reported XX. */
export const UNIT_CODES = ['KG', 'GM', 'LB', 'OZ', 'LT', 'ML', 'GL', 'FO', 'DU', 'NP', 'XX'] as const;
export type UnitCode = (typeof UNIT_CODES)[number];

export const QUANTITY_REASONS = ['TRACE', 'PENDING', 'UNKNOWN'] as const;
export type QuantityReason = (typeof QUANTITY_REASONS)[number];

export const LABORATORY_STATUSES = ['NONE', 'PRESUMPTIVE', 'CONFIRMED', 'REFUTED'] as const;
export type LaboratoryStatus = (typeof LABORATORY_STATUSES)[number];

export const SETTING_CODES = [
  'PORT_OF_ENTRY',
  'BETWEEN_PORTS',
  'CHECKPOINT',
  'HIGHWAY',
  'STREET',
  'RESIDENCE',
  'BUSINESS',
  'PARCEL_FACILITY',
  'AIRPORT',
  'SEAPORT',
  'RAIL',
  'DETENTION',
  'OTHER',
  'UNKNOWN',
] as const;
export type SettingCode = (typeof SETTING_CODES)[number];

export const CONCEALMENT_CODES = [
  'VEHICLE_COMPARTMENT',
  'VEHICLE_CARGO',
  'ON_PERSON',
  'IN_BODY',
  'BACKPACK',
  'LUGGAGE',
  'PARCEL',
  'COMMERCIAL_FREIGHT',
  'HIDDEN_IN_GOODS',
  'VESSEL',
  'AIRCRAFT_DRONE',
  'TUNNEL',
  'NONE',
  'OTHER',
  'UNKNOWN',
] as const;
export type ConcealmentCode = (typeof CONCEALMENT_CODES)[number];

export const CONVEYANCE_CODES = [
  'PASSENGER_VEHICLE',
  'COMMERCIAL_TRUCK',
  'BUS',
  'TRAIN',
  'PEDESTRIAN',
  'PARCEL_SERVICE',
  'AIRCRAFT',
  'DRONE',
  'VESSEL',
  'NONE',
  'OTHER',
  'UNKNOWN',
] as const;
export type ConveyanceCode = (typeof CONVEYANCE_CODES)[number];

export const PERSON_ROLES = ['COURIER', 'ORGANIZER', 'SUPPLIER', 'BUYER', 'USER', 'OTHER', 'UNKNOWN'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

export const CITIZENSHIP_CODES = ['US_CITIZEN', 'NON_CITIZEN', 'UNKNOWN'] as const;
export type CitizenshipCode = (typeof CITIZENSHIP_CODES)[number];

export const AFFILIATION_CODES = ['INDIVIDUAL', 'DOMESTIC_NETWORK', 'FOREIGN_ORGANIZATION', 'UNKNOWN'] as const;
export type AffiliationCode = (typeof AFFILIATION_CODES)[number];

export const IDENTIFIER_KINDS = [
  'PHONE',
  'PLATE',
  'VIN',
  'PARCEL',
  'ACCOUNT',
  'CRYPTO_ADDRESS',
  'HANDLE',
  'EMAIL',
  'DEVICE',
  'PERSON',
] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

export const IDENTIFIER_SENSITIVITIES = ['OPEN', 'CONTACT_ONLY', 'SILENT'] as const;
export type IdentifierSensitivity = (typeof IDENTIFIER_SENSITIVITIES)[number];

/** Who gets a record first; each includes the ones before. The order matters: narrow to wide. */
export const SHARING_CODES = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'] as const;
export type SharingCode = (typeof SHARING_CODES)[number];

/** TLP 2.0 labels: what a reader may do onward. */
export const TLP_CODES = ['CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT', 'RED'] as const;
export type TlpCode = (typeof TLP_CODES)[number];

export const WITHHOLD_CODES = ['CONTRIBUTOR', 'METHOD', 'SIGNATURE'] as const;
export type WithholdCode = (typeof WITHHOLD_CODES)[number];

export const TIME_PRECISIONS = ['DAY', 'WEEK'] as const;
export type TimePrecision = (typeof TIME_PRECISIONS)[number];

export const OCCURRED_AT_PRECISIONS = ['MINUTE', 'HOUR', 'DAY', 'MONTH'] as const;
export type OccurredAtPrecision = (typeof OCCURRED_AT_PRECISIONS)[number];

export const BASIS_ACTIVITIES = [
  'POSSESSION',
  'DISTRIBUTION',
  'TRAFFICKING',
  'MANUFACTURE',
  'MONEY_LAUNDERING',
  'OTHER',
] as const;
export type BasisActivityCode = (typeof BASIS_ACTIVITIES)[number];

export const SOURCE_RELIABILITIES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
export type SourceReliability = (typeof SOURCE_RELIABILITIES)[number];
export const SOURCE_CREDIBILITIES = [1, 2, 3, 4, 5, 6] as const;
export type SourceCredibility = (typeof SOURCE_CREDIBILITIES)[number];

/** Classes of substances: what a substance without a DEA code is filed under, and what statistics group by. */
export const SUBSTANCE_CATEGORIES = [
  'FENTANYL',
  'HEROIN',
  'OTHER_OPIOID',
  'COCAINE',
  'METHAMPHETAMINE',
  'OTHER_STIMULANT',
  'CANNABIS',
  'HALLUCINOGEN',
  'DEPRESSANT',
  'PRECURSOR',
  'ADULTERANT',
  'OTHER',
  'UNKNOWN',
] as const;
export type SubstanceCategory = (typeof SUBSTANCE_CATEGORIES)[number];

export const AGENCY_LEVELS = ['FEDERAL', 'STATE', 'LOCAL', 'TRIBAL', 'COMMUNITY'] as const;
export type AgencyLevel = (typeof AGENCY_LEVELS)[number];

export const ROLES = [
  'SUBMITTER',
  'ANALYST',
  'SUPERVISOR',
  'AGENCY_ADMIN',
  'SYSTEM_ADMIN',
  'AUDITOR',
  'PRIVACY_OFFICER',
  'WATCH_OFFICER',
] as const;
export type Role = (typeof ROLES)[number];

/** Why shared records are read; each comes with a reference to a case. */
export const PURPOSE_CODES = [
  'INVESTIGATION',
  'DECONFLICTION',
  'TASK_FORCE',
  'ANALYSIS',
  'OFFICER_SAFETY',
  'ADMINISTRATION',
  'AUDIT',
  'TRAINING',
] as const;
export type PurposeCode = (typeof PURPOSE_CODES)[number];

/** Whether a view surely meets a condition, or may: a condition finer than the view is unknown. */
export const MATCHES = ['CERTAIN', 'POSSIBLE'] as const;
export type Match = (typeof MATCHES)[number];

/** What an API key may be made for, each one action of libs/access: a machine is given what it needs and no more. */
export const API_KEY_CAPABILITIES = ['SUBMIT', 'CORRECT', 'READ_OWN'] as const;
export type ApiKeyCapability = (typeof API_KEY_CAPABILITIES)[number];
