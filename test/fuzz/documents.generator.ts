import fc, { type Arbitrary } from 'fast-check';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { ValueGenerator, type KnownValues } from './values.generator.js';

/** A request as a client would send it. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: unknown;
  readonly operationName?: unknown;
}

/** Part of a document, and the types of the variables that it uses. */
interface Piece {
  readonly text: string;
  readonly uses: readonly GraphQLInputType[];
}

/** Of a field, by a number from 100 on: mostly none. (Small numbers come more often than others.) */
const DIRECTIVES = [
  ' @skip(if: false)',
  ' @include(if: true)',
  ' @skip(if: $Boolean_)',
  ' @include(if: $Boolean_)',
  ' @odd',
];

/** A variable is named after its type, so that each is declared once. */
const variableOf = (type: GraphQLInputType): string => `$${String(type).replace(/\W/g, '_')}`;

/** Operations out of a schema: fields that exist with arguments that nearly always fit. */
export class DocumentGenerator {
  readonly #values: ValueGenerator;
  readonly #selections = new Map<string, Arbitrary<Piece>>();

  constructor(
    private readonly schema: GraphQLSchema,
    known: KnownValues,
  ) {
    this.#values = new ValueGenerator(known);
  }

  get values(): ValueGenerator {
    return this.#values;
  }

  /** @param kinds of operations, as often as they are named */
  operation(kinds: readonly OperationTypeNode[]): Arbitrary<GeneratedOperation> {
    return fc.oneof(...kinds.map((kind) => this.#operationOf(kind)));
  }

  #operationOf(kind: OperationTypeNode): Arbitrary<GeneratedOperation> {
    const root = this.schema.getRootType(kind);
    if (!root) throw new Error(`the schema has no ${kind}`);
    const most = kind === OperationTypeNode.SUBSCRIPTION ? 1 : 3;
    return this.#selection(root, 6, most)
      .chain((piece) => fc.tuple(fc.constant(piece.text), this.#variables(piece.uses), fc.nat({ max: 60 })))
      .map(([text, { declared, values }, luck]) => {
        const name = luck < 20 ? '' : 'Fuzz';
        const query = `${kind} ${name}${declared === '' ? '' : `(${declared})`} ${text}`;
        return { query, variables: values, ...(luck < 40 ? {} : { operationName: luck === 40 ? 'Other' : name }) };
      });
  }

  /** Values for the variables that are used, and how they are declared. */
  #variables(uses: readonly GraphQLInputType[]): Arbitrary<{ readonly declared: string; readonly values: object }> {
    const used = [...new Map(uses.map((type) => [String(type), type])).values()];
    const declared = used.map((type) => `${variableOf(type)}: ${String(type)}`).join(', ');
    const nameOf = (type: GraphQLInputType): string => variableOf(type).slice(1);
    return fc
      .record(Object.fromEntries(used.map((type) => [nameOf(type), this.#values.of(type)])), {
        requiredKeys: used.filter(isNonNullType).map(nameOf),
      })
      .map((values) => ({ declared, values }));
  }

  /** @param depth levels that may still follow */
  #selection(type: GraphQLCompositeType, depth: number, most: number): Arbitrary<Piece> {
    const key = `${type.name} ${depth} ${most}`;
    const made = this.#selections.get(key);
    if (made !== undefined) return made;
    const members = isObjectType(type) ? [type] : this.schema.getPossibleTypes(type);
    const parts = members.flatMap((member) => {
      const fields = Object.values(member.getFields()).filter(
        (field) => depth > 1 || !isCompositeType(getNamedType(field.type)),
      );
      return fields.map((field) => {
        const inside = this.#field(field, depth);
        return member === type
          ? inside
          : inside.map(({ text, uses }) => ({ text: `... on ${member.name} { ${text} }`, uses }));
      });
    });
    const name: Arbitrary<Piece> = fc.constant({ text: '__typename', uses: [] });
    const part =
      parts.length === 0
        ? name
        : fc.oneof(...parts.map((arbitrary) => ({ weight: 2, arbitrary })), { weight: 1, arbitrary: name });
    const selection = fc.array(part, { minLength: 1, maxLength: most }).map((pieces) => ({
      text: `{ ${pieces.map(({ text }) => text).join(' ')} }`,
      uses: pieces.flatMap(({ uses }) => uses),
    }));
    this.#selections.set(key, selection);
    return selection;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): Arbitrary<Piece> {
    const type = getNamedType(field.type);
    const nothing: Arbitrary<Piece> = fc.constant({ text: '', uses: [] });
    const inside = isCompositeType(type) ? this.#selection(type, depth - 1, 6) : nothing;
    const args = fc.tuple(...field.args.map((argument) => this.#argument(argument)));
    return fc.tuple(args, inside, fc.nat({ max: 400 }), fc.nat({ max: 200 })).map(([given, set, alias, luck]) => {
      const directive = DIRECTIVES[luck - 100] ?? '';
      const named = given.filter(({ text }) => text !== '');
      const list = named.length === 0 ? '' : `(${named.map(({ text }) => text).join(', ')})`;
      const flag = directive.includes('$') ? [this.schema.getDirective('skip')?.args[0]?.type] : [];
      return {
        // Two of one name and other arguments conflict: most have a name of their own.
        text: `${alias > 40 && field.args.length === 0 ? '' : `a${alias}: `}${field.name}${list}${directive} ${set.text}`,
        uses: [...named.flatMap(({ uses }) => uses), ...set.uses, ...flag.filter((one) => one !== undefined)],
      };
    });
  }

  #argument({ name, type }: GraphQLArgument): Arbitrary<Piece> {
    const variable: Arbitrary<Piece> = fc.constant({ text: `${name}: ${variableOf(type)}`, uses: [type] });
    const written = this.#values.of(type, 2).map((value) => ({ text: `${name}: ${literal(value, type)}`, uses: [] }));
    const absent: Arbitrary<Piece> = fc.constant({ text: '', uses: [] });
    return fc.oneof(
      { weight: 4, arbitrary: variable },
      { weight: 2, arbitrary: written },
      { weight: isNonNullType(type) ? 0 : 3, arbitrary: absent },
    );
  }
}

/** A value as a document writes it; one that does not fit its type stays as wrong as it is. */
function literal(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (Array.isArray(value))
    return `[${value.map((item: unknown) => literal(item, isListType(type) ? type.ofType : type)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(type) ? type.getFields() : {};
    const parts = Object.entries(value).map(
      ([name, inner]) => `${/^[_a-z]\w*$/i.test(name) ? name : 'odd'}: ${literal(inner, fields[name]?.type ?? type)}`,
    );
    return `{${parts.join(', ')}}`;
  }
  if (isEnumType(type) && typeof value === 'string' && /^[_a-z]\w*$/i.test(value)) return value;
  return JSON.stringify(value ?? null);
}
