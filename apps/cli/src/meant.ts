/** ` Did you mean …?` where something is near what was typed; nothing where nothing is. */
export function meant(typed: string, known: readonly string[], prefix = ''): string {
  const [nearest] = known
    .map((name) => ({ name, far: distance(typed.slice(0, 40), name) }))
    .filter(({ name, far }) => far <= Math.ceil(name.length / 3))
    .sort((a, b) => a.far - b.far);
  return nearest === undefined ? '' : ` Did you mean ${prefix}${nearest.name}?`;
}

/** Letters to change, add or leave out (Levenshtein): ten lines are less than a package. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
