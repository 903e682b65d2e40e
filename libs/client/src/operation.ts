import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import {
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
  print,
  valueFromASTUntyped,
  type ArgumentNode,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/**
 * A document with the types of its result and variables, as GraphQL Code Generator makes them: the ones of this
 * package, or your own.
 */
export type TypedDocument<R, V> = DocumentTypeDecoration<R, V>;

/** One operation, ready to be sent. */
export interface Operation {
  readonly query: string;
  readonly variables: Variables;
  /** Doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  /** It is one batch and nothing else: those may be larger, on a path of their own. */
  readonly batch: boolean;
}

/** Mutations that are idempotent by the submitter's reference, and the argument that has it. */
const BY_REFERENCE: ReadonlyMap<string, string> = new Map([
  ['submitSeizureReport', 'input'],
  ['submitSeizureReports', 'inputs'],
]);

/** @param vouched the caller knows that the mutation may be repeated */
export function operationOf(document: object | string, variables: Variables, vouched: boolean): Operation {
  const query = textOf(document);
  const tree = parsed(query);
  return { query, variables, repeatable: vouched || isRepeatable(tree, variables), batch: isBatch(tree) };
}

export const textOf = (document: object | string): string =>
  isTree(document) ? print(document) : `${document as string}`;

const isTree = (document: object | string): document is DocumentNode =>
  typeof document === 'object' && 'kind' in document;

const BATCH = 'submitSeizureReports';

function isBatch(document: DocumentNode): boolean {
  const [field, ...others] = getOperationAST(document)?.selectionSet.selections ?? [];
  return field?.kind === Kind.FIELD && field.name.value === BATCH && others.length === 0;
}

/** A query; or a mutation of nothing but submissions, each under a reference. */
function isRepeatable(document: DocumentNode, variables: Variables): boolean {
  const operation = getOperationAST(document);
  if (operation?.operation === OperationTypeNode.QUERY) return true;
  if (operation?.operation !== OperationTypeNode.MUTATION) return false;
  return operation.selectionSet.selections.every(
    (field) =>
      field.kind === Kind.FIELD &&
      hasReferences(field.arguments ?? [], BY_REFERENCE.get(field.name.value), withDefaults(operation, variables)),
  );
}

function hasReferences(given: readonly ArgumentNode[], name: string | undefined, variables: Variables): boolean {
  const argument = given.find((one) => one.name.value === name);
  if (argument === undefined) return false;
  const value: unknown = valueFromASTUntyped(argument.value, { ...variables });
  const inputs: readonly unknown[] = Array.isArray(value) ? value : [value];
  return inputs.length > 0 && inputs.every(hasReference);
}

const hasReference = (input: unknown): boolean => {
  if (typeof input !== 'object' || input === null) return false;
  const reference: unknown = Reflect.get(input, 'submitterReference');
  return typeof reference === 'string' && reference.trim() !== '';
};

const withDefaults = (operation: OperationDefinitionNode, variables: Variables): Variables => ({
  ...Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  ),
  ...variables,
});

/** Documents are few and sent often. */
const known = new Map<string, DocumentNode>();
const MOST_KNOWN = 200;

function parsed(query: string): DocumentNode {
  const before = known.get(query);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const document = parse(query, { noLocation: true });
  known.set(query, document);
  return document;
}
