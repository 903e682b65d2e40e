import { categoryOf, deaCodesOf, isDeaCode, isStateFips, type SubstanceCategory } from '@concord/codes';
import type { CommunityCondition } from '@concord/records';
import { Field, InputType } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { SubstanceCategoryEnum } from '../graphql/shared.types.js';

const LONGEST_LIST = 100;
const MONTH = /^(?!0000)\d{4}-(0[1-9]|1[0-2])$/;

@InputType({ description: 'Whole months only, both included.' })
export class MonthRange {
  @Field(() => String, { nullable: true, description: 'YYYY-MM.' })
  from?: string | null;

  @Field(() => String, { nullable: true, description: 'YYYY-MM.' })
  until?: string | null;
}

@InputType({ description: 'Conditions, all of which must hold. Nothing finer than a row is asked for.' })
export class CommunityRecordFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these states: two-digit FIPS codes.' })
  stateFips?: string[] | null;

  @Field(() => MonthRange, { nullable: true, description: 'The month of the seizure.' })
  months?: MonthRange | null;

  @Field(() => [String], { nullable: true, description: 'Any of these: DEA codes, such as 9801 for fentanyl.' })
  deaCodes?: string[] | null;

  @Field(() => [SubstanceCategoryEnum], { nullable: true, description: 'Any of these classes.' })
  categories?: SubstanceCategory[] | null;
}

interface Fault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** @throws InvalidInputError with every fault at once */
export function checkedCondition(filter: CommunityRecordFilter | null | undefined): CommunityCondition {
  const { stateFips = null, months, deaCodes = null, categories = null } = filter ?? {};
  const faults = [
    ...faultsOfList('stateFips', stateFips, isStateFips, 'Two-digit FIPS code of a state.'),
    ...faultsOfList('deaCodes', deaCodes, isDeaCode, 'Four-digit DEA code.'),
    ...faultsOfList('categories', categories, () => true, ''),
    ...faultsOfMonths(months ?? {}),
  ];
  if (faults.length > 0) throw new InvalidInputError('The filter is not valid.', faults);
  return {
    stateFips,
    fromMonth: firstDayOf(months?.from),
    untilMonth: firstDayOf(months?.until),
    substances: substancesOf(deaCodes, categories),
  };
}

function faultsOfList(
  field: string,
  list: readonly string[] | null,
  isCode: (text: string) => boolean,
  message: string,
): Fault[] {
  const path = `filter.${field}`;
  if (list === null) return [];
  if (list.length === 0) return [{ path, code: 'EMPTY_LIST', message: 'A list holds something, or is left out.' }];
  if (list.length > LONGEST_LIST) return [{ path, code: 'LIST_TOO_LONG', message: `At most ${LONGEST_LIST} entries.` }];
  return list.flatMap((text, n) => (isCode(text) ? [] : [{ path: `${path}.${n}`, code: 'UNKNOWN_CODE', message }]));
}

function faultsOfMonths({ from = null, until = null }: MonthRange): Fault[] {
  const path = 'filter.months';
  const faults = Object.entries({ from, until }).flatMap(([end, month]) =>
    month === null || MONTH.test(month)
      ? []
      : [{ path: `${path}.${end}`, code: 'INVALID_FORMAT', message: 'A month is written YYYY-MM.' }],
  );
  if (faults.length > 0 || from === null || until === null || from <= until) return faults;
  return [{ path, code: 'RANGE_REVERSED', message: '`from` is not after `until`.' }];
}

const firstDayOf = (month: string | null | undefined): string | null => (month ? `${month}-01` : null);

/** As the rows name them (`substance_list_key`): codes and classes both hold where both are given. */
function substancesOf(codes: readonly string[] | null, categories: readonly SubstanceCategory[] | null) {
  if (categories === null) return codes;
  if (codes !== null) return codes.filter((code) => categories.includes(categoryOf(code)));
  return categories.flatMap((it) => [...deaCodesOf(it), it === 'UNKNOWN' ? it : `name:${it}`]);
}

/** What a row's key stands for. */
export function substanceOf(key: string): { readonly deaCode: string | null; readonly category: SubstanceCategory } {
  if (isDeaCode(key)) return { deaCode: key, category: categoryOf(key) };
  return { deaCode: null, category: key.replace(/^name:/, '') as SubstanceCategory };
}
