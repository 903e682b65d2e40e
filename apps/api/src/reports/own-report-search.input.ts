import { parseMoment, type Moment, type MomentRange, type OwnReportSearch, type ReportStatus } from '@concord/records';
import { isId } from '@concord/platform/ids';
import { ArgsType, Field, ID, Int } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { SeizureReportStatusEnum } from '../graphql/shared.types.js';
import { PeriodFilter } from '../records/seizure-record-filter.input.js';

/** Characters of a search. */
const LONGEST_TEXT = 100;

@ArgsType()
export class OwnReportSearchArgs {
  @Field(() => [SeizureReportStatusEnum], { nullable: true, description: 'Any of these.' })
  status?: ReportStatus[] | null;

  @Field(() => PeriodFilter, { nullable: true, description: 'When the seizure was: its start, as the report has it.' })
  occurred?: PeriodFilter | null;

  @Field(() => PeriodFilter, { nullable: true, description: 'When it was first stored.' })
  submitted?: PeriodFilter | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Words, at most 100 characters; each begins a word of the report (one or two characters are a whole word): of its reference, county code, setting, port of entry, substances, signatures, adulterants, concealment, conveyance, packaging and remarks. What is sealed is not searched.',
  })
  text?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only what you submitted yourself. Default: all of your agency.',
  })
  mine?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Only what this import of your agency stored, accepted or held; what had been submitted before it came by another way.',
  })
  import?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 50, description: '1 to 200.' })
  first?: number | null;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

type Fault = { readonly path: string; readonly code: string; readonly message: string };

/** @throws InvalidInputError with every fault at once */
export function checkedSearch(args: OwnReportSearchArgs): OwnReportSearch {
  const faults: Fault[] = [];
  const search = {
    statuses: args.status ?? null,
    occurred: rangeOf('occurred', args.occurred, faults),
    submitted: rangeOf('submitted', args.submitted, faults),
    text: textOf(args.text, faults),
    mine: args.mine ?? false,
    importId: importOf(args.import, faults),
  };
  if (faults.length > 0) throw new InvalidInputError('The search is not valid.', faults);
  return search;
}

/** Blank looks for nothing in particular. */
function textOf(text: string | null | undefined, faults: Fault[]): string | null {
  const said = (text ?? '').trim();
  if (said === '') return null;
  if (said.length > LONGEST_TEXT)
    faults.push({ path: 'text', code: 'TOO_LONG', message: `Must have at most ${LONGEST_TEXT} characters.` });
  if (said.includes('\u0000') || !said.isWellFormed())
    faults.push({ path: 'text', code: 'MALFORMED_TEXT', message: 'Must be text.' });
  return said;
}

function importOf(id: string | null | undefined, faults: Fault[]): string | null {
  if (id === null || id === undefined) return null;
  if (!isId(id)) faults.push({ path: 'import', code: 'INVALID_FORMAT', message: 'Must be the id of an import.' });
  return id;
}

function rangeOf(path: string, period: PeriodFilter | null | undefined, faults: Fault[]): MomentRange | null {
  if (period === null || period === undefined) return null;
  const momentOf = (side: 'from' | 'to'): Moment | null => {
    const text = period[side];
    if (text === null || text === undefined) return null;
    const moment = parseMoment(text);
    if (moment === null)
      faults.push({
        path: `${path}.${side}`,
        code: 'INVALID_FORMAT',
        message: 'Must be a date (YYYY-MM-DD) or an instant with its offset, at most to the millisecond.',
      });
    return moment;
  };
  return { from: momentOf('from'), to: momentOf('to') };
}
