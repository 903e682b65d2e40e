import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { documentLimits } from './limits.js';

const schema = buildSchema('type Query { a: Query b: String }');
const codesOf = (document: string) =>
  validate(schema, parse(document), [documentLimits]).map((error) => error.extensions['code']);

describe('limits on a document', () => {
  it.each([
    ['depth', `${'{ a '.repeat(20)}{ b }${' }'.repeat(20)}`],
    ['aliases, also of __typename', `{ ${Array.from({ length: 31 }, (_, n) => `x${n}: __typename`).join(' ')} }`],
    ['directives', `{ ${Array.from({ length: 21 }, () => 'a @skip(if: true) { b }').join(' ')} }`],
    ['fan-out of fragments', `{ ${Array.from({ length: 51 }, () => '... { b }').join(' ')} }`],
    ['root fields', `{ ${Array.from({ length: 11 }, () => 'b').join(' ')} }`],
    ['fields', `{ a { ${'b '.repeat(501)} } }`],
  ])('refuses too many: %s', (_, document) => {
    expect(codesOf(document)).toEqual(['LIMIT_EXCEEDED']);
  });

  it('lets an ordinary document through', () => {
    expect(codesOf('{ a { a { b } } again: a { b } }')).toEqual([]);
  });
});
