import {
  buildSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startingTabs } from '../../apps/graphiql/src/operations.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = resolve(root, '../shared/operations');

/** One operation as a client in the field has it, with the fragments that it uses. */
export interface FieldOperation {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The field at its root. */
  readonly field: string;
  readonly document: string;
}

/**
 * The operations of the field that this schema has; those of the GraphiQL page where ../shared/operations is absent.
 * What is not valid yet waits for its capability: `npm run check` lists it.
 */
export function fieldOperations(): { readonly source: string; readonly operations: readonly FieldOperation[] } {
  const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
  const present = existsSync(folder);
  const texts = present
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.graphql'))
        .map((file) => readFileSync(join(folder, file), 'utf8'))
    : startingTabs().map(({ query }) => query);
  const operations = texts.flatMap((text) => {
    const document = parse(text);
    return document.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
      const whole = withFragments(definition, document);
      return validate(schema, whole).length === 0 ? [operationOf(definition, whole, text)] : [];
    });
  });
  return { source: present ? '../shared/operations' : 'apps/graphiql/src/operations.ts', operations };
}

function operationOf(definition: OperationDefinitionNode, whole: DocumentNode, text: string): FieldOperation {
  const [first] = definition.selectionSet.selections;
  if (definition.name === undefined || first?.kind !== Kind.FIELD) throw new Error(`no name: ${print(definition)}`);
  // As it was written, to the character.
  const written = whole.definitions.map(({ loc }) => (loc ? text.slice(loc.start, loc.end) : ''));
  return {
    name: definition.name.value,
    kind: definition.operation,
    field: first.name.value,
    document: written.join('\n'),
  };
}

function withFragments(operation: OperationDefinitionNode, document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  const collect = (name: string): void => {
    if (used.has(name)) return;
    used.add(name);
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name)
        spreads(definition).forEach(collect);
  };
  spreads(operation).forEach(collect);
  return {
    kind: Kind.DOCUMENT,
    definitions: document.definitions.filter(
      (definition) =>
        definition === operation || (definition.kind === Kind.FRAGMENT_DEFINITION && used.has(definition.name.value)),
    ),
  };
}

function spreads(node: Parameters<typeof visit>[0]): string[] {
  const names: string[] = [];
  visit(node, { FragmentSpread: ({ name }) => void names.push(name.value) });
  return names;
}
