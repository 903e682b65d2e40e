import { markup, type Markup } from './markup.js';

/** A bar for each day; the table beside it has the same numbers, so that nothing rests on seeing it. */
export interface BarChart {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

/** In units of the drawing, which grows with the page. */
const WIDTH = 640;
const HEIGHT = 120;
const LEFT = 44;
const TOP = 10;
const BOTTOM = 22;

/** A round number that no bar is above: 1, 2 or 5 times a power of ten. */
export function topOf(largest: number): number {
  if (largest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 5, 10].map((times) => times * power).find((top) => top >= largest) ?? largest;
}

export function barChart({ title, bars }: BarChart): Markup {
  const top = topOf(Math.max(0, ...bars.map(({ value }) => value)));
  const room = HEIGHT - TOP - BOTTOM;
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const at = (value: number): number => TOP + room - (value / top) * room;
  const two = (n: number): string => n.toFixed(1);
  const line = (value: number): Markup =>
    markup`<line class="rule" x1="${LEFT}" x2="${WIDTH}" y1="${two(at(value))}" y2="${two(at(value))}"/><text x="${LEFT - 6}" y="${two(at(value) + 4)}" text-anchor="end">${value}</text>`;
  const drawn = bars.map(({ label, value }, n) => {
    const x = LEFT + n * step;
    const bar =
      value === 0
        ? markup``
        : markup`<rect x="${two(x + step * 0.15)}" y="${two(at(value))}" width="${two(step * 0.7)}" height="${two(room - at(value) + TOP)}"/>`;
    // Every fifth, so that they can be told apart.
    const said = n === 0 || (n + 1) % 5 === 0;
    const below = markup`<text x="${two(x + step / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>`;
    return said ? markup`${bar}${below}` : bar;
  });
  return markup`<figure><figcaption>${title}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}; the table of days has the numbers"><title>${title}</title>${line(0)}${line(top)}${drawn}</svg></figure>`;
}
