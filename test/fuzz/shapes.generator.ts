import fc, { type Arbitrary } from 'fast-check';

const repeat = (count: number, part: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => part(at)).join(' ');

/** Shapes that are sent to hurt, each as large as the number says. */
const SHAPES: readonly ((size: number) => string)[] = [
  (n) =>
    `{ ...F0 } ${repeat(n % 60, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${n % 60} on Query { __typename }`,
  (n) => `{ ...F0 } ${repeat(n % 60, (at) => `fragment F${at} on Query { ...F${(at + 1) % Math.max(1, n % 60)} }`)}`,
  (n) => '{ me '.repeat(n) + '}'.repeat(n),
  (n) => `{ ${repeat(n, (at) => `a${at}: __typename`)} }`,
  (n) => `{ ${repeat(n, (at) => `a${at}: me { id }`)} }`,
  (n) => `{ me { ${'id '.repeat(n)} } }`,
  (n) => `{ me { id ${'@skip(if: false) '.repeat(n)} } }`,
  (n) => `{ ${'... { '.repeat(n)} __typename ${'} '.repeat(n)} }`,
  (n) => `{ ${repeat(n, () => '... { me { id } }')} }`,
  (n) => `{ __schema { types { ${'fields { type { '.repeat(n % 9)} name ${'} } '.repeat(n % 9)} } } }`,
  (n) => `{ __type(name: "Query") { ${'ofType { '.repeat(n)} name ${'} '.repeat(n)} } }`,
  (n) => `query (${repeat(n, (at) => `$v${at}: Int = ${at}`)}) { __typename }`,
  (n) =>
    `query ($a: Int, $a: Int) { ${repeat(n % 12, (at) => `q${at}: seizureRecords(first: ${n}) { edges { node { id } } }`)} }`,
  (n) => `{ seizureRecords(filter: ${'{not: '.repeat(n)}{}${'}'.repeat(n)}) { totalCount { value } } }`,
  (n) => `{ seizureRecords(filter: {and: [${'{}, '.repeat(n)}]}) { totalCount { value } } }`,
  (n) => `{ seizureRecord(id: ${'['.repeat(n)}${']'.repeat(n)}) { id } }`,
  (n) => `# ${'x'.repeat(n * 100)}\n{ __typename }`,
  (n) => `{ __typename ${','.repeat(n * 100)} }`,
  (n) => `{ seizureRecord(id: """${'\\"""'.repeat(n)}""") { id } }`,
  (n) => `{ seizureRecords(first: ${'9'.repeat(n)}) { totalCount { value } } }`,
  (n) => `${'query Q { __typename } '.repeat(n)}`,
  (n) => `${repeat(n, (at) => `query Q${at} { __typename }`)}`,
  (n) => `subscription { ${repeat(n % 5, (at) => `s${at}: alertRaised { cursor }`)} }`,
  (n) => `{ ${'{'.repeat(n)}`,
  (n) => '"'.repeat(n),
];

export const hurtfulShape: Arbitrary<string> = fc
  .tuple(fc.constantFrom(...SHAPES), fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 2_500 })))
  .map(([shape, size]) => shape(size).slice(0, 200_000));

const TOKENS = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '!',
    '$',
    '@',
    ':',
    '=',
    '|',
    '&',
    '...',
    '"',
    '"""',
    '\\',
    '#',
    ',',
    '\n',
    '\u0000',
    '\ufeff',
  ],
  ...[
    'fragment',
    'on',
    'query',
    'mutation',
    'subscription',
    'null',
    'true',
    '1e400',
    '-',
    '0x',
    '\ud83d',
    '__proto__',
    '$x',
    '...F',
    '{}',
  ],
];

/** Cuts into a text: a few places are replaced, doubled or taken out. */
export function mutated(of: Arbitrary<string>): Arbitrary<string> {
  const cut = fc.record({
    at: fc.nat({ max: 2_000 }),
    length: fc.nat({ max: 30 }),
    put: fc.constantFrom('', ...TOKENS),
    twice: fc.nat({ max: 6 }),
  });
  return fc.tuple(of, fc.array(cut, { minLength: 1, maxLength: 4 })).map(([text, cuts]) =>
    cuts.reduce((current, { at, length, put, twice }) => {
      const from = current.length === 0 ? 0 : at % current.length;
      const piece = current.slice(from, from + length);
      return current.slice(0, from) + (twice === 0 ? piece + piece : put) + current.slice(from + length);
    }, text),
  );
}
