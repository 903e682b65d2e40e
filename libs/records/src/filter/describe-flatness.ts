import { NOT_KNOWN, type FilterableView } from './evaluate-filter.js';
import type { ParsedFilter } from './parsed-filter.js';

/** In the list by key and substance: a substance of which nobody said what it is. It may be any. */
export const UNKNOWN_SUBSTANCE = 'UNKNOWN';

/**
 * The values under which the (key, substance) list holds a view: each DEA code, `UNKNOWN_SUBSTANCE`, and
 * `name:<category>` for what is known and has no code.
 */
export function substanceListKeys(view: Pick<FilterableView, 'substances'>): string[] {
  const keys = view.substances.map(({ deaCode, category }) => {
    if (deaCode !== null) return deaCode;
    return category === NOT_KNOWN ? UNKNOWN_SUBSTANCE : `name:${category}`;
  });
  return [...new Set(keys)];
}

/**
 * Whether the (key, substance) list finds everything that is not FALSE: the filter says at its top, not below an `or`
 * or a `not`, which DEA codes it wants. The values to look under, `UNKNOWN_SUBSTANCE` among them; null if it does not.
 */
export function describeFlatness(filter: ParsedFilter): { readonly substanceCodes: string[] } | null {
  const { expression } = filter;
  const top = expression.kind === 'all' ? expression.of : [expression];
  const shortest = top
    .flatMap((part) => (part.kind === 'substance' && part.deaCodes ? [part.deaCodes] : []))
    .sort((a, b) => a.length - b.length)[0];
  return shortest ? { substanceCodes: [...shortest, UNKNOWN_SUBSTANCE] } : null;
}
