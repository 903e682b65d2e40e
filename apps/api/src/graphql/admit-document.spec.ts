import { describe, expect, it } from '@jest/globals';
import { SubmitSeizureReportsDocument } from '@concord/client';
import { buildSchema, getIntrospectionQuery, Kind, parse, print, validate, visit, type ASTNode } from 'graphql';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DocumentGate } from './admit-document.js';
import { documentCost } from './document-cost.js';
import { MAX_COST } from './limits.js';

const schema = buildSchema(`
  type Query { a: Query b: String each(references: [ID!]!): [Person!]! people(first: Int = 50): People! me: Person }
  type People { edges: [Edge!]! total: Int! }
  type Edge { node: Person! }
  type Person { id: ID! names: [Name!]! friends(first: Int): People! }
  type Name { text: String! }
  input Deep { in: Deep items: [Item!] }
  input Item { name: String! size: Int unit: Unit }
  enum Unit { KG GM }
  type Mutation { put(deep: Deep!): String }
  type Subscription { ticks: Int }
`);
const gate = (): DocumentGate => new DocumentGate(schema);

const errorsOf = (query: string, variables?: Record<string, unknown>, operationName?: string) => {
  const admission = gate().admit({ query, variables, operationName });
  return 'errors' in admission ? admission.errors : [];
};
const codeOf = (query: string, variables?: Record<string, unknown>) =>
  errorsOf(query, variables)[0]?.extensions['code'];
const costOf = (query: string, variables?: Record<string, unknown>): number => {
  const admission = gate().admit({ query, variables });
  if ('errors' in admission) throw new Error(admission.errors.join());
  return admission.admitted.cost;
};
const issuesOf = (query: string, variables: Record<string, unknown>): unknown => {
  const original: unknown = errorsOf(query, variables)[0]?.originalError;
  return Reflect.get(original ?? {}, 'issues');
};

describe('a document at the gate', () => {
  it('is refused by its unfolded size, in no time, when fragments fan out', () => {
    const fragments = Array.from({ length: 40 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    const started = performance.now();
    expect(codeOf(`{ ...F0 } ${fragments.join(' ')} fragment F40 on Query { b }`)).toBe('LIMIT_EXCEEDED');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('is as deep as it is with its fragments in place', () => {
    const fragments = Array.from({ length: 12 }, (_, n) => `fragment F${n} on Query { a { ...F${n + 1} } }`);
    expect(codeOf(`{ ...F0 } ${fragments.join(' ')} fragment F12 on Query { b }`)).toBe('LIMIT_EXCEEDED');
  });

  it('may hold fragments that go in a circle, which validation then names', () => {
    expect(errorsOf('{ ...F } fragment F on Query { a { ...G } } fragment G on Query { ...F }')[0]?.message).toContain(
      'Cannot spread fragment',
    );
  });

  it.each([
    ['brackets that would use up the stack', `{ a(b: ${'['.repeat(1_990)}`],
    ['comments alone', '#'.repeat(40_000)],
    ['tokens', `{ ${'b '.repeat(2_100)} }`],
    [
      'aliases in a fragment that is spread often',
      `{ ${'...F '.repeat(5)} } fragment F on Query { ${Array.from({ length: 7 }, (_, n) => `x${n}: b`).join(' ')} }`,
    ],
    ['directives on variables', `query (${Array.from({ length: 21 }, (_, n) => `$v${n}: Int @d`).join(' ')}) { b }`],
    ['introspections', '{ a: __schema { __typename } b: __schema { __typename } c: __type(name: "Query") { name } }'],
    ['introspection in circles', '{ __schema { types { fields { type { fields { name } } } } } }'],
    [
      'the same through fragments',
      '{ __schema { types { ...F } } } fragment F on __Type { fields { type { ...G } } } fragment G on __Type { interfaces { name } }',
    ],
    ['depth of introspection', `{ __type(name: "Query") { ${'ofType { '.repeat(17)} name ${'}'.repeat(18)} }`],
  ])('is refused for too much: %s', (_, query) => {
    expect(codeOf(query)).toBe('LIMIT_EXCEEDED');
  });

  it('may be the introspection that tools send', () => {
    expect(errorsOf(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }))).toEqual(
      [],
    );
  });

  it.each([
    ['no operation of that name', 'query A { b } query B { b }', 'C'],
    ['no name where there are several', 'query A { b } query B { b }', undefined],
    ['fragments only', 'fragment F on Query { b }', undefined],
  ])('is refused with %s', (_, query, name) => {
    expect(errorsOf(query, {}, name)).toHaveLength(1);
  });

  it('is judged by the operation that is named, not by another in it', () => {
    const query =
      'query Small { b } query Large { people(first: 200) { edges { node { friends(first: 200) { edges { node { id names { text } } } } } } } }';
    expect(errorsOf(query, {}, 'Small')).toEqual([]);
    expect(errorsOf(query, {}, 'Large')[0]?.message).toContain('values');
  });
});

describe('what an answer could cost', () => {
  const page = 'query ($n: Int = 7) { people(first: $n) { edges { node { id } } } }';
  // 1 for people, 1 for edges, and for each edge 1 for node and 1 for id.
  it.each<[string, string, Record<string, unknown>, number]>([
    ['a variable', page, { n: 100 }, 2 + 100 * 2],
    ['its default', page, {}, 2 + 7 * 2],
    ['null as absent', page, { n: null }, 2 + 50 * 2],
    ['more than any page as the largest page', page, { n: 2_000_000_000 }, 2 + 200 * 2],
    ['less than one as one', page, { n: -5 }, 2 + 2],
    ['the default of the field', '{ people { edges { node { id } } } }', {}, 2 + 50 * 2],
    ['a literal', '{ people(first: 3) { edges { node { id } } } }', {}, 2 + 3 * 2],
    ['no default as the largest page', '{ me { friends { edges { node { id } } } } }', {}, 3 + 200 * 2],
    ['a list without pages as five', '{ me { names { text } } }', {}, 2 + 5],
    [
      'what is answered one by one as it is given',
      'query ($n: [ID!]!) { each(references: $n) { id } }',
      { n: ['1', '2', '3'] },
      1 + 3,
    ],
    ['and where it is written', '{ each(references: ["1", "2"]) { id } }', {}, 1 + 2],
    ['what is skipped as if it were not', '{ people(first: 3) @skip(if: true) { total } }', {}, 2],
    [
      'lists in lists',
      '{ people(first: 10) { edges { node { friends(first: 10) { total edges { node { id } } } } } } }',
      {},
      2 + 10 * (1 + 1 + 1 + 1 + 10 * 2),
    ],
    [
      'a fragment by the page it is in',
      '{ people(first: 3) { ...P } x: people(first: 4) { ...P } } fragment P on People { edges { node { id } } }',
      {},
      4 + 3 * 2 + 4 * 2,
    ],
  ])('counts %s', (_, query, variables, cost) => {
    expect(costOf(query, variables)).toBe(cost);
  });
});

it('lets the client’s batch of 500 through, with room for more', () => {
  const committed = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
  const query = String(SubmitSeizureReportsDocument);
  const admission = new DocumentGate(committed).admit({ query, variables: { inputs: Array(500).fill({}) } });
  if ('errors' in admission) throw new Error(admission.errors.join());
  expect(admission.admitted.cost).toBeGreaterThan(500 * 20);
  expect(admission.admitted.cost).toBeLessThan(MAX_COST);
});

describe('variables that do not fit', () => {
  const put = 'mutation ($deep: Deep!) { put(deep: $deep) }';

  it('are told one by one, with their places and without a value', () => {
    const deep = {
      items: [{ name: 'x', size: 'SECRET', unit: 'SECRET' }, { nam: 'SECRET' }, 'SECRET'],
      in: { in: 'SECRET', ['SECRET key']: 1 },
    };
    const issues = issuesOf(put, { deep });
    expect(issues).toEqual([
      { path: 'variables.deep.in.in', code: 'WRONG_TYPE', message: 'Expected an object of type Deep.' },
      { path: 'variables.deep.in.?', code: 'UNKNOWN_FIELD', message: 'Deep has no such field.' },
      { path: 'variables.deep.items.0.size', code: 'WRONG_TYPE', message: 'Expected a value of type Int.' },
      {
        path: 'variables.deep.items.0.unit',
        code: 'WRONG_TYPE',
        message: 'Expected a value of the enum Unit: KG, GM.',
      },
      { path: 'variables.deep.items.1.name', code: 'REQUIRED', message: 'Required, of type String!.' },
      {
        path: 'variables.deep.items.1.nam',
        code: 'UNKNOWN_FIELD',
        message: 'Item has no such field. Did you mean "name"?',
      },
      { path: 'variables.deep.items.2', code: 'WRONG_TYPE', message: 'Expected an object of type Item.' },
    ]);
  });

  it('are required where the schema requires them', () => {
    expect(issuesOf(put, {})).toEqual([
      { path: 'variables.deep', code: 'REQUIRED', message: 'Required, of type Deep!.' },
    ]);
    expect(issuesOf(put, { deep: null })).toHaveLength(1);
  });

  it('may be nested so far and no further, whatever takes them', () => {
    const nested = (levels: number): unknown => JSON.parse(`${'{"in":'.repeat(levels)}{}${'}'.repeat(levels)}`);
    expect(errorsOf(put, { deep: nested(30) })).toEqual([]);
    expect(issuesOf(put, { deep: nested(20_000) })).toMatchObject([{ path: 'variables.deep', code: 'TOO_DEEP' }]);
    expect(issuesOf('{ b }', { unused: nested(20_000) })).toHaveLength(1);
  });

  it('are told fifty at a time', () => {
    expect(issuesOf(put, { deep: { items: Array.from({ length: 1_000 }, () => 1) } })).toHaveLength(50);
  });
});

const OPERATIONS = join(import.meta.dirname, '../../../../../shared/operations');

(existsSync(OPERATIONS) ? describe : describe.skip)('the operations of the field', () => {
  const real = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
  // A suite that is skipped is read all the same.
  const whole = (existsSync(OPERATIONS) ? readdirSync(OPERATIONS) : []).filter((name) => name.endsWith('.graphql'));
  it('cost far less than the budget with pages of 100', () => {
    const documents = whole
      .flatMap((name) => split(readFileSync(join(OPERATIONS, name), 'utf8')))
      .map((text) => parse(text));
    const known = documents.filter((document) => validate(real, document).length === 0);
    expect(known.length).toBeGreaterThan(9);
    for (const document of known) {
      const [operation] = document.definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first');
      expect(documentCost(real, document, operation, { first: 100 })).toBeLessThan(MAX_COST / 4);
    }
  });

  /** Of those that still wait for their capability, only that no limit stands in their way. */
  it.each(whole)('%s passes the limits, as one document and each by itself', (name) => {
    const text = readFileSync(join(OPERATIONS, name), 'utf8');
    for (const query of [text, ...split(text)]) {
      const admission = new DocumentGate(real).admit({ query });
      const errors = 'errors' in admission ? admission.errors : [];
      expect(errors.map((error) => error.extensions['code'])).not.toContain('LIMIT_EXCEEDED');
    }
  });
});

function split(text: string): string[] {
  const { definitions } = parse(text);
  const used = (node: ASTNode): Set<string> => {
    const names = new Set<string>();
    visit(node, { FragmentSpread: (spread) => void names.add(spread.name.value) });
    return names;
  };
  return definitions
    .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
    .map((node) => [
      node,
      ...definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION && used(node).has(one.name.value)),
    ])
    .map((nodes) => print({ kind: Kind.DOCUMENT, definitions: nodes }));
}
