import { personId } from '../../apps/embedded/src/personas.js';
import { CREATE_API_KEY } from '../flows/documents.js';
import { FlowStack } from '../flows/stack.builder.js';
import { MatrixClient } from './matrix-client.builder.js';
import { WholeDocuments } from './whole-documents.js';

/**
 * What an API key is let in to, by capability: design.md section 5 and point 4 of issue 5 ("machine submitters …
 * narrower than their owner"). `me`, always; of everything else nothing that is not here.
 */
const OPENS = {
  SUBMIT: [
    ...['Mutation.submitSeizureReport', 'Mutation.submitSeizureReports', 'Mutation.previewSeizureReport'],
    'Query.submissionOutcomes',
    // Files, of which a key sees those that it brought.
    ...['Mutation.startImport', 'Mutation.confirmImport', 'Mutation.pauseImport', 'Mutation.resumeImport'],
    ...['Mutation.cancelImport', 'Query.columnMappings', 'Query.guessColumnMapping'],
    ...['Query.import', 'Query.imports', 'Query.importEntries', 'Query.previewImport'],
  ],
  CORRECT: ['Mutation.correctSeizureReport', 'Mutation.recallSeizureReport', 'Mutation.recordLaboratoryResult'],
  READ_OWN: ['Query.seizureReport', 'Query.mySeizureReports'],
} as const;
type Capability = keyof typeof OPENS;

const SETS: readonly (readonly Capability[])[] = [
  ['SUBMIT'],
  ['CORRECT'],
  ['READ_OWN'],
  ['SUBMIT', 'CORRECT'],
  ['SUBMIT', 'READ_OWN'],
  ['CORRECT', 'READ_OWN'],
  ['SUBMIT', 'CORRECT', 'READ_OWN'],
];
/** Whose seat it acts from: one of the agency's own, or a person's, who may do far more. */
const SEATS = {
  'a service seat': null,
  'an analyst’s seat': 'local-analyst',
  'a supervisor’s seat': 'supervisor',
} as const;
const PURPOSE = 'INVESTIGATION; ref=MATRIX-2026-002';

describe('machines at every root field', () => {
  let stack: FlowStack;
  const documents = new WholeDocuments();
  let made = 0;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  }, 60_000);
  afterAll(() => stack?.stop());

  const make = async (capabilities: readonly Capability[], seat: keyof typeof SEATS, more: object = {}) => {
    const owner = SEATS[seat];
    made += 1;
    const input = {
      ...{ name: `machine ${made}`, capabilities, widestSharing: 'NATION' },
      ...{ expiresAt: new Date(Date.now() + 86_400_000).toISOString(), ...more },
      ...(owner === null ? {} : { personId: personId(owner) }),
    };
    const { createApiKey } = await stack
      .as('agency-admin')
      .run<{ createApiKey: { secret?: string; key?: { id: string; personId: string } } }>(CREATE_API_KEY, { input });
    const { secret, key } = createApiKey;
    if (secret === undefined || key === undefined) throw new Error(JSON.stringify(createApiKey));
    return { ...key, client: new MatrixClient(stack.api.url, { token: secret, purpose: PURPOSE, ori: null }) };
  };
  /** Root fields by what they answered: let in, FORBIDDEN, UNAUTHENTICATED. */
  const askAll = async (client: MatrixClient): Promise<Record<string, string[]>> => {
    const answers: Record<string, string[]> = {};
    for (const { name, kind } of documents.rootFields()) {
      if (kind === 'subscription') continue;
      const { errors } = await client.ask(documents.harmlessCall(name));
      const code = errors[0]?.code ?? '';
      const answer = ['FORBIDDEN', 'PURPOSE_REQUIRED', 'UNAUTHENTICATED'].includes(code) ? code : 'let in';
      (answers[answer] ??= []).push(name);
    }
    return answers;
  };

  it.each(Object.keys(SEATS) as (keyof typeof SEATS)[])('from %s are let in to what the key is for', async (seat) => {
    for (const capabilities of SETS) {
      const {
        'let in': allowed = [],
        FORBIDDEN: refused = [],
        ...others
      } = await askAll((await make(capabilities, seat)).client);
      const expected = ['Query.me', ...capabilities.flatMap((capability) => OPENS[capability])];
      expect({ capabilities, allowed: [...allowed].sort() }).toEqual({ capabilities, allowed: [...expected].sort() });
      expect(refused.length).toBeGreaterThan(40);
      expect(others).toEqual({});
    }
  });

  it.each([
    ['revoked', {}, `update api_key set revoked_at = now(), slot = null where id = $1`],
    [
      'expired',
      {},
      `update api_key set created_at = now() - interval '3 days', expires_at = now() - interval '1 second' where id = $1`,
    ],
    ['of another network', { networks: ['10.9.9.0/24'] }, null],
    [
      'whose seat is over',
      {},
      `update membership set valid_until = statement_timestamp() where person_id = (select person_id from api_key where id = $1)`,
    ],
    [
      'whose person is disabled',
      {},
      `update person set status = 'DISABLED' where id = (select person_id from api_key where id = $1)`,
    ],
  ])('with a key %s are nobody', async (_, more, sql) => {
    const { id, client } = await make(['SUBMIT', 'CORRECT', 'READ_OWN'], 'a service seat', more);
    if (sql !== null) expect((await stack.admin.query(sql, [id])).rowCount).toBeGreaterThan(0);
    expect(Object.keys(await askAll(client))).toEqual(['UNAUTHENTICATED']);
  });
});
