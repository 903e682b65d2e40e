import { Field, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { PrecisionEnum } from '../graphql/shared.types.js';

@ObjectType({ description: 'A key that opens a record of yours, whoever carries it.' })
@PresentedAs('own-record')
export class RecordAudienceEntry {
  @Field({ description: '`agency:…`, `taskforce:…`, `county:…`, `state:…`, `region:…` or `nation:us`.' })
  key!: string;

  @Field({ description: 'Who carries it, in words.' })
  label!: string;

  @Field(() => PrecisionEnum, { description: 'How exactly they see it.' })
  precision!: string;

  @Field({ description: 'What made it so: your sharing, and the place of the seizure.' })
  because!: string;
}

@ObjectType({ description: 'A key of yours that opens a record.' })
@PresentedAs('record-view')
export class RecordOpener {
  @Field({ description: 'As in `me { keyring }`.' })
  key!: string;

  @Field({ description: 'Why you carry it.' })
  because!: string;

  @Field(() => PrecisionEnum, { description: 'How exactly it shows the record; you get the finest.' })
  precision!: string;
}

@ObjectType({ description: 'A key, and what it does or would do.' })
@PresentedAs('own-record')
export class AccessReason {
  @Field({ description: 'A key of the record’s audience.' })
  key!: string;

  @Field({ description: 'Why the person carries it, or that it is not carried.' })
  reason!: string;
}

@ObjectType({ description: 'Whether a person reads a record of yours at this moment, and why.' })
@PresentedAs('own-record')
export class AccessExplanation {
  @Field({ description: 'Found by reading it in that person’s name.' })
  allowed!: boolean;

  @Field(() => PrecisionEnum, { nullable: true, description: 'How exactly; null where not at all.' })
  precision!: string | null;

  @Field(() => [AccessReason], {
    description: 'The keys that the person carries to it; if there are none, the keys that would open it.',
  })
  because!: AccessReason[];
}
