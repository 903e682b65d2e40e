import { createUnionType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { DataClassEnum, PageInfo, PurposeEnum, SharingEnum } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';

@ObjectType({ description: 'An agency that an agreement names.' })
@PresentedAs('agreement')
export class AgreementParty {
  @Field(() => String, { nullable: true, description: 'Null for community partners.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field({ description: 'Its own admin has signed: until then the agreement neither binds nor opens anything for it.' })
  signed!: boolean;

  @Field(() => Date, { nullable: true, description: 'Null while it has not, and for what was signed before 0.4.' })
  signedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it withdrew; null: as long as the agreement.' })
  until!: Date | null;
}

@ObjectType({ description: 'Whom to ask about an agreement.' })
@PresentedAs('agreement')
export class AgreementContact {
  @Field(() => String, { nullable: true, description: 'A name or an office.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Telephone.' })
  phone!: string | null;

  @Field(() => String, { nullable: true, description: 'E-mail.' })
  email!: string | null;
}

@ObjectType({
  description:
    'What agencies have agreed: why its parties may read what others share, and how widely they may share themselves.',
})
@PresentedAs('agreement')
export class Agreement {
  @Field(() => ID, { description: 'Its id; a party signs by it.' })
  id!: string;

  @Field({ description: 'Its name, as reasons of keys give it.' })
  name!: string;

  @Field(() => [AgreementParty], { description: 'Every agency that it names, by name.' })
  parties!: AgreementParty[];

  @Field(() => [PurposeEnum], { description: 'Purposes for which a party reads under it; no other opens anything.' })
  purposes!: string[];

  @Field(() => SharingEnum, { description: 'How widely a party may share its own records.' })
  widestSharing!: string;

  @Field(() => [DataClassEnum], { description: 'What it covers.' })
  dataClasses!: string[];

  @Field({ description: 'Inclusive.' })
  from!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'Exclusive; when it ends for you, where your agency withdrew sooner. Null: until somebody ends it.',
  })
  until!: Date | null;

  @Field(() => AgreementContact, { description: 'Whom to ask.' })
  contact!: AgreementContact;

  @Field({ description: 'SHA-256 of the signed text, which its parties keep.' })
  textDigest!: string;

  @Field(() => String, { nullable: true, description: 'Why it was ended before its time.' })
  endedReason!: string | null;
}

@ObjectType({ description: 'One agreement of a page.' })
@PresentedAs('agreement')
export class AgreementEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => Agreement, { description: 'The agreement.' })
  node!: Agreement;
}

@ObjectType({ description: 'Agreements, the oldest first.' })
@PresentedAs('page')
export class AgreementConnection {
  @Field(() => [AgreementEdge], { description: 'The page.' })
  edges!: AgreementEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Whom to ask about an agreement: a telephone number or an e-mail address at least.' })
export class AgreementContactInput {
  @Field(() => String, { nullable: true, description: 'A name or an office.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Telephone.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'E-mail.' })
  email?: string | null;
}

@InputType({
  description:
    'A system admin records what was agreed: all but `agreementId`. An agency’s admin signs for the agency: `agreementId` and `textDigest`, nothing else.',
})
export class SignAgreementInput {
  @Field(() => ID, { nullable: true, description: 'The agreement that you sign for your agency.' })
  agreementId?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 200 characters.' })
  name?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Two or more, by ORI; an agency that has none by its id. Each counts when its own admin has signed.',
  })
  parties?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of `Purpose`.' })
  purposes?: string[] | null;

  @Field(() => String, { nullable: true, description: 'A code of `Sharing`.' })
  widestSharing?: string | null;

  @Field(() => [String], { nullable: true, description: 'Codes of `DataClass`; all of them if left out.' })
  dataClasses?: string[] | null;

  @Field(() => String, { nullable: true, description: 'A date or an instant; inclusive.' })
  from?: string | null;

  @Field(() => String, { nullable: true, description: 'A date or an instant; exclusive. Left out: no end.' })
  until?: string | null;

  @Field(() => AgreementContactInput, { nullable: true, description: 'Whom to ask.' })
  contact?: AgreementContactInput | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the text in hexadecimal: of what you have read, if you sign.',
  })
  textDigest?: string | null;
}

@ObjectType({ description: 'It is recorded, or signed for your agency.' })
@PresentedAs('outcome')
export class AgreementSigned {
  @Field(() => Agreement, { description: 'As it is now.' })
  agreement!: Agreement;
}

@ObjectType({ description: 'It has ended: for all, or for your agency.' })
@PresentedAs('outcome')
export class AgreementEnded {
  @Field(() => Agreement, { description: 'As it is now.' })
  agreement!: Agreement;
}

export const SignAgreementPayload = createUnionType({
  name: 'SignAgreementPayload',
  description: 'What became of an agreement or a signature.',
  types: () => [AgreementSigned, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : AgreementSigned),
});

export const EndAgreementPayload = createUnionType({
  name: 'EndAgreementPayload',
  description: 'What became of the end of an agreement.',
  types: () => [AgreementEnded, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : AgreementEnded),
});
