/** A piece of a page whose texts are escaped already. Only `markup` makes one. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls and marks that turn the direction of writing have no place in a name. */
const escaped = (text: string): string =>
  text.replaceAll(/\p{C}/gu, '').replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');

type Piece = string | number | Markup | readonly Markup[];

const written = (piece: Piece): string => {
  if (piece instanceof Markup) return piece.toString();
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece));
  return piece.map(String).join('');
};

/** HTML or SVG in which whatever is put in is text, in elements and in quoted attributes; only other markup stays markup. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((whole, part, at) => whole + written(pieces[at - 1] ?? '') + part));
}
