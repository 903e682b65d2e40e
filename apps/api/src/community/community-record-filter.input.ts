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

/** @throws InvalidInputError with every fault at once */
export function checkedCondition(filter: CommunityRecordFilter | null | undefined): CommunityCondition {
  const faults: { path: string; code: string; message: string }[] = [];
  const add = (path: string, code: string, message: string): unknown =>
    faults.push({ path: `filter.${path}`, code, message });
  const { stateFips = null, months, deaCodes = null, categories = null } = filter ?? {};
  for (const [field, list] of Object.entries({ stateFips, deaCodes, categories })) {
    if (list?.length === 0) add(field, 'EMPTY_LIST', 'A list holds something, or is left out.');
    if ((list?.length ?? 0) > LONGEST_LIST) add(field, 'LIST_TOO_LONG', `At most ${LONGEST_LIST} entries.`);
  }
  for (const [n, state] of (stateFips ?? []).entries())
    if (!isStateFips(state)) add(`stateFips.${n}`, 'UNKNOWN_CODE', 'Two-digit FIPS code of a state.');
  for (const [n, code] of (deaCodes ?? []).entries())
    if (!isDeaCode(code)) add(`deaCodes.${n}`, 'UNKNOWN_CODE', 'Four-digit DEA code.');
  const [from, until] = [months?.from ?? null, months?.until ?? null];
  for (const [field, month] of Object.entries({ from, until }))
    if (month !== null && !MONTH.test(month)) add(`months.${field}`, 'INVALID_FORMAT', 'A month is written YYYY-MM.');
  if (from !== null && until !== null && MONTH.test(from) && MONTH.test(until) && from > until)
    add('months', 'RANGE_REVERSED', '`from` is not after `until`.');
  if (faults.length > 0) throw new InvalidInputError('The filter is not valid.', faults);
  return {
    stateFips,
    fromMonth: from === null ? null : `${from}-01`,
    untilMonth: until === null ? null : `${until}-01`,
    substances: substancesOf(deaCodes, categories),
  };
}

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
