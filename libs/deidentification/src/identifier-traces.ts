import type { ValidIdentifier } from './valid-report.js';

/** Shorter ones are looked for as whole words only: the handle "ox" must not blank out "oxycodone". */
const SHORTEST_PART_OF_WORD = 5;

/**
 * Finds the report's own identifiers in its short texts (port of entry, signature, adulterants, a substance without a DEA code), where a
 * submitter may have typed them: spaces, punctuation, case and accents do not hide them. It errs towards leaving out.
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

function namesIn(identifier: ValidIdentifier): readonly string[] {
  if (identifier.kind !== 'PERSON') return [identifier.value];
  const { givenName, surName, birthDate } = identifier.person;
  return [givenName, surName, birthDate];
}

function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
