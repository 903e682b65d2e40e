import type {
  SubmittedBasis,
  SubmittedIdentifier,
  SubmittedPerson,
  SubmittedPersonName,
  SubmittedPlace,
  SubmittedReport,
  SubmittedRoute,
  SubmittedSource,
  SubmittedSubstance,
} from './submitted-report.js';

/** Every field of a type, and no other: the compiler compares. */
type FieldsOf<T> = Readonly<Record<keyof T, true>>;

export const REPORT_FIELDS: FieldsOf<SubmittedReport> = {
  submitterReference: true,
  occurredAt: true,
  occurredAtPrecision: true,
  sharing: true,
  tlp: true,
  releaseAfter: true,
  holdUntilReleased: true,
  withhold: true,
  timePrecision: true,
  place: true,
  substances: true,
  concealment: true,
  conveyance: true,
  route: true,
  people: true,
  identifiers: true,
  basis: true,
  source: true,
  narrative: true,
  packaging: true,
  remarks: true,
  taskForceIds: true,
};

export const PLACE_FIELDS: FieldsOf<SubmittedPlace> = {
  latitude: true,
  longitude: true,
  countyFips: true,
  setting: true,
  portOfEntry: true,
};

export const SUBSTANCE_FIELDS: FieldsOf<SubmittedSubstance> = {
  deaCode: true,
  name: true,
  category: true,
  form: true,
  quantity: true,
  quantityReason: true,
  unit: true,
  estimated: true,
  laboratoryStatus: true,
  purityPercent: true,
  signature: true,
  adulterants: true,
};

export const ROUTE_FIELDS: FieldsOf<SubmittedRoute> = {
  originCountry: true,
  originCountyFips: true,
  destinationCountry: true,
  destinationCountyFips: true,
};

export const PERSON_FIELDS: FieldsOf<SubmittedPerson> = {
  role: true,
  age: true,
  citizenship: true,
  affiliation: true,
};

export const IDENTIFIER_FIELDS: FieldsOf<SubmittedIdentifier> = {
  kind: true,
  value: true,
  person: true,
  sensitivity: true,
};

export const PERSON_NAME_FIELDS: FieldsOf<SubmittedPersonName> = {
  givenName: true,
  surName: true,
  birthDate: true,
};

export const BASIS_FIELDS: FieldsOf<SubmittedBasis> = {
  activity: true,
  reasonableSuspicion: true,
  decidedBy: true,
};

export const SOURCE_FIELDS: FieldsOf<SubmittedSource> = {
  reliability: true,
  credibility: true,
};
