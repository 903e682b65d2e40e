/** A text that is planted where it is secret and looked for everywhere else. */
export interface Canary {
  readonly name: string;
  readonly text: string;
}

/** Where a canary was found, in which disguise, and what stands around it. */
export interface Sighting {
  readonly canary: string;
  readonly form: string;
  readonly place: string;
  readonly around: string;
}

interface Needle {
  readonly form: string;
  readonly text: string;
  /** Looked for in the haystack as it is, and not without regard to case. */
  readonly exact: boolean;
}

const AROUND = 60;
/** Of one form in one place. */
const MOST_TOLD = 5;

/**
 * The forms in which a text may lie about: plain (any case), reversed, hex, base64 and base64url at each of three
 * alignments, URL-encoded and JSON-escaped to the last letter, UTF-16 of both kinds. What is URL-encoded or escaped
 * only where it must be is plain for letters and digits.
 */
export function formsOf(text: string): readonly Needle[] {
  const bytes = Buffer.from(text, 'utf8');
  const folded = (form: string, needle: string): Needle => ({ form, text: needle.toLowerCase(), exact: false });
  const each = (render: (byte: number) => string): string => [...bytes].map(render).join('');
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  return [
    folded('plain', bytes.toString('latin1')),
    folded('reversed', [...bytes.toString('latin1')].reverse().join('')),
    folded('hex', bytes.toString('hex')),
    folded(
      'URL-encoded',
      each((byte) => `%${hex(byte)}`),
    ),
    folded(
      'JSON-escaped',
      [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ),
    folded('UTF-16LE', Buffer.from(text, 'utf16le').toString('latin1')),
    folded('UTF-16BE', Buffer.from(text, 'utf16le').swap16().toString('latin1')),
    ...[0, 1, 2].flatMap((offset) => {
      const fragment = base64Fragment(bytes, offset);
      const url = fragment.replaceAll('+', '-').replaceAll('/', '_');
      return [
        { form: `base64+${offset}`, text: fragment, exact: true },
        ...(url === fragment ? [] : [{ form: `base64url+${offset}`, text: url, exact: true }]),
      ];
    }),
  ];
}

/** The letters of the base64 that depend on nothing but these bytes, when `offset` bytes stand before them. */
function base64Fragment(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** Looks for canaries in what was gathered from a place. */
export class CanarySearch {
  readonly #needles: readonly { canary: string; needle: Needle }[];

  constructor(canaries: readonly Canary[]) {
    this.#needles = canaries.flatMap(({ name, text }) => formsOf(text).map((needle) => ({ canary: name, needle })));
  }

  in(place: string, content: string | Buffer): Sighting[] {
    const raw = Buffer.isBuffer(content) ? content.toString('latin1') : Buffer.from(content, 'utf8').toString('latin1');
    const folded = foldCase(raw);
    return this.#needles.flatMap(({ canary, needle }) => {
      const places = occurrences(needle.exact ? raw : folded, needle.text);
      return places.map((at) => ({ canary, form: needle.form, place, around: excerpt(raw, at, needle.text.length) }));
    });
  }
}

function occurrences(haystack: string, needle: string): number[] {
  const found: number[] = [];
  for (let at = haystack.indexOf(needle); at >= 0 && found.length < MOST_TOLD; at = haystack.indexOf(needle, at + 1))
    found.push(at);
  return found;
}

/** ASCII letters only, so that positions stay. */
const foldCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const excerpt = (raw: string, at: number, length: number): string =>
  raw.slice(Math.max(0, at - AROUND), at + length + AROUND).replace(/[^\x20-\x7e]+/g, '·');
