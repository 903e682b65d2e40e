import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@concord/platform/project';

/** As committed: `npm run check` compares it with the code. */
export const committedSchema = (): GraphQLSchema =>
  buildSchema(readFileSync(join(projectRoot(), 'schema.graphql'), 'utf8'));

/** How deep a selection follows: connections of records in alerts are asked for on their own. */
const MOST_LEVELS = 7;
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Documents that ask for every field that there is, so that a field which is added is asked for from that day on. */
export class WholeDocuments {
  /** Every `Type.field` that some document has asked for. */
  readonly asked = new Set<string>();
  readonly #calls = new Map<string, string>();

  constructor(readonly schema: GraphQLSchema = committedSchema()) {}

  /** Every field of a type and of the types in it, but `except`. */
  everyFieldOf(typeName: string, except: readonly string[] = []): string {
    const type = this.schema.getType(typeName);
    if (type === undefined) throw new Error(`the schema has no type ${typeName}`);
    return this.#selection(type, new Set(except), []);
  }

  /** `Query.agencies`: every root field there is. */
  rootFields(): { readonly name: string; readonly kind: 'query' | 'mutation' | 'subscription' }[] {
    return (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
      const type = {
        query: this.schema.getQueryType(),
        mutation: this.schema.getMutationType(),
        subscription: this.schema.getSubscriptionType(),
      }[kind];
      return Object.keys(type?.getFields() ?? {}).map((field) => ({ name: `${type?.name ?? ''}.${field}`, kind }));
    });
  }

  /**
   * A call of a root field that finds and changes nothing: ids of nobody, texts that mean nothing, inputs without
   * anything. Only whether it is let in shows.
   */
  harmlessCall(name: string): string {
    const made = this.#calls.get(name) ?? this.#harmlessCall(name);
    this.#calls.set(name, made);
    return made;
  }

  #harmlessCall(name: string): string {
    const [typeName = '', fieldName = ''] = name.split('.');
    const type = this.schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) throw new Error(`the schema has no ${name}`);
    this.asked.add(name);
    const given = field.args.filter(
      (it) => (isNonNullType(it.type) && it.defaultValue === undefined) || OTHERWISE_ONES_OWN.has(`${name}.${it.name}`),
    );
    // A page of one: every field of every item of a longer one would be more than may be asked for.
    const page = field.args.some((it) => it.name === 'first') ? ['first: 1'] : [];
    const args = [...given.map((it) => `${it.name}: ${harmless(it.type)}`), ...page].join(', ');
    const operation = typeName.toLowerCase();
    return `${operation} { ${fieldName}${args === '' ? '' : `(${args})`}${this.#selection(getNamedType(field.type), new Set(), [])} }`;
  }

  /** The object type that a field holds, by name; null for a leaf. */
  typeOf(typeName: string, fieldName: string): string | null {
    const type = this.schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const of = field === undefined ? null : getNamedType(field.type);
    return isObjectType(of) ? of.name : null;
  }

  #selection(type: GraphQLNamedType, except: ReadonlySet<string>, within: readonly string[]): string {
    if (isUnionType(type)) {
      const parts = type.getTypes().map((one) => `... on ${one.name}${this.#selection(one, except, within)}`);
      return ` { __typename ${parts.join(' ')} }`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return '';
    const inner = [...within, type.name];
    const fields = Object.values(type.getFields()).flatMap((field) => {
      const of = getNamedType(field.type);
      const name = `${type.name}.${field.name}`;
      if (except.has(name) || needsArguments(field)) return [];
      const isLeaf = !isObjectType(of) && !isUnionType(of) && !isInterfaceType(of);
      if (!isLeaf && (inner.includes(of.name) || inner.length >= MOST_LEVELS)) return [];
      const selected = this.#selection(of, except, inner);
      if (!isLeaf && selected === ' {  }') return [];
      this.asked.add(name);
      return [`${field.name}${selected}`];
    });
    return ` { ${fields.join(' ')} }`;
  }
}

/** Arguments whose absence names the asker's own, or makes something. */
const OTHERWISE_ONES_OWN: ReadonlySet<string> = new Set([
  'Mutation.leaveAgency.ori',
  'Mutation.saveSeizureReportDraft.id',
]);

const needsArguments = (field: GraphQLField<unknown, unknown>): boolean =>
  field.args.some((it) => isNonNullType(it.type) && it.defaultValue === undefined);

function harmless(type: GraphQLInputType): string {
  if (isNonNullType(type)) return harmless(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'NONE';
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(
      (it) => isNonNullType(it.type) && it.defaultValue === undefined,
    );
    return `{ ${needed.map((it) => `${it.name}: ${harmless(it.type)}`).join(', ')} }`;
  }
  switch (type.name) {
    case 'Int':
    case 'Float':
      return '1';
    case 'Boolean':
      return 'false';
    case 'DateTime':
      return '"2020-01-01T00:00:00Z"';
    default:
      return `"${NOBODY}"`;
  }
}
