import { isCountyFips } from '@concord/codes';
import { readLine, type Fault } from '../fault.js';

/** Counties that are joined across states, such as a HIDTA's designated counties. Its key is `region:<id>`. */
export interface Region {
  readonly id: string;
  readonly name: string;
  /** Five-digit FIPS codes, in order. */
  readonly countyFips: readonly string[];
  readonly version: number;
}

/** As an admin asks for it; in a change, what is absent stays. */
export interface RegionInput {
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly countyFips?: readonly string[] | null | undefined;
}

export interface ValidRegion {
  readonly id: string;
  readonly name: string;
  readonly countyFips: readonly string[];
}

export type RegionIssueCode = 'REGION_WIDENED' | 'REGION_NARROWED';

/** What a change of counties means for records that were released before: their audience is not computed again. */
export interface RegionWarning {
  readonly code: RegionIssueCode;
  readonly message: string;
}

export type RegionOutcome =
  | { readonly kind: 'done'; readonly region: Region; readonly warnings: readonly RegionWarning[] }
  | { readonly kind: 'rejected'; readonly faults: readonly Fault[] };

export const REGION_ID = /^[a-z0-9-]{1,60}$/;
export const LONGEST_REGION_NAME = 200;
/** The largest HIDTA has some 60. */
export const MOST_COUNTIES = 500;

/** What would be stored, or every fault at once. @param current null for a new one */
export function checkRegion(
  input: RegionInput,
  current: Region | null,
): { readonly region: ValidRegion; readonly faults: readonly [] } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const id = current?.id ?? input.id ?? '';
  if (!REGION_ID.test(id))
    faults.push({
      path: 'id',
      code: 'INVALID_FORMAT',
      message: 'Give 1 to 60 small letters, digits and hyphens, such as hidta-south-texas.',
    });
  const name =
    input.name === undefined && current !== null
      ? current.name
      : readLine('name', input.name ?? '', LONGEST_REGION_NAME, faults);
  const countyFips =
    input.countyFips === undefined && current !== null ? current.countyFips : readCounties(input.countyFips, faults);
  return faults.length > 0 || name === null ? { faults } : { region: { id, name, countyFips }, faults: [] };
}

function readCounties(counties: RegionInput['countyFips'], faults: Fault[]): string[] {
  const path = 'countyFips';
  if (!counties || counties.length === 0)
    faults.push({ path, code: 'REQUIRED', message: 'Give the counties that the region joins.' });
  else if (counties.length > MOST_COUNTIES)
    faults.push({ path, code: 'TOO_MANY_ITEMS', message: `Give at most ${MOST_COUNTIES}.` });
  counties?.forEach((fips, at) => {
    if (!isCountyFips(fips))
      faults.push({
        path: `${path}.${at}`,
        code: 'UNKNOWN_COUNTY',
        message: 'Give the five-digit FIPS code of a county, such as 06073.',
      });
  });
  return [...new Set(counties)].sort();
}

/** What somebody who changes a region's counties has to know (docs/agencies.md). */
export function warningsOf(before: readonly string[], after: readonly string[]): RegionWarning[] {
  const isWider = after.some((fips) => !before.includes(fips));
  const isNarrower = before.some((fips) => !after.includes(fips));
  return [
    ...(isWider
      ? [
          {
            code: 'REGION_WIDENED' as const,
            message:
              'Agencies of the added counties read, from now on, also what was shared with this region before. Records of the added counties are shared with the region when they are released or corrected from now on.',
          },
        ]
      : []),
    ...(isNarrower
      ? [
          {
            code: 'REGION_NARROWED' as const,
            message:
              'Agencies of the counties that were taken out read the region no more. What was released in those counties before stays shared with the region until it is corrected or recalled.',
          },
        ]
      : []),
  ];
}
