import { FilterIssueList, type FilterIssue } from './filter-issue.js';
import {
  parseOccurred,
  parseOwnCodes,
  parsePlace,
  parseQuantity,
  parseReleased,
  parseSubstance,
} from './parse-conditions.js';
import { GroupReader } from './parse-group.js';
import { refuseUnknownCodes } from './unknown-codes.js';
import type { FilterExpression, ParsedFilter, QuantityBounds, SubstanceCodes } from './parsed-filter.js';
import type { SeizureRecordFilter } from './seizure-record-filter.js';

const DEEPEST = 6;
const MOST_CONDITIONS = 50;
/** Objects nested by and, or and not, empty ones included: bounds the work that a hostile filter makes. */
const MOST_OBJECTS = 200;

const CONDITION_FIELDS = [
  ...['substance', 'quantity', 'place', 'occurred', 'released', 'concealment', 'conveyance'],
  ...['sourceReliability', 'sourceCredibility'],
];
const FIELDS = ['and', 'or', 'not', ...CONDITION_FIELDS];

const ANY_SUBSTANCE: SubstanceCodes = { deaCodes: null, categories: null, forms: null, laboratoryStatuses: null };
const ANY_QUANTITY: QuantityBounds = { minMilligrams: null, maxMilligrams: null, minUnits: null, maxUnits: null };

export type FilterParse =
  | { readonly ok: true; readonly filter: ParsedFilter }
  | { readonly ok: false; readonly issues: readonly FilterIssue[] };

/** Checks a filter (a `SeizureRecordFilter`, from wherever) and normalises it; otherwise says everything wrong with it. */
export function parseFilter(input: unknown): FilterParse {
  return parse(input, (filter, issues) => refuseUnknownCodes(filter, '', issues));
}

function parse(input: unknown, alsoCheck: (filter: SeizureRecordFilter, issues: FilterIssueList) => void): FilterParse {
  const issues = new FilterIssueList();
  const expression = new FilterParser(issues).conjunction(input ?? {}, '', 1);
  // What is well formed has the shape of a filter.
  if (issues.isEmpty) alsoCheck(input ?? {}, issues);
  if (!issues.isEmpty) return { ok: false, issues: issues.toArray() };
  const source = withoutNulls(input ?? {});
  return { ok: true, filter: { expression, source } as ParsedFilter };
}

/** Stored filters hold none, and a replacer costs more than all else when a million rules are read. */
function withoutNulls(input: unknown): string {
  const text = JSON.stringify(input);
  if (!text.includes('null')) return text;
  return JSON.stringify(input, (_, value: unknown) => (value === null ? undefined : value));
}

/** A filter that was stored as `ParsedFilter.source`, as text or already read as JSON. Throws if it is none. */
export function restoreFilter(stored: unknown): ParsedFilter {
  const result = parse(typeof stored === 'string' ? (JSON.parse(stored) as unknown) : stored, () => undefined);
  if (result.ok) return result.filter;
  const faults = result.issues.map((issue) => `${issue.path || 'filter'} ${issue.code}`);
  throw new Error(`a stored filter is no longer valid: ${faults.join(', ')}`);
}

/** What one object and the `and`s below it say together. */
interface Conjunction {
  readonly conditions: FilterExpression[];
  readonly substances: SubstanceCodes[];
  quantity: QuantityBounds | null;
}

class FilterParser {
  #conditions = 0;
  #objects = 0;

  constructor(private readonly issues: FilterIssueList) {}

  conjunction(input: unknown, path: string, depth: number): FilterExpression {
    const conjunction: Conjunction = { conditions: [], substances: [], quantity: null };
    this.#collect(input, path, depth, conjunction);
    return expressionOf(conjunction);
  }

  #collect(input: unknown, path: string, depth: number, into: Conjunction): void {
    if (!this.#mayEnter(path, depth)) return;
    if (input === null || input === undefined) return this.issues.add(path, 'INVALID_TYPE', 'must be an object');
    const group = GroupReader.open(input, path, FIELDS, this.issues);
    if (!group) return;
    this.#collectOwn(group, into);
    group.list('and')?.forEach((part, index) => {
      this.#collect(part, `${group.pathOf('and')}[${index}]`, depth + 1, into);
    });
    const alternatives = group.list('or')?.map((part, index) => {
      return this.conjunction(part, `${group.pathOf('or')}[${index}]`, depth + 1);
    });
    if (alternatives) into.conditions.push({ kind: 'any', of: alternatives });
    const not = group.fields['not'] ?? null;
    if (not !== null) into.conditions.push({ kind: 'not', of: this.conjunction(not, group.pathOf('not'), depth + 1) });
  }

  #collectOwn(group: GroupReader, into: Conjunction): void {
    if (!this.#mayAdd(group)) return;
    const { fields, issues } = group;
    const substance = parseSubstance(fields['substance'], group.pathOf('substance'), issues);
    if (substance) into.substances.push(substance);
    const quantity = parseQuantity(fields['quantity'], group.pathOf('quantity'), issues);
    if (quantity) into.quantity = bothBounds(into.quantity ?? ANY_QUANTITY, quantity);
    into.conditions.push(
      ...parsePlace(fields['place'], group.pathOf('place'), issues),
      ...parseOccurred(fields['occurred'], group.pathOf('occurred'), issues),
      ...parseReleased(fields['released'], group.pathOf('released'), issues),
      ...parseOwnCodes(group),
    );
  }

  #mayEnter(path: string, depth: number): boolean {
    this.#objects += 1;
    if (depth > DEEPEST) this.issues.add(path, 'TOO_DEEP', `must be nested at most ${DEEPEST} deep`);
    else if (this.#objects <= MOST_OBJECTS) return true;
    else if (this.#objects === MOST_OBJECTS + 1) this.#tooMany();
    return false;
  }

  #mayAdd(group: GroupReader): boolean {
    const before = this.#conditions;
    this.#conditions += CONDITION_FIELDS.filter((field) => (group.fields[field] ?? null) !== null).length;
    if (this.#conditions <= MOST_CONDITIONS) return true;
    if (before <= MOST_CONDITIONS) this.#tooMany();
    return false;
  }

  #tooMany(): void {
    this.issues.add('', 'TOO_MANY_CONDITIONS', `must have at most ${MOST_CONDITIONS} conditions`);
  }
}

/** Every substance condition is about one substance, and so are all quantities of the conjunction. */
function expressionOf({ conditions, substances, quantity }: Conjunction): FilterExpression {
  const named = substances.length > 0 || quantity === null ? substances : [ANY_SUBSTANCE];
  const of = [
    ...conditions,
    ...named.map((codes) => ({ kind: 'substance' as const, ...codes, ...(quantity ?? ANY_QUANTITY) })),
  ];
  return of.length === 1 && of[0] ? of[0] : { kind: 'all', of };
}

/** Two lower bounds on one band are the greater one, in three-valued logic too; upper bounds likewise. */
function bothBounds(a: QuantityBounds, b: QuantityBounds): QuantityBounds {
  const tighter = (x: bigint | null, y: bigint | null, prefersX: (x: bigint, y: bigint) => boolean): bigint | null => {
    if (x === null || y === null) return x ?? y;
    return prefersX(x, y) ? x : y;
  };
  return {
    minMilligrams: tighter(a.minMilligrams, b.minMilligrams, (x, y) => x > y),
    maxMilligrams: tighter(a.maxMilligrams, b.maxMilligrams, (x, y) => x < y),
    minUnits: tighter(a.minUnits, b.minUnits, (x, y) => x > y),
    maxUnits: tighter(a.maxUnits, b.maxUnits, (x, y) => x < y),
  };
}
