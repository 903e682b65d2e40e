import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { randomUUID } from 'node:crypto';
import { CREATE_API_KEY } from '../flows/documents.js';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { ADMIN_SENT, type Sent } from './admin-operations.builder.js';
import { FIELD_CLIENTS, type FieldClient } from './clients.builder.js';
import { fieldOperations, type FieldOperation } from './operations.builder.js';

type Variables = Record<string, unknown>;

/** What is looked at in an answer. */
interface Result {
  readonly __typename?: string;
  readonly edges?: readonly unknown[];
}

/** One event of a stream. */
interface Told {
  readonly cursor?: string;
  readonly alert: { readonly record: { readonly id: string } | null };
}

const SUBMITTER: PersonaName = 'local-submitter';
const READER: PersonaName = 'state-analyst';
const ADMIN: PersonaName = 'agency-admin';
/** Two keys of one name live at once, so each has a name of its own. */
const newKey = (): Variables => ({
  input: {
    ...{ name: `records system ${randomUUID()}`, capabilities: ['SUBMIT'], widestSharing: 'NATION' },
    ...{ expiresAt: new Date(Date.now() + 200 * 86_400_000).toISOString(), networks: ['10.0.0.0/8'] },
  },
});
const madeKey = async (stack: FlowStack): Promise<string> =>
  (await stack.as(ADMIN).run<{ createApiKey: { key: { id: string } } }>(CREATE_API_KEY, newKey())).createApiKey.key.id;
const fresh = (stack: FlowStack): Promise<{ reportId: string; recordId: string }> =>
  stack.as(SUBMITTER).report(plainReport());

/**
 * Variables for every operation of the field that the schema has, as the comment above it shows them. A capability that
 * is new brings a line of its own: a test below names what is missing.
 */
const SENT: Readonly<Record<string, Sent>> = {
  SubmitSeizureReport: {
    as: SUBMITTER,
    variables: async () => ({ input: plainReport() }),
    done: 'SeizureReportAccepted',
  },
  PreviewSeizureReport: {
    as: SUBMITTER,
    variables: async () => ({ input: plainReport() }),
    done: 'SeizureReportPreview',
  },
  SeizureReport: { as: SUBMITTER, variables: async (stack) => ({ id: (await fresh(stack)).reportId }) },
  MySeizureReports: { as: SUBMITTER, variables: async () => ({ first: 100 }) },
  SeizureRecords: {
    as: READER,
    variables: async () => ({
      filter: {
        and: [
          { substance: { deaCodes: ['9801'] } },
          { place: { stateFips: ['06'] } },
          { occurred: { from: '2026-01-01', to: '2099-12-31' } },
          { quantity: { minGrams: 1_000 } },
        ],
      },
      first: 100,
    }),
  },
  SeizureRecord: { as: READER, variables: async (stack) => ({ id: (await fresh(stack)).recordId }) },
  CreateAlertRule: {
    as: READER,
    variables: async () => ({
      input: {
        name: 'Fentanyl over a kilo, San Diego',
        filter: {
          and: [
            { substance: { deaCodes: ['9801'] } },
            { place: { countyFips: ['06073'] } },
            { quantity: { minGrams: 1_000 } },
          ],
        },
      },
    }),
    done: 'AlertRuleCreated',
  },
  AlertRaised: { as: READER, variables: async () => ({ after: null }) },
  Alerts: { as: READER, variables: async () => ({ first: 100 }) },
  AcknowledgeAlert: {
    as: READER,
    variables: async (stack) => {
      const { recordId } = await fresh(stack);
      const alert = await eventually(
        'its alert',
        async () => (await stack.as(READER).alerts()).find(({ record }) => record?.id === recordId) ?? null,
      );
      return { id: alert.id, note: 'Seen.' };
    },
    done: 'AlertAcknowledged',
  },
  Me: { as: READER, variables: async () => ({}) },
  CreateApiKey: { as: ADMIN, variables: async () => newKey(), done: 'ApiKeyCreated' },
  ApiKeys: {
    as: ADMIN,
    variables: async (stack) => {
      await madeKey(stack);
      return { first: 50 };
    },
  },
  RevokeApiKey: { as: ADMIN, variables: async (stack) => ({ id: await madeKey(stack) }), done: 'ApiKeyRevoked' },
  CorrectSeizureReport: {
    as: SUBMITTER,
    variables: async (stack) => {
      const input = plainReport();
      const { reportId } = await stack.as(SUBMITTER).report(input);
      return { id: reportId, version: 1, input: { ...input, conveyance: 'BUS' }, reason: 'Another vehicle.' };
    },
    done: 'SeizureReportAccepted',
  },
  ReleaseSeizureReport: {
    as: 'supervisor',
    variables: async (stack) => {
      const { reportId } = await stack.as(SUBMITTER).report({ ...plainReport(), holdUntilReleased: true });
      return { id: reportId, version: 1, note: 'The operation is over.' };
    },
    done: 'SeizureReportAccepted',
  },
  RecordAudience: { as: READER, variables: async (stack) => ({ id: (await fresh(stack)).recordId }) },
  RecallSeizureReport: {
    as: SUBMITTER,
    variables: async (stack) => ({ id: (await fresh(stack)).reportId, version: 1, reason: 'Not ours.' }),
    done: 'SeizureReportRecalled',
  },
  RecordLaboratoryResult: {
    as: SUBMITTER,
    variables: async (stack) => ({
      id: (await fresh(stack)).reportId,
      version: 1,
      results: [{ substance: 0, deaCode: '9801', laboratoryStatus: 'CONFIRMED', purityPercent: 3.8 }],
    }),
    done: 'SeizureReportAccepted',
  },
  ...ADMIN_SENT,
};

const { source, operations } = fieldOperations();

const fromTheField = source.startsWith('../shared');
if (!fromTheField) process.stderr.write('SKIPPED: ../shared/operations is not here: no client sends them.\n');

(fromTheField ? describe : describe.skip)('real clients send the operations of the field as they are', () => {
  let stack: FlowStack;
  const clients: FieldClient[] = [];
  beforeAll(async () => {
    process.stderr.write(`clients: ${operations.length} operations of ${source}\n`);
    stack = await FlowStack.start();
    await stack.as(READER).rule('everything');
  });
  afterAll(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await stack?.stop();
  });

  test('there are some, and each has its variables here', () => {
    expect(operations.length).toBeGreaterThanOrEqual(9);
    const missing = operations.map(({ name }) => name).filter((name) => SENT[name] === undefined);
    // Add them to SENT above.
    expect(missing).toEqual([]);
  });

  for (const [name, open] of Object.entries(FIELD_CLIENTS)) {
    describe(name, () => {
      const as = (persona: PersonaName): FieldClient => {
        const client = open(stack.api.url, stack.as(persona).token);
        clients.push(client);
        return client;
      };
      const known = operations.filter((operation) => SENT[operation.name] !== undefined);
      const single = known.filter(({ kind }) => kind !== 'subscription');
      const streams = known.filter(({ kind }) => kind === 'subscription');

      test.each(single.map((operation) => [operation.name, operation] as const))('%s', async (_, operation) => {
        const { as: persona, variables, done } = sentOf(operation);
        const answer = await as(persona).run(operation.document, await variables(stack));
        expect(answer.errors).toEqual([]);
        const result = answer.data?.[operation.field] as Result | undefined;
        expect(result).toBeTruthy();
        if (operation.kind === 'mutation') expect(result?.__typename).toBe(done);
        if (result?.edges !== undefined) expect(result.edges.length).toBeGreaterThan(0);
      });

      test.each(streams.map((operation) => [operation.name, operation] as const))(
        '%s delivers what is submitted then',
        async (_, operation) => {
          const { as: persona, variables } = sentOf(operation);
          const came: Told[] = [];
          let ended: unknown;
          const before = stack.api.services.inboxWatch.size;
          const stop = as(persona).subscribe(operation.document, await variables(stack), {
            next: ({ data }) => came.push(data?.[operation.field] as Told),
            end: (error) => (ended = error ?? 'complete'),
          });
          await eventually('the stream stands', () => stack.api.services.inboxWatch.size > before);
          const { recordId } = await fresh(stack);
          await eventually('the alert', () => came.some(({ alert }) => alert.record?.id === recordId));
          expect(ended).toBeUndefined();
          expect(came.every(({ cursor }) => typeof cursor === 'string')).toBe(true);
          stop();
          await eventually('the stream is over', () => stack.api.services.inboxWatch.size === before);
        },
      );
    });
  }
});

function sentOf({ name }: FieldOperation): Sent {
  const sent = SENT[name];
  if (sent === undefined) throw new Error(`no variables for ${name}: add them to SENT`);
  return sent;
}
