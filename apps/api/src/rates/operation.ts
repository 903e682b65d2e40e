import { getOperationAST, Kind, OperationTypeNode, type DocumentNode, type SelectionSetNode } from 'graphql';
import { itemsGiven } from '../graphql/document-cost.js';

/** A valid document and which of its operations is asked for. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** Values that its answer could hold, by document-cost.ts. */
  readonly cost: number;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What an operation costs, in points: 1 is an ordinary one, such as a page of 100 records or one submission. */
export type CostOf = (operation: Operation) => number;

export const kindOf = ({ document, operationName }: Operation): OperationTypeNode =>
  getOperationAST(document, operationName)?.operation ?? OperationTypeNode.QUERY;

/** Values of an answer that are a point: a page of 100 whole records is 17,402. */
const VALUES_A_POINT = 20_000;

/** Reads by what their answers could hold, writes by how many there are. */
export const pointsOf: CostOf = (operation) =>
  kindOf(operation) === OperationTypeNode.MUTATION
    ? rootFields(operation)
    : Math.max(1, Math.ceil(operation.cost / VALUES_A_POINT));

/** A point for each root field, and for each thing that a batch has: ten submissions are ten, in one document or one list. */
const rootFields: CostOf = ({ document, operationName, variables = {} }) => {
  const selection = getOperationAST(document, operationName)?.selectionSet;
  return selection === undefined ? 1 : Math.max(1, fieldsOf(selection, document, variables));
};

function fieldsOf(set: SelectionSetNode, document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  return set.selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + Math.max(1, itemsGiven(selection, variables) ?? 1);
    if (selection.kind === Kind.INLINE_FRAGMENT) return sum + fieldsOf(selection.selectionSet, document, variables);
    const name = selection.name.value;
    const fragment = document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
    );
    return (
      sum + (fragment?.kind === Kind.FRAGMENT_DEFINITION ? fieldsOf(fragment.selectionSet, document, variables) : 0)
    );
  }, 0);
}
