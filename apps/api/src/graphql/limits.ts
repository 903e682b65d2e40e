import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';
import { measureDocument, type DocumentMeasure } from './document-measure.js';

/** Largest HTTP body and socket message, in bytes, by token and by API key. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Largest body of a batch, in bytes, on a route of its own (batch.route.ts): 500 reports of 8 KiB. */
export const MAX_BATCH_BODY_BYTES = 4 * 1024 * 1024;
/** Largest body of a stranger, in bytes; it has to say its length beforehand. */
export const MAX_STRANGER_BODY_BYTES = 8 * 1024;
/** Largest document, in characters and tokens: what is parsed is kept in a cache, so a large one costs more than once. */
export const MAX_DOCUMENT_LENGTH = 32 * 1024;
export const MAX_TOKENS = 2_000;
/** Brackets within each other, of any kind: parsing and coercion follow them by recursion. */
export const MAX_NESTING = 100;
/** Documents that the server keeps parsed. */
export const CACHED_DOCUMENTS = 100;
/** Largest page of any list. */
export const MAX_PAGE = 200;
/** Levels of JSON in `variables`: coercion follows a recursive input as deep as it goes. */
export const MAX_VARIABLES_DEPTH = 32;
/**
 * Most values that an answer could hold, by `document-cost.ts`. A page of 100 whole records is 17,402, one of
 * 200 is 34,802.
 */
export const MAX_COST = 50_000;

/** What one document may have, with every fragment counted wherever it is spread. */
export const DOCUMENT_LIMITS = {
  depth: { most: 12, of: 'levels of nesting' },
  introspectionDepth: { most: 16, of: 'levels of nesting in introspection' },
  introspectionLists: { most: 1, of: 'lists within each other in introspection' },
  introspections: { most: 2, of: 'introspections' },
  fields: { most: 500, of: 'fields' },
  aliases: { most: 30, of: 'aliases' },
  directives: { most: 20, of: 'directives' },
  fragments: { most: 50, of: 'fragment spreads' },
  /** For each operation: a file of operations is one document. */
  roots: { most: 10, of: 'root fields' },
} as const satisfies Readonly<Record<keyof DocumentMeasure, { readonly most: number; readonly of: string }>>;

/**
 * Limits on a document, always on: fields, aliases (of `__typename` as well), directives, fragments, root fields, depth
 * and introspection, with fragments unfolded, so that fan-out counts. The gate asks it first; Mercurius again, should a
 * document ever come to it by another way.
 */
export function documentLimits(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const problem = overLimit(measureDocument(document));
      if (problem !== null) context.reportError(problem);
      // Whatever else is wrong with it is not looked for.
      return problem === null ? undefined : false;
    },
  };
}

/** The first limit that is passed, as an error; null where none is. */
export function overLimit(measure: DocumentMeasure): GraphQLError | null {
  for (const [name, { most, of }] of Object.entries(DOCUMENT_LIMITS)) {
    if (measure[name as keyof DocumentMeasure] > most)
      return limitExceeded(`A document may have at most ${most} ${of}; send less at once.`);
  }
  return null;
}

export const limitExceeded = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED' } });
