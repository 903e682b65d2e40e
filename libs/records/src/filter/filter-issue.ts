export type FilterIssueCode =
  | 'INVALID_TYPE'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_CODE'
  | 'INVALID_FORMAT'
  | 'EMPTY_LIST'
  | 'LIST_TOO_LONG'
  | 'OUT_OF_RANGE'
  | 'RANGE_REVERSED'
  | 'TOO_DEEP'
  | 'TOO_MANY_CONDITIONS';

/** `path` is as in `and[0].substance.deaCodes[2]`; empty for the whole filter. Messages never repeat what was sent. */
export interface FilterIssue {
  readonly path: string;
  readonly code: FilterIssueCode;
  readonly message: string;
}

/** A hostile filter can hold thousands of faults; nobody reads more than these. */
const MOST_ISSUES = 100;

/** Collects the faults of one filter, so that all of them come back together. */
export class FilterIssueList {
  readonly #issues: FilterIssue[] = [];

  add(path: string, code: FilterIssueCode, message: string): void {
    if (this.#issues.length < MOST_ISSUES) this.#issues.push({ path, code, message });
  }

  get isEmpty(): boolean {
    return this.#issues.length === 0;
  }

  toArray(): readonly FilterIssue[] {
    return this.#issues;
  }
}

export const fieldPath = (parent: string, field: string): string => (parent === '' ? field : `${parent}.${field}`);

/** A filter's fault as part of a larger input, in the path style of every other issue: `filter.and.0.substance`. */
export function underFilter(issue: FilterIssue): FilterIssue {
  const path = issue.path.replace(/\[(\d+)\]/g, '.$1').replace(/^\./, '');
  return { ...issue, path: path === '' ? 'filter' : `filter.${path}` };
}
