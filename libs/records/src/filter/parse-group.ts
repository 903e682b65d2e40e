import { fieldPath, type FilterIssueList } from './filter-issue.js';

export type Fields = Readonly<Record<string, unknown>>;

/** What may stand in a list of codes: one of an enumeration, or anything of a form. */
export type AcceptedCodes = { readonly oneOf: readonly string[] } | { readonly form: RegExp; readonly says: string };

/** The longest list of codes, and of nested filters. */
export const LONGEST_LIST = 200;

/** One object of the filter with its path: reads its fields and notes what is wrong with them. */
export class GroupReader {
  constructor(
    readonly fields: Fields,
    readonly path: string,
    readonly issues: FilterIssueList,
  ) {}

  /** The object at `value`, after its unknown fields have been noted; null when absent or no object. */
  static open(value: unknown, path: string, known: readonly string[], issues: FilterIssueList): GroupReader | null {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'object' || Array.isArray(value)) {
      issues.add(path, 'INVALID_TYPE', 'must be an object');
      return null;
    }
    // An ignored condition would make the filter mean something else, under `not` something wider.
    for (const field of Object.keys(value)) {
      if (!known.includes(field)) issues.add(path, 'UNKNOWN_FIELD', `has a field other than ${known.join(', ')}`);
    }
    return new GroupReader(value as Fields, path, issues);
  }

  pathOf(field: string): string {
    return fieldPath(this.path, field);
  }

  /** A list that is neither empty nor too long; null when absent or at fault. */
  list(field: string): readonly unknown[] | null {
    const value = this.fields[field];
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) this.issues.add(this.pathOf(field), 'INVALID_TYPE', 'must be a list');
    else if (value.length === 0) this.issues.add(this.pathOf(field), 'EMPTY_LIST', 'must not be empty; leave it out');
    else if (value.length > LONGEST_LIST)
      this.issues.add(this.pathOf(field), 'LIST_TOO_LONG', `must have at most ${LONGEST_LIST} entries`);
    else return value as readonly unknown[];
    return null;
  }

  /** A list of grades, each once. */
  grades(field: string, oneOf: readonly number[]): readonly number[] | null {
    const list = this.list(field);
    if (list === null) return null;
    const grades = new Set<number>();
    list.forEach((entry, index) => {
      const path = `${this.pathOf(field)}[${index}]`;
      if (typeof entry !== 'number') this.issues.add(path, 'INVALID_TYPE', 'must be a whole number');
      else if (!oneOf.includes(entry)) this.issues.add(path, 'UNKNOWN_CODE', `must be one of ${oneOf.join(', ')}`);
      else grades.add(entry);
    });
    return grades.size === 0 ? null : [...grades];
  }

  /** A list of codes, each once. */
  codes(field: string, accepted: AcceptedCodes): readonly string[] | null {
    const list = this.list(field);
    if (list === null) return null;
    const codes = new Set<string>();
    list.forEach((entry, index) => {
      const path = `${this.pathOf(field)}[${index}]`;
      if (typeof entry !== 'string') this.issues.add(path, 'INVALID_TYPE', 'must be text');
      else if ('oneOf' in accepted && !accepted.oneOf.includes(entry))
        this.issues.add(path, 'UNKNOWN_CODE', `must be one of ${accepted.oneOf.join(', ')}`);
      else if ('form' in accepted && !accepted.form.test(entry)) this.issues.add(path, 'INVALID_FORMAT', accepted.says);
      else codes.add(entry);
    });
    return [...codes];
  }

  /** A number from 0 to `most`; null when absent or at fault. */
  amount(field: string, most: number, kind: 'any' | 'whole'): number | null {
    const value = this.fields[field];
    if (value === null || value === undefined) return null;
    const path = this.pathOf(field);
    if (typeof value !== 'number' || !Number.isFinite(value)) this.issues.add(path, 'INVALID_TYPE', 'must be a number');
    else if (value < 0 || value > most) this.issues.add(path, 'OUT_OF_RANGE', `must be from 0 to ${most}`);
    else if (kind === 'whole' && !Number.isInteger(value))
      this.issues.add(path, 'INVALID_FORMAT', 'must be a whole number');
    else return value;
    return null;
  }
}
