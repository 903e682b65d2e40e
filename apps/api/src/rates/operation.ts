import { getOperationAST, Kind, OperationTypeNode, type DocumentNode, type SelectionSetNode } from 'graphql';

/** A valid document and which of its operations is asked for. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What an operation costs, in points: 1 is an ordinary one, such as a page of 100 records or one submission. */
export type CostOf = (operation: Operation) => number;

export const kindOf = ({ document, operationName }: Operation): OperationTypeNode =>
  getOperationAST(document, operationName)?.operation ?? OperationTypeNode.QUERY;

/** A point for each root field: ten submissions in one document are ten. */
export const rootFields: CostOf = ({ document, operationName }) => {
  const selection = getOperationAST(document, operationName)?.selectionSet;
  return selection === undefined ? 1 : Math.max(1, fieldsOf(selection, document));
};

function fieldsOf(set: SelectionSetNode, document: DocumentNode): number {
  return set.selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT) return sum + fieldsOf(selection.selectionSet, document);
    const name = selection.name.value;
    const fragment = document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
    );
    return sum + (fragment?.kind === Kind.FRAGMENT_DEFINITION ? fieldsOf(fragment.selectionSet, document) : 0);
  }, 0);
}
