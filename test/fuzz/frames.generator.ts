import fc, { type Arbitrary } from 'fast-check';
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { DocumentGenerator } from './documents.generator.js';
import { hurtfulShape, mutated } from './shapes.generator.js';
import type { KnownValues } from './values.generator.js';

/** What is said on one socket, from its opening on. */
export interface FuzzConversation {
  readonly caller: number;
  readonly protocol: string | null;
  readonly frames: readonly FuzzFrame[];
}

export type FuzzFrame = { readonly text: string } | { readonly bytes: Uint8Array };

const PROTOCOLS = [
  'graphql-transport-ws',
  'graphql-transport-ws',
  'graphql-transport-ws',
  'graphql-transport-ws',
  'graphql-transport-ws',
  'graphql-transport-ws',
  'graphql-ws',
  'soap',
  null,
];
const ODD_FRAMES = [
  ...[
    '',
    '{',
    'null',
    '5',
    '[]',
    '{}',
    '{"type":5}',
    '{"type":"nothing"}',
    '{"type":"connection_ack"}',
    '{"type":"next","id":"1"}',
  ],
  ...[
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
    '{"type":"subscribe","id":1,"payload":{}}',
  ],
  ...[
    '{"type":"subscribe","id":"1","payload":{"query":5}}',
    '{"type":"subscribe","id":"1","payload":null}',
    '{"type":"complete"}',
  ],
  ...[
    '{"type":"ping","payload":[]}',
    '{"type":"pong","payload":{"x":1}}',
    '{"type":"connection_init","payload":"x"}',
    '\u0000',
    '{"__proto__":{"type":"ping"}}',
  ],
];

/** Conversations in graphql-transport-ws: right, nearly right, and not at all. */
export function conversations(
  schema: GraphQLSchema,
  known: KnownValues,
  tokens: readonly (string | null)[],
): Arbitrary<FuzzConversation> {
  const documents = new DocumentGenerator(schema, known);
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const operation = fc.oneof(
    { weight: 6, arbitrary: documents.operation([QUERY, MUTATION, SUBSCRIPTION, SUBSCRIPTION]) },
    { weight: 1, arbitrary: hurtfulShape.map((query) => ({ query, variables: {} })) },
  );
  const id = fc.constantFrom('1', '1', '2', '3', 'x'.repeat(300));
  const subscribe = fc
    .tuple(id, operation)
    .map(([name, payload]) => JSON.stringify({ id: name, type: 'subscribe', payload }));
  const complete = id.map((name) => JSON.stringify({ id: name, type: 'complete' }));
  const ping = fc.constantFrom('{"type":"ping"}', '{"type":"pong"}', '{"type":"ping","payload":{"x":1}}');
  const text = fc.oneof(
    { weight: 6, arbitrary: subscribe },
    { weight: 2, arbitrary: complete },
    { weight: 2, arbitrary: ping },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_FRAMES) },
    { weight: 1, arbitrary: mutated(subscribe) },
  );
  const frame: Arbitrary<FuzzFrame> = fc.oneof(
    { weight: 30, arbitrary: text.map((said) => ({ text: said })) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => ({ bytes })) },
  );
  return fc
    .record({
      caller: fc.nat({ max: tokens.length - 1 }),
      protocol: fc.constantFrom(...PROTOCOLS),
      begins: fc.nat({ max: 12 }),
      frames: fc.array(frame, { maxLength: 6 }),
    })
    .map(({ caller, protocol, begins, frames }) => {
      const token = tokens[caller];
      const payload = { authorization: `Bearer ${token ?? 'nobody'}`, purpose: 'INVESTIGATION; ref=FUZZ-1' };
      const init = { text: JSON.stringify({ type: 'connection_init', payload }) };
      // Now and then the greeting is missing, or said twice.
      return {
        caller,
        protocol,
        frames: begins === 0 ? frames : begins === 1 ? [init, init, ...frames] : [init, ...frames],
      };
    });
}
