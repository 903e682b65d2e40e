import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { MAX_PAGE } from './limits.js';

/** What a list that takes no `first` is taken to hold: substances of a record, states of the nation. */
const ASSUMED_LENGTH = 5;
/** What `__schema` or `__type` is taken to cost: bounded by depth and lists, and the schema is the same for everybody. */
const INTROSPECTION_COST = 5_000;

/** Arguments that are lists of things, each of which is answered on its own. */
const ANSWERED_EACH: ReadonlySet<string> = new Set(['inputs', 'references']);

/** How many things a field is given that answers each of them; null where it is no such field. */
export function itemsGiven(node: FieldNode, variables: Readonly<Record<string, unknown>>): number | null {
  const given = node.arguments?.find(({ name }) => ANSWERED_EACH.has(name.value))?.value;
  if (given === undefined) return null;
  if (given.kind === Kind.LIST) return given.values.length;
  const value: unknown = given.kind === Kind.VARIABLE ? variables[given.name.value] : null;
  return Array.isArray(value) ? value.length : 1;
}

/**
 * How many values the answer to an operation could hold. A list that takes `first`, or that lies in a connection that
 * does, counts what it holds `first` times: its value, default or the one of a variable, 200 at most, for no list gives
 * more. A list that answers one by one counts what it is given. Lists in lists multiply. `@skip` and `@include` change nothing. The document is valid.
 * @param variables as coerced, so that their defaults are in
 */
export function documentCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const root = schema.getRootType(operation.operation);
  return root ? new Cost(schema, document, variables).of(operation.selectionSet, root, null) : 0;
}

class Cost {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** By fragment and page size: a fragment is costed once for each, however often it is spread. */
  readonly #known = new Map<string, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  /** @param page size of the page that the nearest list inside gives; null where nobody asked for pages */
  of(set: SelectionSetNode, type: GraphQLCompositeType, page: number | null): number {
    let sum = 0;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) sum += this.#field(node, type, page);
      else if (node.kind === Kind.FRAGMENT_SPREAD) sum += this.#fragment(node.name.value, page);
      else sum += this.of(node.selectionSet, this.#type(node.typeCondition?.name.value) ?? type, page);
    }
    return sum;
  }

  #fragment(name: string, page: number | null): number {
    const key = `${name} ${page ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const definition = this.#fragments.get(name);
    const type = this.#type(definition?.typeCondition.name.value);
    const cost = definition === undefined || type === null ? 0 : this.of(definition.selectionSet, type, page);
    this.#known.set(key, cost);
    return cost;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, page: number | null): number {
    const name = node.name.value;
    if (name === '__schema' || name === '__type') return INTROSPECTION_COST;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    const type = field === undefined ? null : getNamedType(field.type);
    if (field === undefined || !isCompositeType(type) || node.selectionSet === undefined) return 1;
    const asked = this.#first(node, field) ?? itemsGiven(node, this.variables) ?? page;
    const isList = isListType(getNullableType(field.type));
    const length = isList ? (asked ?? ASSUMED_LENGTH) : 1;
    return 1 + length * this.of(node.selectionSet, type, isList ? null : asked);
  }

  /** `first` as the resolver will get it; null where the field takes none. */
  #first(node: FieldNode, field: GraphQLField<unknown, unknown>): number | null {
    const argument = field.args.find((one) => one.name === 'first');
    if (argument === undefined) return null;
    const given = node.arguments?.find((one) => one.name.value === 'first')?.value;
    const value: unknown =
      given?.kind === Kind.VARIABLE
        ? this.variables[given.name.value]
        : given?.kind === Kind.INT
          ? Number(given.value)
          : undefined;
    const size = value ?? argument.defaultValue;
    // What is no number, or out of range, is refused by the list itself.
    return typeof size === 'number' ? Math.min(Math.max(size, 1), MAX_PAGE) : MAX_PAGE;
  }

  #type(name: string | undefined): GraphQLCompositeType | null {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return isCompositeType(type) ? type : null;
  }
}
