import type { ApprovalNeeds, ApprovalState } from '@concord/agencies';
import type {
  AffiliationCode,
  AgencyLevel,
  ApiKeyCapability,
  CitizenshipCode,
  ConcealmentCode,
  ConveyanceCode,
  FormCode,
  LaboratoryStatus,
  Match,
  PersonRole,
  PurposeCode,
  Role,
  SettingCode,
  SharingCode,
  SubstanceCategory,
  TlpCode,
  UnitCode,
} from '@concord/codes';
import type { CommunityBand } from '@concord/deidentification';
import type { ObservationKind, ObservationScope } from '@concord/records';

/**
 * What each value of a code list means, for whoever explores the schema. A code without a meaning does not compile.
 * TLP: FIRST, Traffic Light Protocol 2.0. Units: NIBRS data element 22.
 */
export const PRECISION_VALUES = {
  OWNER: 'As reported. Your own agency’s records.',
  TASK_FORCE: 'Day, H3 cell and port of entry, quantities as measured. Task forces that the record was shared into.',
  PARTNER: 'Day or week, county, decade bands of quantity. Other agencies under agreement.',
  COMMUNITY: 'Month, state, three bands of quantity. Health and treatment partners under agreement.',
} as const;

export const COUNTED_OVER_VALUES = {
  LISTED_RECORDS: 'Your agency’s records and those that your keys open for the purpose named.',
  OWN_AGENCY: 'Your agency’s records alone: no purpose was named, or others’ records are not for you.',
} as const;

export const PURPOSE_VALUES: Readonly<Record<PurposeCode, string>> = {
  INVESTIGATION: 'A case that is worked on.',
  DECONFLICTION: 'Whether somebody else works on the same target, place or time.',
  TASK_FORCE: 'The work of a task force.',
  ANALYSIS: 'Patterns, routes and trends.',
  OFFICER_SAFETY: 'So that nobody walks into danger.',
  ADMINISTRATION: 'Keeping the service and its agencies in order.',
  AUDIT: 'Looking at who did what.',
  TRAINING: 'Learning to use the service.',
};

export const DATA_CLASS_VALUES = {
  SEIZURE_RECORDS: 'Records of seizures, the alerts about them and counts over them.',
} as const;

export const DANGER_SIDE_VALUES = {
  OPENED_BY_US: 'Somebody of your agency opened a record.',
  OPENED_TO_OURS: 'Somebody of another agency, or your own, opened a record of yours.',
  WATCHED: 'It concerns other agencies; you are an auditor.',
} as const;

export const CONTACT_STATE_VALUES = {
  OPEN: 'The owner has it and has yet to answer.',
  ANSWERED: 'The owner has answered.',
  DECLINED: 'The owner does not answer.',
} as const;

export const IMPORT_FORMAT_VALUES = {
  CSV: 'A heading line and a row for each thing seized, parted by commas, semicolons or tabs.',
  XLSX: 'The same in a workbook.',
  JSON_LINES: 'The same as one JSON object a line.',
  NIBRS_FLAT: 'NIBRS 2019.1, fixed-length flat file.',
  NIBRS_XML: 'NIBRS 2019.1, XML of the IEPD.',
} as const;

export const IMPORT_STATE_VALUES = {
  RECEIVING: 'The file comes.',
  READY: 'The file is whole and waits to be confirmed.',
  RUNNING: 'A worker has it, or will.',
  PAUSED: 'It stands still, and goes on where it was when it is resumed.',
  DONE: 'Every row has been judged.',
  FAILED: 'The file cannot be read; what was accepted before stays.',
  CANCELLED: 'Somebody of the agency ended it; what was accepted stays.',
} as const;

export const IMPORT_OUTCOME_VALUES = {
  ACCEPTED: 'Stored.',
  HELD: 'Stored, and waiting for a supervisor.',
  REFUSED: 'Refused, for the reasons for which a submission by hand would be.',
  DUPLICATE: 'Stored before under the same reference with the same content.',
  QUESTION: 'Not understood without guessing.',
} as const;

export const TLP_VALUES: Readonly<Record<TlpCode, string>> = {
  CLEAR: 'May be passed on to anybody.',
  GREEN: 'May be passed on within the community of those who fight the same thing; not in public.',
  AMBER: 'May be passed on, need to know, within your organization and to its clients.',
  AMBER_STRICT: 'May be passed on, need to know, within your organization only.',
  RED: 'For you alone: not to be passed on to anybody. Goes no wider than task forces.',
};

export const COMMUNITY_BAND_VALUES: Readonly<Record<CommunityBand, string>> = {
  SMALL_OR_UNKNOWN:
    'Less than 100 g, 1,000 dosage units, 100 plants or 100 ml; or how much is not known: a trace, pending, not reported.',
  MEDIUM: '100 g, 1,000 dosage units, 100 plants or 100 ml, and less than LARGE.',
  LARGE: '1 kg, 10,000 dosage units, 1,000 plants or 1 l, and more.',
};

export const MATCH_VALUES: Readonly<Record<Match, string>> = {
  CERTAIN: 'The view that you may see meets the condition.',
  POSSIBLE: 'The condition is finer than the view that you may see: it may be met.',
};

export const AGENCY_LEVEL_VALUES: Readonly<Record<AgencyLevel, string>> = {
  FEDERAL: 'Acts for the nation.',
  STATE: 'Acts for a state.',
  LOCAL: 'Acts for counties, cities or institutions in them.',
  TRIBAL: 'Acts for a tribe.',
  COMMUNITY: 'Health, treatment or other partner; no ORI.',
};

export const AGENCY_STATUS_VALUES = {
  ACTIVE: 'It takes part.',
  LEFT: 'It has left: nobody acts for it, and its records are recalled.',
} as const;
export const API_KEY_CAPABILITY_VALUES: Readonly<Record<ApiKeyCapability, string>> = {
  SUBMIT: 'Submit reports.',
  CORRECT: 'Correct and recall reports of the agency, and add laboratory results.',
  READ_OWN: 'Read the agency’s own reports.',
};

export const ROLE_VALUES: Readonly<Record<Role, string>> = {
  SUBMITTER: 'Submits and corrects reports; reads those of the own agency and no shared records.',
  ANALYST: 'Searches shared records, saves rules, is alerted.',
  SUPERVISOR: 'As an analyst, and decides for the agency on its reports.',
  AGENCY_ADMIN: 'Manages the agency and reads what it may read; neither submits nor has alerts.',
  SYSTEM_ADMIN: 'Runs the deployment; belongs to no agency and sees no record.',
  AUDITOR: 'Reads the books and no record.',
  PRIVACY_OFFICER: 'Reads the books for privacy’s sake, and no record.',
  WATCH_OFFICER: 'Reads shared records and is alerted, around the clock.',
};

export const SHARING_VALUES: Readonly<Record<SharingCode, string>> = {
  AGENCY: 'Nobody but the agency itself.',
  TASK_FORCES: 'And the task forces that are named.',
  STATE: 'And STATE agencies of the state of the seizure.',
  NATION: 'And FEDERAL agencies.',
  PARTNERS: 'And LOCAL and TRIBAL agencies of the county or region of the seizure.',
};

export const SETTING_VALUES: Readonly<Record<SettingCode, string>> = {
  PORT_OF_ENTRY: 'At a port of entry.',
  BETWEEN_PORTS: 'At the border, between ports of entry.',
  CHECKPOINT: 'At a checkpoint away from the border.',
  HIGHWAY: 'On a highway or other road between places.',
  STREET: 'On a street, a parking lot or in the open.',
  RESIDENCE: 'In a dwelling.',
  BUSINESS: 'In a shop, an office or a warehouse.',
  PARCEL_FACILITY: 'Where parcels are sorted or handed over.',
  AIRPORT: 'At an airport.',
  SEAPORT: 'At a harbour or in coastal waters.',
  RAIL: 'On a train or at a station.',
  DETENTION: 'In a jail or prison.',
  OTHER: 'Somewhere else.',
  UNKNOWN: 'Not known.',
};

export const CONCEALMENT_VALUES: Readonly<Record<ConcealmentCode, string>> = {
  VEHICLE_COMPARTMENT: 'In a part of a vehicle that was made or altered to hide things.',
  VEHICLE_CARGO: 'Among what a private vehicle carried.',
  ON_PERSON: 'Under or in clothing, on the body.',
  IN_BODY: 'Swallowed or inserted.',
  BACKPACK: 'In a pack carried on foot.',
  LUGGAGE: 'In a suitcase or bag of a traveller.',
  PARCEL: 'In mail or a parcel.',
  COMMERCIAL_FREIGHT: 'Among commercial freight.',
  HIDDEN_IN_GOODS: 'Inside goods, such as food, toys or machine parts.',
  VESSEL: 'In the structure of a vessel.',
  AIRCRAFT_DRONE: 'Carried by an aircraft or a drone.',
  TUNNEL: 'Through a tunnel.',
  NONE: 'Not hidden.',
  OTHER: 'In another way.',
  UNKNOWN: 'Not known.',
};

export const CONVEYANCE_VALUES: Readonly<Record<ConveyanceCode, string>> = {
  PASSENGER_VEHICLE: 'A car, a van or a motorcycle.',
  COMMERCIAL_TRUCK: 'A truck or tractor-trailer.',
  BUS: 'A bus or coach.',
  TRAIN: 'A train.',
  PEDESTRIAN: 'Somebody on foot.',
  PARCEL_SERVICE: 'Mail or a courier service.',
  AIRCRAFT: 'A manned aircraft.',
  DRONE: 'An unmanned aircraft.',
  VESSEL: 'A boat or ship.',
  NONE: 'Nothing: it was not on its way.',
  OTHER: 'Something else.',
  UNKNOWN: 'Not known.',
};

export const FORM_VALUES: Readonly<Record<FormCode, string>> = {
  POWDER: 'Powder.',
  PILL_TABLET: 'Pressed pills or tablets: counted, and weighed only where a scale was used.',
  CAPSULE: 'Capsules.',
  CRYSTAL: 'Crystals, rocks.',
  LIQUID: 'Liquid, or dissolved.',
  PLANT: 'Plants or parts of plants.',
  RESIN: 'Resin, wax, oil, tar.',
  PATCH: 'Patches or blotters.',
  OTHER: 'Another form.',
  UNKNOWN: 'Not known.',
};

export const UNIT_VALUES: Readonly<Record<UnitCode, string>> = {
  KG: 'Kilogram.',
  GM: 'Gram.',
  LB: 'Pound, 453.59237 g.',
  OZ: 'Ounce, 28.349523125 g.',
  LT: 'Litre: a volume, never turned into grams.',
  ML: 'Millilitre: a volume, never turned into grams.',
  GL: 'US gallon: a volume, never turned into grams.',
  FO: 'US fluid ounce: a volume, never turned into grams.',
  DU: 'Dosage units, such as pills: counted, never turned into grams.',
  NP: 'Number of plants: counted, never turned into grams.',
  XX: 'Not reported.',
};

export const LABORATORY_STATUS_VALUES: Readonly<Record<LaboratoryStatus, string>> = {
  NONE: 'Nobody has tested it.',
  PRESUMPTIVE: 'A field test or instrument says so.',
  CONFIRMED: 'A laboratory has confirmed it.',
  REFUTED: 'A laboratory found that it was not.',
};

export const SUBSTANCE_CATEGORY_VALUES: Readonly<Record<SubstanceCategory, string>> = {
  FENTANYL: 'Fentanyl and its analogues.',
  HEROIN: 'Heroin.',
  OTHER_OPIOID: 'Opioids other than heroin and fentanyl.',
  COCAINE: 'Cocaine, crack.',
  METHAMPHETAMINE: 'Methamphetamine.',
  OTHER_STIMULANT: 'Other stimulants, such as amphetamine or cathinones.',
  CANNABIS: 'Cannabis, its resin and THC; synthetic cannabinoids are OTHER.',
  HALLUCINOGEN: 'Hallucinogens, such as LSD, psilocybin, MDMA, PCP or ketamine.',
  DEPRESSANT: 'Sedatives and depressants, such as benzodiazepines or GHB.',
  PRECURSOR: 'Chemicals that drugs are made of.',
  ADULTERANT: 'What drugs are cut with, such as xylazine.',
  OTHER: 'What fits no other class, such as steroids or synthetic cannabinoids.',
  UNKNOWN: 'Not known.',
};

export const PERSON_ROLE_VALUES: Readonly<Record<PersonRole, string>> = {
  COURIER: 'Carried it.',
  ORGANIZER: 'Had others carry it.',
  SUPPLIER: 'Sold or handed it over.',
  BUYER: 'Bought or took it over.',
  USER: 'Had it for own use.',
  OTHER: 'Another part.',
  UNKNOWN: 'Not known.',
};

export const CITIZENSHIP_VALUES: Readonly<Record<CitizenshipCode, string>> = {
  US_CITIZEN: 'A citizen of the United States.',
  NON_CITIZEN: 'No citizen of the United States.',
  UNKNOWN: 'Not known.',
};

export const AFFILIATION_VALUES: Readonly<Record<AffiliationCode, string>> = {
  INDIVIDUAL: 'Worked for nobody else.',
  DOMESTIC_NETWORK: 'Worked for a network inside the country.',
  FOREIGN_ORGANIZATION: 'Worked for an organization abroad.',
  UNKNOWN: 'Not known.',
};

export const REPORT_STATUS_VALUES = {
  DRAFT: 'Returned by a supervisor with a note: correct it, and it is screened again. Nobody else sees it.',
  HELD: 'Stored, and waiting for a supervisor of the agency, or of its parent; nobody else sees it.',
  EMBARGOED: 'Stored; nobody but the agency sees the record before `releaseAfter`, or until it is released by hand.',
  RELEASED: 'Open to whoever its sharing names.',
  RECALLED: 'Taken back: nobody else sees the record any more.',
  PURGED: 'Removed at the end of its retention; only the books remember that it was.',
} as const;

export const REPORT_CHANGE_VALUES = {
  SUBMITTED: 'It was submitted.',
  CORRECTED: 'It was corrected.',
  LABORATORY_RESULT: 'A laboratory’s result was recorded.',
  RECALLED: 'It was recalled.',
  RELEASED: 'A supervisor released what was held, or it was released by hand.',
  RETURNED: 'A supervisor returned what was held.',
} as const;

export const ALERT_CHANGE_VALUES = {
  RAISED: 'A record met a rule of yours.',
  CORRECTED: 'The record was corrected.',
  LABORATORY_RESULT: 'A laboratory’s result changed what you see of the record.',
  RECALLED: 'The record was recalled, or is no longer shared with you: discard what you took from it.',
} as const;

export const ALERT_STATE_VALUES = {
  RAISED: 'On its way to your inbox.',
  DELIVERED: 'In your inbox.',
  SEEN: 'You have had it on the screen.',
  ACKNOWLEDGED: 'You have acknowledged it.',
  IN_WORK: 'You work on it.',
  CLOSED: 'You are done with it.',
} as const;

export const APPROVAL_STATE_VALUES: Readonly<Record<ApprovalState, string>> = {
  PENDING: 'Nobody has decided yet.',
  APPROVED: 'A second person has agreed, and it is done.',
  REFUSED: 'A second person has refused it; nothing was changed.',
  EXPIRED: 'Nobody decided in time; nothing was changed.',
};

export const APPROVAL_NEEDS_VALUES: Readonly<Record<ApprovalNeeds, string>> = {
  AGENCY_ADMIN: 'Another admin of the agency.',
  PARENT_ADMIN: 'An admin of the parent agency: the agency has no second one.',
  SYSTEM_ADMIN: 'A system admin, and where a system admin has asked another one.',
};

export const OBSERVATION_KIND_VALUES = {
  SIGNATURE: 'The same press mark or signature, on the same substance.',
  PACKAGING: 'The same packaging, word for word, of the same substance.',
  ROUTE: 'The same substance from the same country to the same state.',
  METHOD: 'The same substance, carried by the same conveyance and hidden in one of the same ways.',
  SUBSTANCE: 'The same substance; without a DEA code, the same class.',
} as const satisfies Record<ObservationKind, string>;

export const OBSERVATION_SCOPE_VALUES = {
  COUNTY: 'In the county of the report.',
  REGION: 'In a region that the county belongs to.',
  STATE: 'In its state.',
  NATION: 'Anywhere.',
} as const satisfies Record<ObservationScope, string>;
