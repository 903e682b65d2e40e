import { isAcceptance } from './newcomer.js';

const CODE = 'mutation Accept($code: String!) { acceptInvitation(code: $code) { __typename } }';

describe('what a newcomer may ask', () => {
  it('is to accept an invitation', () => {
    expect(isAcceptance({ query: CODE, variables: { code: 'x' } })).toBe(true);
    expect(isAcceptance({ query: 'mutation { again: acceptInvitation(code: "x") { __typename } }' })).toBe(true);
  });

  it.each([
    ['a query', 'query { acceptInvitation(code: "x") { __typename } }'],
    ['something else', '{ me { id } }'],
    [
      'something else beside it',
      'mutation { acceptInvitation(code: "x") { __typename } revokeApiKey(id: "1") { __typename } }',
    ],
    ['the type beside it', 'mutation { __typename acceptInvitation(code: "x") { __typename } }'],
    [
      'twice',
      'mutation { a: acceptInvitation(code: "x") { __typename } b: acceptInvitation(code: "y") { __typename } }',
    ],
    ['another operation in the document', `${CODE} query Other { me { id } }`],
    [
      'a fragment that may be anything',
      'mutation { ...all } fragment all on Mutation { acceptInvitation(code: "x") { __typename } }',
    ],
    ['an inline fragment', 'mutation { ... on Mutation { acceptInvitation(code: "x") { __typename } } }'],
    ['no document', 'mutation {'],
    ['fragments alone', 'fragment f on Mutation { acceptInvitation(code: "x") { __typename } }'],
  ])('is not %s', (_, query) => {
    expect(isAcceptance({ query })).toBe(false);
  });

  it.each([[null], [[{ query: CODE }]], [{ query: 1 }], [{ query: CODE, more: 1 }], ['text']])('is not %j', (body) => {
    expect(isAcceptance(body)).toBe(false);
  });
});
