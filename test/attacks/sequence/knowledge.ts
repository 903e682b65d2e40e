import { VIEW_PATHS, type RecordView, type ViewPath } from '@concord/deidentification';
import { cellToParent, getResolution } from 'h3-js';
import { FIELD_ATTACKS, viewPathOf } from '../view-field-attacks.data.js';

/** What one release says of one field: a range that holds the truth (`to` exclusive), or the value itself. */
export type Constraint =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'value'; readonly value: string };

/** By field, `substances.0.purity`; a field that a view does not carry is not in it. */
export type Knowledge = ReadonlyMap<string, Constraint>;

/** Everything that a view tells, each field by itself: the fields are those of the one list (view-fields). */
export function knowledgeOf(view: RecordView): Knowledge {
  const known = new Map<string, Constraint>();
  const { from, to } = view.occurred;
  known.set('occurred', { kind: 'range', from: from.getTime(), to: to.getTime() });
  for (const path of VIEW_PATHS) {
    if (!isPutTogether(path)) continue;
    for (const [at, value] of valuesAt(view, path.split('.'))) known.set(at, constraintOf(value));
  }
  return known;
}

/** What a reader was answered of a record, in the same words. Of a node, of which not every field needs to be asked for. */
export function knowledgeOfNode(node: unknown): Knowledge {
  const known = new Map<string, Constraint>();
  const ends = new Map<string, { from?: number; to?: number }>();
  for (const [at, value] of leavesOf(node, '')) {
    const path = viewPathOf(at.replaceAll(/\.\d+/g, ''));
    const how = path === null ? 'LABEL' : FIELD_ATTACKS[path].sequence;
    if (path === null || how === 'LABEL' || how === 'WORDS') continue;
    if (how === 'VALUE') {
      known.set(at, constraintOf(value));
      continue;
    }
    // `occurred.from`, `people.0.minAge`: two ends of one range.
    const [, before = '', isLeast, unit = ''] = /^(.*?)(?:(from|min)|to|max)(\w*)$/.exec(at) ?? [];
    const name = `${before}${unit}`.replace(/\.$/, '');
    const number = typeof value === 'string' ? Date.parse(value) : Number(value);
    ends.set(name, { ...ends.get(name), [isLeast === undefined ? 'to' : 'from']: number });
  }
  for (const [name, { from, to }] of ends)
    if (from !== undefined && to !== undefined) known.set(name, { kind: 'range', from, to: to + CLOSED });
  return known;
}
/** Both ends of a band are part of it. */
const CLOSED = 1e-3;

const isPutTogether = (path: ViewPath): boolean =>
  !['LABEL', 'WORDS'].includes(FIELD_ATTACKS[path].sequence) && path !== 'occurred.from' && path !== 'occurred.to';

/** The values under a path, of lists each item's by its index; none where the view does not carry it. */
function valuesAt(value: unknown, [name, ...rest]: readonly string[], at = ''): [at: string, value: unknown][] {
  if (value === null || value === undefined) return [];
  if (name === undefined) return [[at, value]];
  const inner = (value as Readonly<Record<string, unknown>>)[name];
  const path = at === '' ? name : `${at}.${name}`;
  if (rest.length > 0 && Array.isArray(inner))
    return inner.flatMap((one, index) => valuesAt(one, rest, `${path}.${index}`));
  return valuesAt(inner, rest, path);
}

/** What is there, by its path with indexes; codes of a list are one value. */
function leavesOf(value: unknown, at: string): [at: string, value: unknown][] {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  if (Array.isArray(value) && typeof value[0] === 'object')
    return value.flatMap((one, index) => leavesOf(one, `${at}.${index}`));
  if (Array.isArray(value) || typeof value !== 'object') return [[at, value]];
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, at === '' ? name : `${at}.${name}`));
}

/** Both ends are part of a band of whole numbers; of percent the width is what counts. */
const constraintOf = (value: unknown): Constraint =>
  isBand(value)
    ? { kind: 'range', from: Number(value.min), to: Number(value.max) + 1 }
    : { kind: 'value', value: JSON.stringify(value, (_key, it: unknown) => (typeof it === 'bigint' ? `${it}` : it)) };

const isBand = (value: unknown): value is { readonly min: bigint | number; readonly max: bigint | number } =>
  typeof value === 'object' && value !== null && 'min' in value && 'max' in value;

/** A field of which the releases together tell more than each of them. */
export interface Sharpened {
  readonly path: string;
  /** For a range: what is left of the finest release. */
  readonly left: number | null;
}

/** What a reader who kept all of these knows more exactly than from the finest one of them, field by field. */
export function sharpened(releases: readonly Knowledge[]): Sharpened[] {
  const paths = new Set(releases.flatMap((one) => [...one.keys()]));
  return [...paths].flatMap((path) => {
    const told = releases.map((one) => one.get(path)).filter((it) => it !== undefined);
    const left = leftOf(told);
    return left === 'NOTHING_MORE' ? [] : [{ path, left }];
  });
}

function leftOf(told: readonly Constraint[]): number | null | 'NOTHING_MORE' {
  const ranges = told.filter((it) => it.kind === 'range');
  if (ranges.length > 0) {
    const from = Math.max(...ranges.map((it) => it.from));
    const to = Math.min(...ranges.map((it) => it.to));
    const finest = Math.min(...ranges.map((it) => it.to - it.from));
    return to - from < finest ? (to - from) / finest : 'NOTHING_MORE';
  }
  const values = [...new Set(told.map((it) => (it.kind === 'value' ? it.value : '')))];
  return values.length < 2 || areNestedCells(values) ? 'NOTHING_MORE' : null;
}

/** Of two H3 cells the coarser tells nothing where it is the parent of the finer. */
function areNestedCells(values: readonly string[]): boolean {
  const cells = values.map((it) => JSON.parse(it) as unknown);
  if (!cells.every((it): it is string => typeof it === 'string' && /^8[0-9a-f]{14}$/.test(it))) return false;
  const [finest = '', ...others] = [...cells].sort((a, b) => getResolution(b) - getResolution(a));
  return others.every(
    (it) => getResolution(it) < getResolution(finest) && cellToParent(finest, getResolution(it)) === it,
  );
}
