import {
  GraphQLError,
  Kind,
  Lexer,
  OperationTypeNode,
  parse,
  Source,
  specifiedRules,
  TokenKind,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { documentCost } from './document-cost.js';
import { measureDocument } from './document-measure.js';
import { InvalidInputError } from './graphql-error.js';
import {
  CACHED_DOCUMENTS,
  limitExceeded,
  MAX_COST,
  MAX_DOCUMENT_LENGTH,
  MAX_NESTING,
  MAX_TOKENS,
  overLimit,
} from './limits.js';
import { coerceVariables, type VariableFault } from './variable-faults.js';

/** An operation as a client sends it, whatever it is sent by. */
export interface OfferedOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** What may be executed. */
export interface AdmittedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Values that the answer could hold, at most `MAX_COST`: what a rate may be charged by. */
  readonly cost: number;
  /** As coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

type Refused = { readonly errors: readonly GraphQLError[] };
type Validated = { readonly document: DocumentNode } | Refused;
export type Admission = { readonly admitted: AdmittedOperation } | Refused;

const refusedBy = (error: GraphQLError): Refused => ({ errors: [error] });

/**
 * The one way in for documents: parsed under a limit of tokens, measured, validated, its operation chosen, its variables
 * coerced and its answer costed, in that order, so that what is dear is done only to what is small. HTTP and sockets ask
 * the same one. Errors are those that a signed-in person may see; pass them through `toGraphQLError`.
 */
export class DocumentGate {
  /** Documents that were found valid, oldest use first. */
  readonly #valid = new Map<string, DocumentNode>();

  constructor(private readonly schema: GraphQLSchema) {}

  admit({ query, variables, operationName }: OfferedOperation): Admission {
    const read = this.#read(query);
    if ('errors' in read) return read;
    const { document } = read;
    const operation = operationOf(document, operationName);
    if (operation instanceof GraphQLError) return refusedBy(operation);
    const coerced = coerceVariables(this.schema, operation, variables ?? {});
    if ('faults' in coerced) return refusedBy(variableError(coerced.faults));
    const cost = documentCost(this.schema, document, operation, coerced.values);
    if (cost > MAX_COST) return refusedBy(tooDear(cost));
    return { admitted: { document, operation, cost, variables: coerced.values } };
  }

  #read(query: string): Validated {
    const known = this.#valid.get(query);
    const read: Validated = known === undefined ? this.#validate(query) : { document: known };
    if ('document' in read) this.#remember(query, read.document);
    return read;
  }

  #validate(query: string): Validated {
    if (query.length > MAX_DOCUMENT_LENGTH)
      return refusedBy(limitExceeded(`A document may have at most ${MAX_DOCUMENT_LENGTH} characters.`));
    let document: DocumentNode;
    try {
      if (isNestedTooDeep(query))
        return refusedBy(limitExceeded(`A document may have at most ${MAX_NESTING} brackets within each other.`));
      document = parse(query, { maxTokens: MAX_TOKENS });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return refusedBy(
        error.message.startsWith('Syntax Error: Document contains more that')
          ? limitExceeded(`A document may have at most ${MAX_TOKENS} tokens.`)
          : error,
      );
    }
    const over = overLimit(measureDocument(document));
    if (over !== null) return refusedBy(over);
    const errors = validate(this.schema, document, specifiedRules, { maxErrors: 20 });
    return errors.length > 0 ? { errors } : { document };
  }

  #remember(query: string, document: DocumentNode): void {
    this.#valid.delete(query);
    this.#valid.set(query, document);
    const [oldest] = this.#valid.keys();
    if (this.#valid.size > CACHED_DOCUMENTS && oldest !== undefined) this.#valid.delete(oldest);
  }
}

/** Reads the tokens only: 2,000 opening brackets are enough to overflow the stack of the parser. */
function isNestedTooDeep(query: string): boolean {
  const lexer = new Lexer(new Source(query));
  let depth = 0;
  for (let token = lexer.advance(), count = 0; token.kind !== TokenKind.EOF && count <= MAX_TOKENS; count += 1) {
    if (OPENING.has(token.kind)) depth += 1;
    else if (CLOSING.has(token.kind)) depth -= 1;
    if (depth > MAX_NESTING) return true;
    token = lexer.advance();
  }
  return false;
}

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function operationOf(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const wanted = name === null || name === undefined || name === '' ? null : name;
  const chosen = wanted === null ? operations : operations.filter((node) => node.name?.value === wanted);
  const [only] = chosen;
  if (only === undefined)
    return badInput(
      operations.length === 0
        ? 'The document has no operation.'
        : 'The document has no operation of the name in `operationName`.',
    );
  return chosen.length === 1 ? only : badInput('The document has several operations: name one in `operationName`.');
}

/** Whether it is one: HTTP answers once, and a subscription needs the socket. */
export const isSubscription = ({ operation }: AdmittedOperation): boolean =>
  operation.operation === OperationTypeNode.SUBSCRIPTION;

const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

function variableError(faults: readonly [VariableFault, ...VariableFault[]]): GraphQLError {
  const [{ path, message }] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more: see issues)` : '';
  const refusal = new InvalidInputError(`${path}: ${message}${more}`, faults);
  return new GraphQLError(refusal.message, { originalError: refusal });
}

const tooDear = (cost: number): GraphQLError =>
  limitExceeded(
    `The answer could hold ${Number.isFinite(cost) ? Math.round(cost).toLocaleString('en') : 'too many'} values; at most ${MAX_COST.toLocaleString('en')} are allowed. Ask for fewer: lower \`first\`, or take fewer fields.`,
  );
