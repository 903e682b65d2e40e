import { Field, Float, InputType, Int } from '@nestjs/graphql';

@InputType({ description: 'Of one substance of the record: all that is given here.' })
export class SubstanceFilter {
  @Field(() => [String], { nullable: true, description: 'DEA codes, such as 9801 for fentanyl.' })
  deaCodes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Classes: FENTANYL, HEROIN, COCAINE …' })
  categories?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'POWDER, PILL_TABLET …' })
  forms?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'NONE, PRESUMPTIVE, CONFIRMED, REFUTED.' })
  laboratoryStatuses?: string[] | null;
}

@InputType({
  description:
    'Of the substance that is named beside it (in the same object or the same `and`), or of any. A band that the bound cuts is a possible match.',
})
export class QuantityFilter {
  @Field(() => Float, { nullable: true, description: 'Inclusive. Pieces have no grams: for them this is unknown.' })
  minGrams?: number | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  maxGrams?: number | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  minUnits?: number | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  maxUnits?: number | null;
}

@InputType({ description: 'The place of the seizure: all that is given here.' })
export class PlaceFilter {
  @Field(() => [String], { nullable: true, description: 'Two-digit FIPS codes.' })
  stateFips?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Five-digit FIPS codes.' })
  countyFips?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'PORT_OF_ENTRY, HIGHWAY …' })
  settings?: string[] | null;
}

@InputType({ description: 'A date (YYYY-MM-DD, by the clock of the place) or an instant (ISO 8601 with offset).' })
export class PeriodFilter {
  @Field(() => String, { nullable: true, description: 'Inclusive.' })
  from?: string | null;

  @Field(() => String, { nullable: true, description: 'Exclusive.' })
  to?: string | null;
}

@InputType({
  description:
    'Conditions, all of which must hold. They are evaluated on the view that you may see and on no finer one, in three-valued logic: what is finer than your view is unknown and comes back as `match: POSSIBLE`; not(unknown) is unknown.',
})
export class SeizureRecordFilter {
  @Field(() => [SeizureRecordFilter], { nullable: true, description: 'All of these.' })
  and?: SeizureRecordFilter[] | null;

  @Field(() => [SeizureRecordFilter], { nullable: true, description: 'At least one of these.' })
  or?: SeizureRecordFilter[] | null;

  @Field(() => SeizureRecordFilter, { nullable: true, description: 'Not this.' })
  not?: SeizureRecordFilter | null;

  @Field(() => SubstanceFilter, { nullable: true, description: 'What it was.' })
  substance?: SubstanceFilter | null;

  @Field(() => QuantityFilter, { nullable: true, description: 'How much of it.' })
  quantity?: QuantityFilter | null;

  @Field(() => PlaceFilter, { nullable: true, description: 'The place of the seizure.' })
  place?: PlaceFilter | null;

  @Field(() => PeriodFilter, { nullable: true, description: 'When it happened.' })
  occurred?: PeriodFilter | null;

  @Field(() => PeriodFilter, { nullable: true, description: 'When it was released. Dates are UTC.' })
  released?: PeriodFilter | null;

  @Field(() => [String], { nullable: true, description: 'Any of these: VEHICLE_COMPARTMENT, ON_PERSON …' })
  concealment?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these: PASSENGER_VEHICLE, PEDESTRIAN …' })
  conveyance?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these grades of the source: A, B, C, D, E, F. Unknown where your view does not carry it.',
  })
  sourceReliability?: string[] | null;

  @Field(() => [Int], {
    nullable: true,
    description:
      'Any of these grades of the information: 1 (confirmed) to 5 (improbable), 6 (cannot be judged). Unknown where your view does not carry it.',
  })
  sourceCredibility?: number[] | null;
}
