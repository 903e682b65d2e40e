import type { RecordView } from '@concord/deidentification';
import { cellToParent, getResolution } from 'h3-js';

/** What one release says of one field: a range that holds the truth (`to` exclusive), or the value itself. */
export type Constraint =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'value'; readonly value: string };

/** By field, `substances.0.purity`; a field that a view does not carry is not in it. */
export type Knowledge = ReadonlyMap<string, Constraint>;

/** Labels of the view and not facts of the seizure. */
const LABELS: ReadonlySet<string> = new Set([
  'precision',
  'policyVersion',
  'transformations',
  'tlp',
  'contributorWithheld',
]);

/** Everything that a view tells, each field by itself. */
export function knowledgeOf(view: RecordView): Knowledge {
  const known = new Map<string, Constraint>();
  const { from, to } = view.occurred;
  known.set('occurred', { kind: 'range', from: from.getTime(), to: to.getTime() });
  const walk = (value: unknown, path: string): void => {
    if (value === null || value === undefined || LABELS.has(path) || path === 'occurred') return;
    if (isBand(value)) {
      // Both ends are part of a band of whole numbers; of percent the width is what counts.
      known.set(path, { kind: 'range', from: Number(value.min), to: Number(value.max) + 1 });
    } else if (Array.isArray(value) && value.some((it) => typeof it === 'object')) {
      for (const [at, one] of value.entries()) walk(one, `${path}.${at}`);
    } else if (Array.isArray(value) || typeof value !== 'object') {
      known.set(path, { kind: 'value', value: JSON.stringify(value) });
    } else {
      for (const [name, one] of Object.entries(value)) walk(one, path === '' ? name : `${path}.${name}`);
    }
  };
  walk(view, '');
  return known;
}

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
