import { InvalidInputError } from '../graphql/graphql-error.js';

const MOST_PREVIEWED = 50;
const MOST_LOOKED_THROUGH = 5_000;

/** How much of a file is shown, and looked through for questions. @throws InvalidInputError */
export function previewExtent(
  first: number | null,
  lookThrough: number | null,
): { readonly first: number; readonly lookThrough: number } {
  return {
    first: within('first', first ?? 20, [1, MOST_PREVIEWED]),
    lookThrough: within('lookThrough', lookThrough ?? 0, [0, MOST_LOOKED_THROUGH]),
  };
}

function within(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (value >= least && value <= most) return value;
  throw new InvalidInputError(`\`${name}\` is a whole number from ${least} to ${most}.`, [
    { path: name, code: 'OUT_OF_RANGE', message: `Ask for ${least} to ${most}.` },
  ]);
}
