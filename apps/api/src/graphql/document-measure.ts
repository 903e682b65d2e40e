import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How much a document is, with every fragment counted as often as it is spread. */
export interface DocumentMeasure {
  readonly depth: number;
  /** Depth of the deepest `__schema` or `__type`; such a field counts for no depth of the document. */
  readonly introspectionDepth: number;
  /** How many of `fields`, `inputFields`, `interfaces`, `possibleTypes` lie within each other: each squares the answer. */
  readonly introspectionLists: number;
  /** How often it asks for `__schema` or `__type`. */
  readonly introspections: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly fragments: number;
  /** Root fields of the operation that has most. */
  readonly roots: number;
}

interface SelectionMeasure extends DocumentMeasure {
  /** As `introspectionLists`, where it is not known yet whether this is introspection. */
  readonly lists: number;
}

const NOTHING: SelectionMeasure = {
  lists: 0,
  depth: 0,
  introspectionDepth: 0,
  introspectionLists: 0,
  introspections: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  fragments: 0,
  roots: 0,
};

const INTROSPECTION = new Set(['__schema', '__type']);
const INTROSPECTION_LISTS = new Set(['fields', 'inputFields', 'interfaces', 'possibleTypes']);

/**
 * Measures a document without unfolding it: each fragment is measured once, however often it is spread, so that thirty
 * fragments that each spread the next one twice are known to be a thousand million fields in thirty steps. Nothing needs
 * to be valid: a spread of an unknown fragment, or of one that it lies in, counts as empty and is left to validation.
 */
export function measureDocument(document: DocumentNode): DocumentMeasure {
  const measured = new FragmentMeasures(document);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const total = operations
    .map((operation) => measured.operation(operation))
    .reduce((left, right) => ({ ...beside(left, right), roots: Math.max(left.roots, right.roots) }), NOTHING);
  // What no operation spreads is validated too, so its size counts, and nothing else of it.
  return measured.fragments().reduce((left, { fields, aliases, directives, fragments }) => {
    return larger(left, { ...NOTHING, fields, aliases, directives, fragments });
  }, total);
}

class FragmentMeasures {
  readonly #definitions = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, SelectionMeasure>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#definitions.set(node.name.value, node);
  }

  fragments(): SelectionMeasure[] {
    return [...this.#definitions.keys()].map((name) => this.#fragment(name));
  }

  operation(node: OperationDefinitionNode): SelectionMeasure {
    const onVariables = (node.variableDefinitions ?? []).reduce((sum, one) => sum + (one.directives?.length ?? 0), 0);
    const set = this.#selections(node.selectionSet);
    return { ...set, directives: set.directives + (node.directives?.length ?? 0) + onVariables };
  }

  #fragment(name: string): SelectionMeasure {
    const known = this.#measured.get(name);
    if (known !== undefined) return known;
    const definition = this.#definitions.get(name);
    if (definition === undefined) return NOTHING;
    // While it is being measured it counts as empty: a cycle ends here.
    this.#measured.set(name, NOTHING);
    const set = this.#selections(definition.selectionSet);
    const measure = { ...set, directives: set.directives + (definition.directives?.length ?? 0) };
    this.#measured.set(name, measure);
    return measure;
  }

  #selections(set: SelectionSetNode): SelectionMeasure {
    return set.selections.map((selection) => this.#selection(selection)).reduce(beside, NOTHING);
  }

  #selection(node: SelectionNode): SelectionMeasure {
    const directives = node.directives?.length ?? 0;
    if (node.kind === Kind.FIELD) {
      const inside = node.selectionSet ? this.#selections(node.selectionSet) : NOTHING;
      const own = { aliases: node.alias ? 1 : 0, directives, fields: 1, fragments: 0 };
      return { ...beneath(node.name.value, inside), ...added(inside, own), roots: 1 };
    }
    const inside =
      node.kind === Kind.FRAGMENT_SPREAD ? this.#fragment(node.name.value) : this.#selections(node.selectionSet);
    return { ...inside, ...added(inside, { aliases: 0, directives, fields: 0, fragments: 1 }) };
  }
}

/** The depths of a field, from those of what it selects. */
function beneath(name: string, inside: SelectionMeasure): SelectionMeasure {
  if (INTROSPECTION.has(name))
    return {
      ...inside,
      depth: 1,
      introspectionDepth: 1 + inside.depth,
      introspectionLists: inside.lists,
      introspections: 1 + inside.introspections,
      lists: 0,
    };
  return { ...inside, depth: 1 + inside.depth, lists: inside.lists + (INTROSPECTION_LISTS.has(name) ? 1 : 0) };
}

type Counts = Pick<SelectionMeasure, 'fields' | 'aliases' | 'directives' | 'fragments'>;

const added = (left: Counts, right: Counts): Counts => ({
  fields: left.fields + right.fields,
  aliases: left.aliases + right.aliases,
  directives: left.directives + right.directives,
  fragments: left.fragments + right.fragments,
});

/** Of two parts of one selection set. */
const beside = (left: SelectionMeasure, right: SelectionMeasure): SelectionMeasure => ({
  ...larger(left, right),
  ...added(left, right),
  introspections: left.introspections + right.introspections,
  roots: left.roots + right.roots,
});

const larger = (left: SelectionMeasure, right: SelectionMeasure): SelectionMeasure => ({
  lists: Math.max(left.lists, right.lists),
  depth: Math.max(left.depth, right.depth),
  introspectionDepth: Math.max(left.introspectionDepth, right.introspectionDepth),
  introspectionLists: Math.max(left.introspectionLists, right.introspectionLists),
  introspections: Math.max(left.introspections, right.introspections),
  fields: Math.max(left.fields, right.fields),
  aliases: Math.max(left.aliases, right.aliases),
  directives: Math.max(left.directives, right.directives),
  fragments: Math.max(left.fragments, right.fragments),
  roots: Math.max(left.roots, right.roots),
});
