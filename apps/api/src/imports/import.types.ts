import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ImportLeftOut, ImportQuestion } from './import-questions.types.js';
import { ColumnMappingGuessed } from './column-mapping.types.js';
import { ImportFormatEnum, ImportOutcomeEnum, ImportStateEnum, Issue, PageInfo } from '../graphql/shared.types.js';

@ObjectType({ description: 'A file of your agency, and what has become of its rows.' })
@PresentedAs('own-report')
export class ReportImport {
  @Field(() => ID, { description: 'Of the import.' })
  id!: string;

  @Field(() => ImportFormatEnum, { description: 'What the file is read as.' })
  format!: string;

  @Field(() => ImportStateEnum, { description: 'Where it stands.' })
  state!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it is paused, cancelled or has failed: BY_HAND SEAT_ENDED KEY_ENDED FILE_UNREADABLE TOO_LARGE DIGEST_MISMATCH INTERNAL_FAULT ABANDONED.',
  })
  reason!: string | null;

  @Field(() => Int, { description: 'Length of the file in bytes, as it was announced.' })
  bytes!: number;

  @Field(() => Int, { description: 'How much of it is here: an upload that broke off goes on from there.' })
  receivedBytes!: number;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the file, hexadecimal; null until it is known.' })
  contentDigest!: string | null;

  @Field({ description: 'Path of this API that takes the file: `PUT`, with `?offset=` to go on.' })
  uploadPath!: string;

  @Field({
    description:
      'Path of this API that gives the refused rows back as CSV to whoever started the import: `GET`. They may name people; to colleagues they are not there.',
  })
  refusedPath!: string;

  @Field({ description: 'Whether its reports raise alerts.' })
  raiseAlerts!: boolean;

  @Field({ description: 'Whether everything is judged and nothing stored.' })
  dryRun!: boolean;

  @Field({ description: 'Whether you started it: only then you may confirm and resume it.' })
  startedByYou!: boolean;

  @Field(() => Int, { description: 'Entries done: what stands in one row, or in several of one report.' })
  entriesDone!: number;

  @Field(() => Int, { description: 'Stored.' })
  accepted!: number;

  @Field(() => Int, { description: 'Stored, and waiting for a supervisor.' })
  held!: number;

  @Field(() => Int, { description: 'Refused: a submission by hand would be, for the same reasons.' })
  refused!: number;

  @Field(() => Int, { description: 'Stored before under the same reference with the same content.' })
  duplicates!: number;

  @Field(() => Int, { description: 'Not understood without guessing.' })
  questions!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Line ends of the file: about how many rows it has. Null of a workbook or XML, and until it is whole.',
  })
  lines!: number | null;

  @Field({ description: 'When it was started.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was confirmed.' })
  confirmedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When an entry was done last, to a second.' })
  progressedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When the file and the words about its rows were removed: 14 days after the end.',
  })
  contentRemovedAt!: Date | null;
}

@ObjectType({ description: 'One import of a page.' })
@PresentedAs('page')
export class ReportImportEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => ReportImport, { description: 'The import.' })
  node!: ReportImport;
}

@ObjectType({ description: 'Imports of your agency, the newest first.' })
@PresentedAs('page')
export class ReportImportConnection {
  @Field(() => [ReportImportEdge], { description: 'The page.' })
  edges!: ReportImportEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'What is wrong with a row, and what would be right.' })
@PresentedAs('own-report')
export class ImportIssue {
  @Field(() => Int, { description: 'Line of the file as a text editor counts it, from 1; of a workbook the row.' })
  line!: number;

  @Field(() => String, { nullable: true, description: 'Heading of the column; null where no one column is to blame.' })
  column!: string | null;

  @Field({ description: 'The field of the report, as a path: `substances.0.quantity`.' })
  path!: string;

  @Field({ description: 'Stable; docs/issue-codes.md and docs/import-columns.md.' })
  code!: string;

  @Field({ description: 'What would be right.' })
  message!: string;

  @Field(() => [String], { description: 'What might be meant, best first; never applied by itself.' })
  suggestions!: readonly string[];
}

@ObjectType({ description: 'What became of one report to be: of one row, or of several with the same reference.' })
@PresentedAs('own-report')
export class ImportEntry {
  @Field(() => Int, { description: 'From 0, in the order of the file.' })
  ordinal!: number;

  @Field(() => Int, { description: 'Where it begins in the file.' })
  firstLine!: number;

  @Field(() => Int, { description: 'Where it ends.' })
  lastLine!: number;

  @Field(() => ImportOutcomeEnum, { description: 'What became of it.' })
  outcome!: string;

  @Field(() => ID, { nullable: true, description: 'The report; null where none is stored.' })
  reportId!: string | null;

  @Field(() => [ImportIssue], {
    description: 'Every fault or question; of what was accepted its warnings. Empty once the content was removed.',
  })
  issues!: readonly ImportIssue[];
}

@ObjectType({ description: 'One entry of a page.' })
@PresentedAs('page')
export class ImportEntryEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => ImportEntry, { description: 'The entry.' })
  node!: ImportEntry;
}

@ObjectType({ description: 'Entries of an import, in the order of the file.' })
@PresentedAs('page')
export class ImportEntryConnection {
  @Field(() => [ImportEntryEdge], { description: 'The page.' })
  edges!: ImportEntryEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'How one cell was understood.' })
@PresentedAs('own-report')
export class ImportReading {
  @Field(() => Int, { description: 'Line of the file.' })
  line!: number;

  @Field({ description: 'Heading of the column.' })
  column!: string;

  @Field({ description: 'The field of the report that it went to.' })
  path!: string;

  @Field(() => String, { nullable: true, description: 'As it stands in the file. Null where it may name somebody.' })
  text!: string | null;

  @Field(() => String, { nullable: true, description: 'What it was taken for. Null where it may name somebody.' })
  value!: string | null;

  @Field({ description: 'Why: EXACT where it stood there as it is stored; docs/import-columns.md.' })
  rule!: string;
}

@ObjectType({ description: 'What one report to be would become.' })
@PresentedAs('own-report')
export class PreviewedImportEntry {
  @Field(() => Int, { description: 'From 0, in the order of the file.' })
  ordinal!: number;

  @Field(() => Int, { description: 'Where it begins in the file.' })
  firstLine!: number;

  @Field(() => Int, { description: 'Where it ends.' })
  lastLine!: number;

  @Field(() => ImportOutcomeEnum, {
    description: 'ACCEPTED HELD REFUSED or QUESTION; whether its reference is taken nobody has looked.',
  })
  outcome!: string;

  @Field(() => [ImportReading], { description: 'How each cell was understood.' })
  readings!: readonly ImportReading[];

  @Field(() => [ImportIssue], { description: 'Every fault, question or warning.' })
  issues!: readonly ImportIssue[];
}

@ObjectType({ description: 'The first entries of a file, before anything counts.' })
@PresentedAs('outcome')
export class ImportPreviewed {
  @Field(() => [PreviewedImportEntry], { description: 'In the order of the file.' })
  entries!: readonly PreviewedImportEntry[];

  @Field(() => [ImportQuestion], {
    description: 'What the entries ask, each once; what can be answered for all rows first. At most 100.',
  })
  questions!: readonly ImportQuestion[];

  @Field(() => Int, { description: 'How many entries were looked through for `questions`.' })
  lookedThrough!: number;

  @Field(() => [ImportLeftOut], {
    description:
      'What is left out of a NIBRS file as it should be, such as incidents without drugs: by reason, in the part that was looked through.',
  })
  leftOut!: readonly ImportLeftOut[];
}

@ObjectType({ description: 'It goes on.' })
@PresentedAs('outcome')
export class ImportStarted {
  @Field(() => ReportImport, { description: 'The import as it is now.' })
  import!: ReportImport;

  @Field({ description: 'You had asked for the same file in the same way before, and that import has not ended.' })
  resumed!: boolean;
}

@ObjectType({ description: 'The import as it is after it.' })
@PresentedAs('outcome')
export class ImportChanged {
  @Field(() => ReportImport, { description: 'The import as it is now.' })
  import!: ReportImport;
}

@ObjectType({ description: 'Nothing was done.' })
@PresentedAs('outcome')
export class ImportRejected {
  @Field(() => [Issue], { description: 'Every fault.' })
  issues!: Issue[];
}

export const StartImportPayload = createUnionType({
  name: 'StartImportPayload',
  description: 'What became of a file that was offered.',
  types: () => [ImportStarted, ImportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ImportRejected : ImportStarted),
});

export const ChangeImportPayload = createUnionType({
  name: 'ChangeImportPayload',
  description: 'What became of confirming, pausing, resuming or cancelling an import.',
  types: () => [ImportChanged, ImportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ImportRejected : ImportChanged),
});

export const PreviewImportPayload = createUnionType({
  name: 'PreviewImportPayload',
  description: 'The first rows, or why the file cannot be read.',
  types: () => [ImportPreviewed, ImportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ImportRejected : ImportPreviewed),
});

export const GuessColumnMappingPayload = createUnionType({
  name: 'GuessColumnMappingPayload',
  description: 'What the columns of a file might be, or why it cannot be read.',
  types: () => [ColumnMappingGuessed, ImportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ImportRejected : ColumnMappingGuessed),
});

@InputType({ description: 'A file to be imported: its text, or what is said of it before it is uploaded.' })
export class StartImportInput {
  @Field(() => String, {
    nullable: true,
    description: 'CSV XLSX JSON_LINES NIBRS_FLAT NIBRS_XML. Left out: by the ending of `fileName`.',
  })
  format?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only its ending is looked at, and nothing of it kept: it may name somebody.',
  })
  fileName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The file itself, up to 64 KiB of text. Left out: it is uploaded to `uploadPath`.',
  })
  text?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Length of the file in bytes, up to 104857600; required without `text`.',
  })
  bytes?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the file, hexadecimal. With it the same file asked for again is the same import.',
  })
  contentDigest?: string | null;

  @Field(() => String, { nullable: true, description: 'IANA zone of the times in the file: `America/Los_Angeles`.' })
  timeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'State whose counties are meant, FIPS. Left out: that of your ORI, for agencies of a state.',
  })
  stateFips?: string | null;

  @Field(() => [String], { nullable: true, description: 'Counties that come first among suggestions, FIPS.' })
  countyFips?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its reports raise alerts; without it they do not.' })
  raiseAlerts?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Judges every row and stores nothing.' })
  dryRun?: boolean | null;
}
