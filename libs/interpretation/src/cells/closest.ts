import { distance } from 'fastest-levenshtein';

const MOST_SUGGESTIONS = 5;

/** The words nearest to one by edit distance, at most a third of it away: suggestions, never more. */
export function closest(word: string, candidates: Iterable<string>): string[] {
  const most = Math.min(3, Math.floor(word.length / 3));
  if (most === 0) return [];
  const near: { candidate: string; away: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > most) continue;
    const away = distance(word, candidate);
    if (away <= most) near.push({ candidate, away });
  }
  near.sort((a, b) => a.away - b.away || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, MOST_SUGGESTIONS).map(({ candidate }) => candidate);
}
