/** Everything that can be typed on a plain keyboard, and nothing that only looks like it. */
const PLAIN = /^[\x20-\x7E]*$/;

/** Scripts with letters that are drawn like those of another one of them. */
const ALIKE = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Cherokee', 'Coptic', 'Lisu'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/** Cyrillic and Greek letters that nobody can tell from Latin ones. */
const TWINS = new Set('АВЕЅІЈКМНОРСТУХҮаеорсухѕіјԁԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳοϲ');

/** ASCII in full width or in the alphabets of mathematics; spaces and dashes that are not the keyboard's. */
const TYPOGRAPHIC = /[\uFF01-\uFF5E\u{1D400}-\u{1D7FF}\u{1FBF0}-\u{1FBF9}\u2212]|(?! )\p{Zs}|(?!-)\p{Pd}/u;

/** Whether a text is printable ASCII, as every code is. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * Whether a reference may be taken for another one that is stored differently: it mixes scripts or number systems whose
 * signs look alike, is written in the look-alikes of one script only, or in typographic doubles of ASCII. After UTS 39
 * (mixed-script and whole-script confusables), for the scripts in which that happens.
 */
export function looksLikeAnother(text: string): boolean {
  if (isPlain(text)) return false;
  if (TYPOGRAPHIC.test(text) || ALIKE.filter((script) => script.test(text)).length > 1) return true;
  if (/(?![0-9])\p{Nd}/u.test(text) && /[0-9A-Za-z]/.test(text)) return true;
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.length > 0 && letters.every((letter) => TWINS.has(letter));
}
