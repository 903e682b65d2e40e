import { isId } from '@concord/platform/ids';
import { InvalidInputError } from './graphql-error.js';
import { MAX_PAGE } from './limits.js';

/** Checks `first`: 1 to 200. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? 50;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) {
    throw new InvalidInputError(`\`first\` is a whole number from 1 to ${MAX_PAGE}.`, [
      { path: 'first', code: 'OUT_OF_RANGE', message: `Ask for 1 to ${MAX_PAGE}.` },
    ]);
  }
  return size;
}

/** As JavaScript and PostgreSQL write an instant. */
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4])(:\d\d)?)$/;

/** A cursor is a place in an order of released values: a text position and an id, opaque to clients. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

export const encodeCursor = (kind: string, place: Place): string =>
  Buffer.from(JSON.stringify([kind, place.at, place.id])).toString('base64url');

/** A day that there is, and no zone that PostgreSQL does not know: what it cannot read would be a fault of ours. */
function isInstant(text: string): boolean {
  const day = text.slice(0, 10);
  return (
    INSTANT.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    !day.startsWith('0000') &&
    new Date(day).toISOString().startsWith(day)
  );
}

/** In lists that are ordered by a name: any text that a name can be. */
export const isNamePosition = (text: string): boolean => /^\P{C}{0,400}$/u.test(text);

/**
 * Reads a cursor of this list; another list's, or a made-up one, is refused.
 * @param isPosition what positions of the list look like; default: instants
 */
export function decodeCursor(
  kind: string,
  cursor: string | null | undefined,
  isPosition: (text: string) => boolean = isInstant,
): Place | null {
  if (cursor === null || cursor === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed)) {
      const [of, at, id] = parsed as unknown[];
      if (of === kind && typeof at === 'string' && isPosition(at) && typeof id === 'string' && isId(id))
        return { at, id };
    }
  } catch {
    // Falls through: whatever it was, it is not a cursor.
  }
  throw new InvalidInputError('`after` is not a cursor of this list.', [
    { path: 'after', code: 'INVALID_CURSOR', message: 'Send back a cursor exactly as you got it.' },
  ]);
}

/** One page out of a read of `size + 1` rows: whether there is more is known without counting. */
export function toPage<T, E extends { cursor: string }>(
  rows: readonly T[],
  size: number,
  edge: (row: T) => E,
): { edges: E[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } {
  const edges = rows.slice(0, size).map(edge);
  return { edges, pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
}
