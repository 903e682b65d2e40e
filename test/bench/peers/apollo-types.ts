import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';

/** The answer's types as a team would declare them, under the names that the page asks for. */
@ObjectType()
export class Occurred {
  @Field()
  from!: Date;

  @Field()
  to!: Date;
}

@ObjectType()
export class Place {
  @Field()
  stateFips!: string;

  @Field(() => String, { nullable: true })
  countyFips!: string | null;

  @Field(() => String, { nullable: true })
  setting!: string | null;
}

@ObjectType()
export class Quantity {
  @Field(() => Float, { nullable: true })
  minGrams!: number | null;

  @Field(() => Float, { nullable: true })
  maxGrams!: number | null;

  @Field(() => Float, { nullable: true })
  minUnits!: number | null;

  @Field(() => Float, { nullable: true })
  maxUnits!: number | null;

  @Field()
  unit!: string;
}

@ObjectType()
export class Substance {
  @Field(() => String, { nullable: true })
  deaCode!: string | null;

  @Field()
  name!: string;

  @Field()
  category!: string;

  @Field(() => String, { nullable: true })
  form!: string | null;

  @Field(() => Quantity, { nullable: true })
  quantity!: Quantity | null;
}

@ObjectType()
export class Contributor {
  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true })
  level!: string | null;
}

@ObjectType()
export class SeizureRecord {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  version!: number;

  @Field()
  precision!: string;

  @Field()
  tlp!: string;

  @Field()
  releasedAt!: Date;

  @Field()
  synthetic!: boolean;

  @Field(() => String, { nullable: true })
  conveyance!: string | null;

  @Field(() => Occurred)
  occurred?: Occurred;

  @Field(() => Place)
  place?: Place;

  @Field(() => [Substance])
  substances?: Substance[];

  @Field(() => Contributor, { nullable: true })
  contributor?: Contributor | null;
}

@ObjectType()
export class PageInfo {
  @Field()
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ObjectType()
export class SeizureRecordEdge {
  @Field()
  cursor!: string;

  @Field()
  match!: string;

  @Field(() => SeizureRecord)
  node!: SeizureRecord;
}

@ObjectType()
export class SeizureRecordConnection {
  @Field(() => [SeizureRecordEdge])
  edges!: SeizureRecordEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

/** A page of records that are newest first, out of a read of one more. */
export function connectionOf<R extends SeizureRecord>(records: readonly R[], size: number): SeizureRecordConnection {
  const edges = records
    .slice(0, size)
    .map((node) => ({ cursor: cursorOf(node.releasedAt, node.id), match: 'CERTAIN', node }));
  return { edges, pageInfo: { hasNextPage: records.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
}

const cursorOf = (at: Date, id: string): string =>
  Buffer.from(JSON.stringify(['record', at.toISOString(), id])).toString('base64url');

/** Both ends of a stored amount are inclusive; shown is the upper end of a band, exclusive. */
export function quantityOf(
  unit: string | null,
  milligrams: readonly [bigint | string | null, bigint | string | null],
  units: readonly [bigint | string | null, bigint | string | null],
): Quantity | null {
  if (unit === null) return null;
  const [minGrams, maxGrams] = ends(milligrams).map((end) => (end === null ? null : end / 1000));
  const [minUnits, maxUnits] = ends(units);
  return {
    unit,
    minGrams: minGrams ?? null,
    maxGrams: maxGrams ?? null,
    minUnits: minUnits ?? null,
    maxUnits: maxUnits ?? null,
  };
}

const ends = ([min, max]: readonly [bigint | string | null, bigint | string | null]): (number | null)[] =>
  min === null || max === null ? [null, null] : [Number(min), min === max ? Number(max) : Number(max) + 1];
