import type { ValidIdentifier } from './valid-report.js';

/** Shorter ones are looked for as whole words only: the handle "ox" must not blank out "oxycodone". */
const SHORTEST_PART_OF_WORD = 5;

/**
 * Finds the report's own identifiers in its shared texts (port of entry, signature, adulterants, packaging, remarks, a substance without a
 * DEA code), where a submitter may have typed them: spaces, punctuation, case and accents do not hide them. It errs towards leaving out.
 */
export class IdentifierTraces {
  private readonly names: readonly { readonly spaced: string; readonly joined: string }[];

  constructor(identifiers: readonly ValidIdentifier[]) {
    this.names = identifiers
      .flatMap(namesIn)
      .map(wordsOf)
      .filter((words) => words.length > 0)
      .map((words) => ({ spaced: ` ${words.join(' ')} `, joined: words.join('') }));
  }

  areIn(text: string): boolean {
    if (this.names.length === 0) return false;
    const words = wordsOf(text);
    const spaced = ` ${words.join(' ')} `;
    const joined = words.join('');
    return this.names.some(
      (name) =>
        spaced.includes(name.spaced) || (name.joined.length >= SHORTEST_PART_OF_WORD && joined.includes(name.joined)),
    );
  }
}

/** The identifier and the ways in which people shorten it or write it otherwise. */
function namesIn(identifier: ValidIdentifier): readonly string[] {
  if (identifier.kind === 'PERSON') {
    const { givenName, surName, birthDate } = identifier.person;
    return [givenName, surName, `${givenName}${surName}`, `${surName}${givenName}`, ...datesOf(birthDate)];
  }
  const { kind, value } = identifier;
  if (kind === 'PHONE') {
    const digits = value.normalize('NFKC').replace(/\D/g, '');
    return [value, digits, digits.slice(-10), digits.slice(-7)];
  }
  if (kind === 'EMAIL') return [value, value.split('@')[0] ?? value];
  // A plate is often written without its state.
  if (kind === 'PLATE') return [value, value.replace(/^[A-Za-z]{2}[ -]+/, '')];
  return [value];
}

function datesOf(birthDate: string): readonly string[] {
  const [year = '', month = '', day = ''] = birthDate.split('-');
  const m = String(Number(month));
  const d = String(Number(day));
  return [
    birthDate,
    `${month} ${day} ${year}`,
    `${m} ${d} ${year}`,
    `${day} ${month} ${year}`,
    `${d} ${m} ${year}`,
    `${month} ${day} ${year.slice(2)}`,
    `${m} ${d} ${year.slice(2)}`,
  ];
}

function wordsOf(text: string): readonly string[] {
  // Marks go first too: many on one letter would be put into an order that nobody looks at (libs/platform/src/text).
  const plain = text.replace(/\p{M}/gu, '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
