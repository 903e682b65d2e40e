import fc, { type Arbitrary } from 'fast-check';
import { isInputObjectType, OperationTypeNode, type GraphQLSchema } from 'graphql';
import { DocumentGenerator, type GeneratedOperation } from './documents.generator.js';
import { submissions } from './reports.generator.js';
import { hurtfulShape, mutated } from './shapes.generator.js';
import type { KnownValues } from './values.generator.js';

/** One HTTP request to /graphql. */
export interface FuzzRequest {
  /** What kind of thing it was made as. */
  readonly made: 'document' | 'report' | 'mutated document' | 'shape' | 'envelope';
  /** Who sends it: a place in the list of callers, of which the last is a stranger. */
  readonly caller: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { accept: 'application/graphql-response+json' },
  { accept: ';;q=,/' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=latin1' },
  { 'content-type': '' },
  { 'content-encoding': 'gzip' },
  { 'concord-purpose': 'SNOOPING; ref=' },
  { 'concord-purpose': 'INVESTIGATION' },
  { 'concord-agency': 'CA0000000' },
  { 'concord-agency': "' or 1=1" },
];

/** Every kind of request that the service should have an answer to, by a schema. */
export function requests(schema: GraphQLSchema, known: KnownValues, callers: number): Arbitrary<FuzzRequest> {
  const documents = new DocumentGenerator(schema, known);
  const report = schema.getType('SubmitSeizureReportInput');
  if (!isInputObjectType(report)) throw new Error('the schema has no reports');
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const operation = documents.operation([QUERY, QUERY, QUERY, QUERY, MUTATION]);
  const submission = submissions(documents.values, report);
  const json = (made: FuzzRequest['made'], of: Arbitrary<GeneratedOperation>) =>
    of.map((sent) => ({ made, body: JSON.stringify(sent) }));
  const broken = mutated(
    fc.oneof(operation, submission, documents.operation([SUBSCRIPTION])).map((sent) => JSON.stringify(sent)),
  );
  const cut = fc.tuple(operation, mutated(operation.map(({ query }) => query)));
  const content = fc.oneof(
    { weight: 40, arbitrary: json('document', operation) },
    { weight: 35, arbitrary: json('report', submission) },
    {
      weight: 15,
      arbitrary: json(
        'mutated document',
        cut.map(([sent, query]) => ({ ...sent, query })),
      ),
    },
    {
      weight: 4,
      arbitrary: json(
        'shape',
        hurtfulShape.map((query) => ({ query, variables: {} })),
      ),
    },
    { weight: 6, arbitrary: broken.map((body) => ({ made: 'envelope' as const, body })) },
  );
  const headers = fc.oneof(
    { weight: 19, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constantFrom(...HEADERS) },
  );
  const caller = fc.oneof(
    { weight: 19, arbitrary: fc.nat({ max: callers - 2 }) },
    { weight: 1, arbitrary: fc.constant(callers - 1) },
  );
  return fc.tuple(content, headers, caller).map(([sent, more, by]) => ({ ...sent, headers: more, caller: by }));
}
