import { Field, Float, InputType, Int } from '@nestjs/graphql';

/*
 * Every field is nullable and every code is a string: all faults of a report come back together in the mutation's
 * union, with path, code and what would be right, and never as the transport's own error, which would repeat the input.
 */

@InputType({ description: 'Where it was. Only the county decides who sees the record.' })
export class SubmittedPlaceInput {
  @Field(() => Float, { nullable: true, description: 'WGS 84 degrees; with `longitude` or not at all.' })
  latitude?: number | null;

  @Field(() => Float, { nullable: true, description: 'WGS 84 degrees; with `latitude` or not at all.' })
  longitude?: number | null;

  @Field(() => String, { nullable: true, description: 'Required. Five-digit FIPS code, such as 06073.' })
  countyFips?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'PORT_OF_ENTRY BETWEEN_PORTS CHECKPOINT HIGHWAY STREET RESIDENCE BUSINESS PARCEL_FACILITY AIRPORT SEAPORT RAIL DETENTION OTHER UNKNOWN',
  })
  setting?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 80 characters.' })
  portOfEntry?: string | null;
}

@InputType({ description: 'One substance: what and how much.' })
export class SubmittedSubstanceInput {
  @Field(() => String, { nullable: true, description: 'DEA code, such as 9801; or `name` and `category`.' })
  deaCode?: string | null;

  @Field(() => String, { nullable: true, description: 'Its name, where there is no DEA code; with `category`.' })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'FENTANYL HEROIN OTHER_OPIOID COCAINE METHAMPHETAMINE OTHER_STIMULANT CANNABIS HALLUCINOGEN DEPRESSANT PRECURSOR ADULTERANT OTHER UNKNOWN',
  })
  category?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'POWDER PILL_TABLET CAPSULE CRYSTAL LIQUID PLANT RESIN PATCH OTHER UNKNOWN',
  })
  form?: string | null;

  @Field(() => Float, { nullable: true, description: 'In `unit`. Absent or 0 only with a `quantityReason`.' })
  quantity?: number | null;

  @Field(() => String, { nullable: true, description: 'TRACE PENDING UNKNOWN' })
  quantityReason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'KG GM LB OZ LT ML GL FO DU NP XX. Pieces (DU) never become grams.',
  })
  unit?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Estimated, not measured.' })
  estimated?: boolean | null;

  @Field(() => String, { nullable: true, description: 'NONE PRESUMPTIVE CONFIRMED REFUTED' })
  laboratoryStatus?: string | null;

  @Field(() => Float, { nullable: true, description: '0 to 100.' })
  purityPercent?: number | null;

  @Field(() => String, { nullable: true, description: 'Press mark, stamp or brand; at most 120 characters.' })
  signature?: string | null;

  @Field(() => [String], { nullable: true, description: 'What it was cut with.' })
  adulterants?: string[] | null;
}

@InputType({ description: 'Where it came from and where it was going. Opens the record to nobody.' })
export class SubmittedRouteInput {
  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  originCountry?: string | null;

  @Field(() => String, { nullable: true, description: 'Five-digit FIPS code.' })
  originCountyFips?: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  destinationCountry?: string | null;

  @Field(() => String, { nullable: true, description: 'Five-digit FIPS code.' })
  destinationCountyFips?: string | null;
}

@InputType({ description: 'Somebody who was involved; nothing that names them.' })
export class SubmittedPersonInput {
  @Field(() => String, { nullable: true, description: 'COURIER ORGANIZER SUPPLIER BUYER USER OTHER UNKNOWN' })
  role?: string | null;

  @Field(() => Int, { nullable: true, description: 'Years.' })
  age?: number | null;

  @Field(() => String, { nullable: true, description: 'US_CITIZEN NON_CITIZEN UNKNOWN. For aggregates only.' })
  citizenship?: string | null;

  @Field(() => String, { nullable: true, description: 'INDIVIDUAL DOMESTIC_NETWORK FOREIGN_ORGANIZATION UNKNOWN' })
  affiliation?: string | null;
}

@InputType({ description: 'A person by name and birth date. Sealed at once.' })
export class SubmittedPersonNameInput {
  @Field(() => String, { nullable: true, description: 'Given name.' })
  givenName?: string | null;

  @Field(() => String, { nullable: true, description: 'Surname.' })
  surName?: string | null;

  @Field(() => String, { nullable: true, description: 'YYYY-MM-DD.' })
  birthDate?: string | null;
}

@InputType({
  description:
    'What points at somebody. Sealed at once; needs a `basis` (28 CFR 23.20(c)); never of a person under 18, a victim or an informant.',
})
export class SubmittedIdentifierInput {
  @Field(() => String, {
    nullable: true,
    description: 'PHONE PLATE VIN PARCEL ACCOUNT CRYPTO_ADDRESS HANDLE EMAIL DEVICE PERSON',
  })
  kind?: string | null;

  @Field(() => String, { nullable: true, description: 'For every kind but PERSON.' })
  value?: string | null;

  @Field(() => SubmittedPersonNameInput, { nullable: true, description: 'For kind PERSON.' })
  person?: SubmittedPersonNameInput | null;

  @Field(() => String, { nullable: true, description: 'OPEN CONTACT_ONLY SILENT' })
  sensitivity?: string | null;
}

@InputType({ description: 'Why identifiers may be kept: 28 CFR 23.20(c). Sealed.' })
export class SubmittedBasisInput {
  @Field(() => String, {
    nullable: true,
    description: 'POSSESSION DISTRIBUTION TRAFFICKING MANUFACTURE MONEY_LAUNDERING OTHER',
  })
  activity?: string | null;

  @Field(() => String, { nullable: true, description: 'What the suspicion rests on; sealed.' })
  reasonableSuspicion?: string | null;

  @Field(() => String, { nullable: true, description: 'Who decided that the suspicion is reasonable; sealed.' })
  decidedBy?: string | null;
}

@InputType({ description: 'Admiralty grading.' })
export class SubmittedSourceInput {
  @Field(() => String, { nullable: true, description: 'A to F.' })
  reliability?: string | null;

  @Field(() => Int, { nullable: true, description: '1 to 6.' })
  credibility?: number | null;
}

@InputType({
  description: 'A seizure report. What is given is honoured or refused, never stored and ignored.',
})
export class SubmitSeizureReportInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Required. Your own reference, 1 to 64 characters, unique in your agency: sending the same report again is safe.',
  })
  submitterReference?: string | null;

  @Field(() => String, { nullable: true, description: 'Required. ISO 8601 with offset.' })
  occurredAt?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How exactly `occurredAt` is known: MINUTE (default) HOUR DAY MONTH.',
  })
  occurredAtPrecision?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Required. AGENCY TASK_FORCES STATE NATION PARTNERS; each includes the ones before.',
  })
  sharing?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'CLEAR GREEN AMBER (default) AMBER_STRICT RED. RED goes no wider than TASK_FORCES.',
  })
  tlp?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Embargo: before this instant (ISO 8601 with offset) nobody but your agency sees the record.',
  })
  releaseAfter?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Embargo until somebody of your agency releases it by hand (`releaseSeizureReport`). Not together with releaseAfter.',
  })
  holdUntilReleased?: boolean | null;

  @Field(() => [String], { nullable: true, description: 'What partners are not told: CONTRIBUTOR METHOD SIGNATURE.' })
  withhold?: string[] | null;

  @Field(() => String, { nullable: true, description: 'How exactly partners see the time: WEEK (default) or DAY.' })
  timePrecision?: string | null;

  @Field(() => SubmittedPlaceInput, { nullable: true, description: 'Required.' })
  place?: SubmittedPlaceInput | null;

  @Field(() => [SubmittedSubstanceInput], { nullable: true, description: 'Required, 1 to 20.' })
  substances?: SubmittedSubstanceInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'VEHICLE_COMPARTMENT VEHICLE_CARGO ON_PERSON IN_BODY BACKPACK LUGGAGE PARCEL COMMERCIAL_FREIGHT HIDDEN_IN_GOODS VESSEL AIRCRAFT_DRONE TUNNEL NONE OTHER UNKNOWN',
  })
  concealment?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'PASSENGER_VEHICLE COMMERCIAL_TRUCK BUS TRAIN PEDESTRIAN PARCEL_SERVICE AIRCRAFT DRONE VESSEL NONE OTHER UNKNOWN',
  })
  conveyance?: string | null;

  @Field(() => SubmittedRouteInput, { nullable: true, description: 'Where it came from and where it was going.' })
  route?: SubmittedRouteInput | null;

  @Field(() => [SubmittedPersonInput], { nullable: true, description: 'Nothing that names anybody.' })
  people?: SubmittedPersonInput[] | null;

  @Field(() => [SubmittedIdentifierInput], { nullable: true, description: 'What points at somebody; needs a `basis`.' })
  identifiers?: SubmittedIdentifierInput[] | null;

  @Field(() => SubmittedBasisInput, { nullable: true, description: 'Required when there is an identifier.' })
  basis?: SubmittedBasisInput | null;

  @Field(() => SubmittedSourceInput, { nullable: true, description: 'How far the source is trusted.' })
  source?: SubmittedSourceInput | null;

  @Field(() => String, { nullable: true, description: 'Free text that nobody but your agency ever sees; sealed.' })
  narrative?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'How it was packed, up to 200 characters. Shared with whoever sees the record, unless METHOD is withheld.',
  })
  packaging?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Your words to whoever sees the record, up to 2,000 characters; nothing that names anybody. The narrative is for your agency alone.',
  })
  remarks?: string | null;

  @Field(() => [String], { nullable: true, description: 'Task forces of your agency that see it at TASK_FORCE.' })
  taskForceIds?: string[] | null;
}
