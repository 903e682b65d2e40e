import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  visit,
  type ASTVisitor,
  type DocumentNode,
  type ValidationContext,
} from 'graphql';

/** Largest HTTP body and socket message, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Largest document, in characters and tokens: what is parsed is kept in a cache, so a large one costs more than once. */
export const MAX_DOCUMENT_LENGTH = 32 * 1024;
export const MAX_TOKENS = 2_000;
/** Documents that the server keeps parsed. */
export const CACHED_DOCUMENTS = 100;
/** Largest page of any list. */
export const MAX_PAGE = 200;
export const MAX_DEPTH = 12;
const MAX_FIELDS = 500;
const MAX_ALIASES = 30;
const MAX_DIRECTIVES = 20;
const MAX_ROOT_FIELDS = 10;
const MAX_FRAGMENTS = 50;

/**
 * Limits on a document, always on: fields (each spread counts, so fan-out does too), aliases (of `__typename` as well),
 * directives, fragments, root fields and depth. One rule, so that HTTP and sockets have the same.
 */
export function documentLimits(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const problem = problemOf(document);
      if (problem !== null) context.reportError(new GraphQLError(problem, { extensions: { code: 'LIMIT_EXCEEDED' } }));
      return undefined;
    },
  };
}

function problemOf(document: DocumentNode): string | null {
  const counts = { fields: 0, aliases: 0, directives: 0, fragments: 0, roots: 0, depth: 0 };
  let depth = 0;
  visit(document, {
    Field: (node) => {
      counts.fields += 1;
      if (node.alias) counts.aliases += 1;
    },
    Directive: () => void (counts.directives += 1),
    FragmentSpread: () => void (counts.fragments += 1),
    InlineFragment: () => void (counts.fragments += 1),
    OperationDefinition: (node) => void (counts.roots += node.selectionSet.selections.length),
    SelectionSet: {
      enter: () => {
        depth += 1;
        counts.depth = Math.max(counts.depth, depth);
      },
      leave: () => {
        depth -= 1;
      },
    },
  });
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION).length;
  const over: [number, number, string][] = [
    [counts.fields, MAX_FIELDS, 'fields'],
    [counts.aliases, MAX_ALIASES, 'aliases'],
    [counts.directives, MAX_DIRECTIVES, 'directives'],
    [counts.fragments, MAX_FRAGMENTS, 'fragment spreads'],
    [counts.depth, MAX_DEPTH, 'levels of nesting'],
    // A file of operations is one document: its limit grows with them.
    [counts.roots, MAX_ROOT_FIELDS * Math.max(1, operations), 'root fields'],
  ];
  const first = over.find(([count, limit]) => count > limit);
  return first === undefined ? null : `A document may have at most ${first[1]} ${first[2]}; send less at once.`;
}

/** HTTP answers once: a subscription needs the socket. */
export function noSubscriptions(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const message = 'Subscriptions go over WebSocket: graphql-transport-ws on this path.';
      context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT' } }));
    },
  };
}
