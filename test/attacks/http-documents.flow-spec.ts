import { getIntrospectionQuery } from 'graphql';
import { FlowStack } from '../flows/stack.builder.js';

const repeat = (count: number, part: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const RECORDS = 'seizureRecords(first: 200) { edges { node { ...R } } }';
const WHOLE = `fragment R on SeizureRecord { id precision occurred { from to } place { h3 countyFips stateFips }
  substances { name deaCode category form quantity { minGrams maxGrams minUnits maxUnits unit } purity { minPercent maxPercent } }
  people { role minAge maxAge citizenship affiliation } transformations { field from to } }`;

describe('documents of a signed-in person', () => {
  let stack: FlowStack;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  async function post(query: string, variables: unknown = {}, operationName: string | null = null) {
    const answer = await fetch(stack.api.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${stack.as('state-analyst').token}`,
        'concord-purpose': 'INVESTIGATION; ref=T-1',
      },
      body: JSON.stringify({ query, variables, operationName }),
    });
    const { errors } = (await answer.json()) as { errors?: { message: string; extensions: { code: string } }[] };
    return { status: answer.status, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
  }

  it.each<[string, string, Record<string, unknown>?]>([
    [
      'thirty fragments that each spread the next one twice',
      `{ ...F0 } ${repeat(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { me { id } }`,
    ],
    [
      'depth, through fragments',
      `{ me { keyring { key } } ...F0 } ${repeat(13, (n) => `fragment F${n} on Query { a${n}: me { ...G } ...F${n + 1} }`)} fragment F13 on Query { me { id } } fragment G on Me { ${'... { '.repeat(45)} id ${'} '.repeat(45)} }`,
    ],
    ['aliases of __typename', `{ ${repeat(31, (n) => `a${n}: __typename`)} }`],
    ['aliases of what is dear', `{ ${repeat(11, (n) => `a${n}: me { id }`)} }`],
    ['directives', `{ me { ${repeat(21, () => 'id @include(if: true)')} } }`],
    ['one directive, over and over', `{ me { id ${'@skip(if: false) '.repeat(21)} } }`],
    ['three pages of 200 whole records', `{ a: ${RECORDS} b: ${RECORDS} c: ${RECORDS} } ${WHOLE}`],
    [
      'the same by a variable',
      `query ($n: Int) { a: ${RECORDS.replace('200', '$n')} b: ${RECORDS.replace('200', '$n')} c: ${RECORDS.replace('200', '$n')} } ${WHOLE}`,
      { n: 200 },
    ],
    [
      'the same by the default of one',
      `query ($n: Int = 200) { a: ${RECORDS.replace('200', '$n')} b: ${RECORDS.replace('200', '$n')} c: ${RECORDS.replace('200', '$n')} } ${WHOLE}`,
    ],
    [
      'the same, skipped',
      `query ($s: Boolean!) { a: ${RECORDS.replace('{', '@skip(if: $s) {')} b: ${RECORDS} c: ${RECORDS} } ${WHOLE}`,
      { s: true },
    ],
    [
      'three introspections',
      `{ a: __schema { types { name } } b: __schema { types { name } } c: __schema { types { name } } }`,
    ],
    [
      'introspection that turns in circles',
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    ],
    [
      'introspection of what is possible for what is possible',
      '{ __schema { types { possibleTypes { interfaces { possibleTypes { name } } } } } }',
    ],
  ])('are refused for %s', async (...[, query, variables]) => {
    expect(await post(query, variables)).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
  });

  it('may be the introspection of a tool', async () => {
    expect(await post(getIntrospectionQuery())).toMatchObject({ status: 200 });
  });

  it('are counted for the operation that runs', async () => {
    const query = `query Small { me { id } } query Large { a: ${RECORDS} b: ${RECORDS} c: ${RECORDS} } ${WHOLE}`;
    expect(await post(query, {}, 'Small')).toMatchObject({ status: 200 });
    expect(await post(query, {}, 'Large')).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
  });

  it.each<[string, string, unknown]>([
    ['skipped', 'query ($s: Boolean!) { me @skip(if: $s) { id } }', { s: true }],
    ['included', 'query ($s: Boolean = false) { me @include(if: $s) { id } }', {}],
  ])('may leave everything out: %s', async (_, query, variables) => {
    expect(await post(query, variables)).toMatchObject({ status: 200 });
  });

  it('are not made worse by being sent often', async () => {
    const fan = `{ ...F0 } ${repeat(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { me { id } }`;
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(fan)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
  });
});
