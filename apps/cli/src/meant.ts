import { distance } from 'fastest-levenshtein';

/** ` Did you mean …?` where something is near what was typed; nothing where nothing is. */
export function meant(typed: string, known: readonly string[], prefix = ''): string {
  const [nearest] = known
    .map((name) => ({ name, far: distance(typed, name) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.far - b.far);
  return nearest === undefined ? '' : ` Did you mean ${prefix}${nearest.name}?`;
}
