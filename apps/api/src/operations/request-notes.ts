import type { FastifyRequest } from 'fastify';
import { Kind, OperationTypeNode, type DocumentNode, type SelectionSetNode } from 'graphql';

/** What is learnt of a request on its way and said when it is done: names of the schema, codes and numbers of ours. */
export interface RequestNotes {
  kind: 'query' | 'mutation' | 'subscription' | 'none';
  /** Root fields of the operation as the schema names them, sorted. */
  fields: readonly string[];
  /** Of the first error of the answer; null while there is none. */
  code: string | null;
  cost: number | null;
}

const notes = new WeakMap<FastifyRequest, RequestNotes>();
const CODE = /^[A-Z][A-Z_]{1,39}$/;
const MOST_FIELDS = 10;

export function notesOf(request: FastifyRequest): RequestNotes {
  const known = notes.get(request);
  if (known !== undefined) return known;
  const made: RequestNotes = { kind: 'none', fields: [], code: null, cost: null };
  notes.set(request, made);
  return made;
}

/** The code of an error of the answer; the first one stays. */
export function noteCode(request: FastifyRequest, code: unknown): void {
  if (typeof code === 'string' && CODE.test(code)) notesOf(request).code ??= code;
}

/** What the operation costs by the schedule of limits. */
export function noteCost(request: FastifyRequest, cost: number): void {
  notesOf(request).cost = cost;
}

/**
 * Which operation of a valid document is executed. Its root fields and not its name: the fields are the schema's, the
 * name is whatever the client wrote.
 */
export function noteOperation(request: FastifyRequest, document: DocumentNode, operationName: string | null): void {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const chosen = operationName === null ? operations[0] : operations.find((node) => node.name?.value === operationName);
  if (chosen === undefined) return;
  const fields = new Set<string>();
  gather(chosen.selectionSet, document, fields, new Set());
  const kept = notesOf(request);
  kept.kind = kindOf(chosen.operation);
  kept.fields = [...fields].sort().slice(0, MOST_FIELDS);
}

function gather(set: SelectionSetNode, document: DocumentNode, fields: Set<string>, spreads: Set<string>): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) fields.add(selection.name.value);
    else if (selection.kind === Kind.INLINE_FRAGMENT) gather(selection.selectionSet, document, fields, spreads);
    else if (!spreads.has(selection.name.value)) {
      spreads.add(selection.name.value);
      const fragment = document.definitions.find(
        (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) gather(fragment.selectionSet, document, fields, spreads);
    }
  }
}

function kindOf(operation: OperationTypeNode): RequestNotes['kind'] {
  switch (operation) {
    case OperationTypeNode.QUERY:
      return 'query';
    case OperationTypeNode.MUTATION:
      return 'mutation';
    case OperationTypeNode.SUBSCRIPTION:
      return 'subscription';
  }
}

/** For a label: one field's name, `several`, or `none` where nothing was executed. */
export function operationLabel({ fields }: RequestNotes): string {
  const [only] = fields;
  return only === undefined ? 'none' : fields.length === 1 ? only : 'several';
}

/** The outcome where no error of ours was noted: by the status. */
export function outcomeOf({ code }: RequestNotes, status: number): string {
  if (code !== null) return code;
  if (status < 400) return 'OK';
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 413:
    case 429:
      return 'LIMIT_EXCEEDED';
    case 503:
      return 'UNAVAILABLE';
    default:
      return status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL';
  }
}
