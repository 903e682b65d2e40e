import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue } from '../graphql/shared.types.js';

@ObjectType({ description: 'What one column of a file is used for.' })
@PresentedAs('own-agency')
export class ColumnUse {
  @Field({ description: 'The heading as it stands in the file; one that comes twice has ` (2)` after it.' })
  heading!: string;

  @Field({ description: 'A column of the template (docs/import-columns.md).' })
  column!: string;

  @Field(() => String, { nullable: true, description: 'For `quantity`: the unit that the heading names.' })
  unit!: string | null;
}

@ObjectType({ description: 'What holds for every row where its cell says nothing.' })
@PresentedAs('own-agency')
export class ColumnConstant {
  @Field({ description: 'A column of the template.' })
  column!: string;

  @Field({ description: 'As it would stand in the cell.' })
  value!: string;
}

@ObjectType({ description: 'What a text means to your agency: confirmed by a person, and counting from then on.' })
@PresentedAs('own-agency')
export class ColumnMeaning {
  @Field({ description: 'A column of the template; numbered ones without their number.' })
  column!: string;

  @Field({ description: 'As it stands in the cells, whatever the case.' })
  text!: string;

  @Field({ description: 'What it means, as the template would have it.' })
  code!: string;
}

@ObjectType({ description: 'How a file’s columns are read.' })
@PresentedAs('own-agency')
export class ColumnMapping {
  @Field(() => [ColumnUse], { description: 'The columns that are used.' })
  columns!: readonly ColumnUse[];

  @Field(() => [String], { description: 'Headings left out on purpose. A file with any other heading is not read.' })
  ignored!: readonly string[];

  @Field(() => [ColumnConstant], { description: 'What holds for every row.' })
  constants!: readonly ColumnConstant[];

  @Field(() => [ColumnMeaning], { description: 'The words of your agency.' })
  vocabulary!: readonly ColumnMeaning[];

  @Field(() => String, { nullable: true, description: 'MONTH_FIRST or DAY_FIRST; null: 03/04/26 is asked about.' })
  dateOrder!: string | null;

  @Field(() => String, { nullable: true, description: '24_HOUR: 3:15 is in the night; null: it is asked about.' })
  clock!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'MIDNIGHT or NO_TIME: what 00:00 means; null: it is asked about.',
  })
  midnight!: string | null;

  @Field(() => String, { nullable: true, description: 'POINT or COMMA: what parts the decimals.' })
  decimal!: string | null;

  @Field(() => String, {
    nullable: true,
    description: '1900 or 1904: from when bare numbers in date columns count days.',
  })
  excelDates!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the sheet of a workbook.' })
  sheet!: string | null;
}

@ObjectType({ description: 'A mapping that your agency keeps under a name.' })
@PresentedAs('own-agency')
export class SavedColumnMapping {
  @Field(() => ID, { description: 'Of the mapping.' })
  id!: string;

  @Field({ description: 'Yours; one of each name.' })
  name!: string;

  @Field(() => Int, { description: 'Send it back with a change.' })
  version!: number;

  @Field({ description: 'When it was changed last.' })
  changedAt!: Date;

  @Field(() => ColumnMapping, { description: 'The mapping.' })
  mapping!: ColumnMapping;
}

@ObjectType({ description: 'What a heading might mean: never applied by itself.' })
@PresentedAs('own-agency')
export class HeadingSuggestion {
  @Field({ description: 'The heading.' })
  heading!: string;

  @Field({ description: 'A column of the template.' })
  column!: string;
}

@ObjectType({ description: 'What the columns of a file might be.' })
@PresentedAs('own-agency')
export class ColumnMappingGuessed {
  @Field(() => [String], { description: 'Headings of the file, in order.' })
  headings!: readonly string[];

  @Field(() => [String], { description: 'Sheets of a workbook that have rows.' })
  sheets!: readonly string[];

  @Field(() => ColumnMapping, { description: 'What was found, to be confirmed.' })
  mapping!: ColumnMapping;

  @Field(() => [String], {
    description: 'Headings that no column was found for: as it stands, the mapping leaves them out.',
  })
  unmapped!: readonly string[];

  @Field(() => [HeadingSuggestion], { description: 'What might be meant by some of them.' })
  suggestions!: readonly HeadingSuggestion[];
}

@InputType({ description: 'What one column of a file is used for.' })
export class ColumnUseInput {
  @Field({ description: 'The heading as it stands in the file.' })
  heading!: string;

  @Field({ description: 'A column of the template (docs/import-columns.md).' })
  column!: string;

  @Field(() => String, { nullable: true, description: 'For `quantity`: the unit that the heading names.' })
  unit?: string | null;
}

@InputType({ description: 'What holds for every row where its cell says nothing.' })
export class ColumnConstantInput {
  @Field({ description: 'A column of the template.' })
  column!: string;

  @Field({ description: 'As it would stand in the cell.' })
  value!: string;
}

@InputType({ description: 'What a text means to your agency.' })
export class ColumnMeaningInput {
  @Field({ description: 'A column of the template; numbered ones without their number.' })
  column!: string;

  @Field({ description: 'As it stands in the cells.' })
  text!: string;

  @Field({ description: 'What it means, as the template would have it.' })
  code!: string;
}

@InputType({ description: 'How a file’s columns are read, whole. Nothing left open is guessed: it is asked about.' })
export class ColumnMappingInput {
  @Field(() => [ColumnUseInput], { description: 'The columns that are used.' })
  columns!: ColumnUseInput[];

  @Field(() => [String], { nullable: true, description: 'Headings left out on purpose.' })
  ignored?: string[] | null;

  @Field(() => [ColumnConstantInput], { nullable: true, description: 'What holds for every row.' })
  constants?: ColumnConstantInput[] | null;

  @Field(() => [ColumnMeaningInput], { nullable: true, description: 'The words of your agency.' })
  vocabulary?: ColumnMeaningInput[] | null;

  @Field(() => String, { nullable: true, description: 'MONTH_FIRST or DAY_FIRST.' })
  dateOrder?: string | null;

  @Field(() => String, { nullable: true, description: '24_HOUR.' })
  clock?: string | null;

  @Field(() => String, { nullable: true, description: 'MIDNIGHT or NO_TIME.' })
  midnight?: string | null;

  @Field(() => String, { nullable: true, description: 'POINT or COMMA.' })
  decimal?: string | null;

  @Field(() => String, { nullable: true, description: '1900 or 1904.' })
  excelDates?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the sheet of a workbook.' })
  sheet?: string | null;
}

@InputType({ description: 'A mapping to keep.' })
export class SaveColumnMappingInput {
  @Field(() => ID, { nullable: true, description: 'The one to change. Left out: a new one.' })
  id?: string | null;

  @Field(() => Int, { nullable: true, description: 'Required with `id`: the version that you saw.' })
  version?: number | null;

  @Field({ description: '1 to 64 characters.' })
  name!: string;

  @Field(() => ColumnMappingInput, { description: 'The mapping, whole.' })
  mapping!: ColumnMappingInput;
}

@ObjectType({ description: 'It is kept.' })
@PresentedAs('outcome')
export class ColumnMappingSaved {
  @Field(() => SavedColumnMapping, { description: 'The mapping as it is now.' })
  saved!: SavedColumnMapping;
}

@ObjectType({ description: 'Nothing was kept.' })
@PresentedAs('outcome')
export class ColumnMappingRejected {
  @Field(() => [Issue], { description: 'Every fault.' })
  issues!: Issue[];
}

export const SaveColumnMappingPayload = createUnionType({
  name: 'SaveColumnMappingPayload',
  description: 'What became of a mapping that was to be kept.',
  types: () => [ColumnMappingSaved, ColumnMappingRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ColumnMappingRejected : ColumnMappingSaved),
});
