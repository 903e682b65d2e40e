import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@concord/platform/errors';
import { createLogger } from '@concord/platform/logging';
import { buildSchema, graphqlSync, GraphQLError } from 'graphql';
import { toGraphQLError } from './graphql-error.js';

const log = createLogger({ name: 'test', level: 'silent' });
const wrapped = (error: Error): GraphQLError =>
  toGraphQLError(new GraphQLError(error.message, { originalError: error, path: ['field'] }), log);

describe('what a client sees of trouble', () => {
  it('is the code and sentence of an expected refusal', () => {
    expect(wrapped(new DomainError('not-found', 'NOT_FOUND', 'Nothing here.'))).toMatchObject({
      message: 'Nothing here.',
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('is a log id, and nothing of the message, for what is unexpected', () => {
    const seen = wrapped(new Error('duplicate key value (phone)=(+1 619 555 0100)'));
    expect(seen.extensions['code']).toBe('INTERNAL');
    expect(JSON.stringify(seen)).not.toContain('619');
  });

  it.each([
    ['57014', 'LIMIT_EXCEEDED'],
    ['ECONNREFUSED', 'UNAVAILABLE'],
    ['57P01', 'UNAVAILABLE'],
    ['DATABASE_SILENT', 'UNAVAILABLE'],
    ['POOL_EXHAUSTED', 'UNAVAILABLE'],
    ['22021', 'BAD_USER_INPUT'],
    ['23505', 'INTERNAL'],
  ])('tells a database code %s as %s', (code, told) => {
    expect(wrapped(Object.assign(new Error('x'), { code })).extensions['code']).toBe(told);
  });

  it('never repeats the value of a variable', () => {
    const schema = buildSchema('input I { n: Int } type Query { a(i: I): String }');
    const { errors } = graphqlSync({
      schema,
      source: 'query ($i: I) { a(i: $i) }',
      variableValues: { i: { n: 'SECRET; at "VALUE' } },
    });
    const seen = toGraphQLError(new GraphQLError('wrapped', { originalError: errors?.[0] as Error }), log);
    expect(seen.extensions['code']).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(seen)).not.toMatch(/SECRET|VALUE/);
  });
});
