import fc, { type Arbitrary } from 'fast-check';
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';

/** What a client could know of the service that is tried: ids and cursors that it has been given. */
export interface KnownValues {
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
}

const CODES = [
  ...['9801', '9200', '9041', '1105', '0000', '06073', '06065', '53033', '99999', '06', '48', 'US', 'MX', 'XX'],
  ...[
    'KG',
    'GM',
    'DU',
    'POWDER',
    'PILL_TABLET',
    'FENTANYL',
    'PRESUMPTIVE',
    'CONFIRMED',
    'NATION',
    'PARTNERS',
    'AGENCY',
  ],
  ...['AMBER', 'RED', 'PORT_OF_ENTRY', 'VEHICLE_COMPARTMENT', 'PASSENGER_VEHICLE', 'COURIER', 'TRACE', 'PHONE', 'OPEN'],
];
const TIMES = [
  ...[
    '2026-01-01',
    '2026-11-20T03:15:00-08:00',
    '2026-11-20T03:15:00Z',
    '2026-02-30',
    '0000-00-00',
    '9999-12-31T23:59:59Z',
  ],
  ...[
    '+275760-09-13',
    '2026-11-20T25:61:61Z',
    '2026-W12',
    '1969-12-31T23:59:59.999999999Z',
    '2026-11-20T03:15:00+99:99',
  ],
];
const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u202e',
    'İ',
    'ß',
    '👮🏽‍♀️',
    '١٢٣',
    'Ⅷ',
    '９８０１',
    'e\u0301'.repeat(40),
  ],
  ...[
    "'; drop table report; --",
    '%_\\',
    '$1',
    '${7*7}',
    '../../etc/passwd',
    '<script>',
    '{"a":1}',
    '[]',
    'null',
    'true',
    'NaN',
  ],
  ...[
    '-0',
    '1e400',
    '0x10',
    '1'.repeat(400),
    'x'.repeat(5_000),
    '__proto__',
    'constructor',
    'toString',
    '\r\nSet-Cookie: a=b',
  ],
];
const ODD_NUMBERS = [
  ...[0, -0, 1, -1, 0.1, 1e-320, 1e308, -1e308, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e21, 200, 201, 3.5],
];

const oneOf = <T>(values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);

const text = (known: KnownValues): Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: oneOf(CODES) },
    { weight: 2, arbitrary: oneOf(TIMES) },
    { weight: 2, arbitrary: known.ids.length > 0 ? oneOf(known.ids) : fc.uuid() },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: known.cursors.length > 0 ? oneOf(known.cursors) : fc.base64String() },
    { weight: 2, arbitrary: oneOf(ODD_TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  );

/** Anything that JSON can say, and in the wrong place. */
const anything = (known: KnownValues): Arbitrary<unknown> =>
  fc.oneof(
    fc.constant(null),
    fc.boolean(),
    oneOf(ODD_NUMBERS),
    text(known),
    fc.jsonValue({ maxDepth: 3 }) as Arbitrary<unknown>,
    fc.integer({ min: 1, max: 60 }).map(nestedList),
  );

const nestedList = (levels: number): unknown => {
  let value: unknown = null;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};

/**
 * Values for an input type as JSON has them: mostly such as fit it, with fields left out; now and then something else
 * anywhere in it.
 */
export class ValueGenerator {
  readonly #made = new Map<string, Arbitrary<unknown>>();

  constructor(private readonly known: KnownValues) {}

  /** @param depth levels of input objects that may still follow */
  of(type: GraphQLInputType, depth = 4): Arbitrary<unknown> {
    const key = `${String(type)} ${depth}`;
    const made = this.#made.get(key) ?? this.#make(type, depth);
    this.#made.set(key, made);
    return made;
  }

  #make(type: GraphQLInputType, depth: number): Arbitrary<unknown> {
    const fitting = this.#fitting(type, depth);
    return fc.oneof({ weight: 30, arbitrary: fitting }, { weight: 1, arbitrary: anything(this.known) });
  }

  #fitting(type: GraphQLInputType, depth: number): Arbitrary<unknown> {
    if (isNonNullType(type)) return this.of(type.ofType, depth);
    if (isListType(type)) return fc.array(this.of(type.ofType, depth), { maxLength: 3 });
    if (isEnumType(type)) return oneOf(type.getValues().map(({ name }) => name));
    if (isInputObjectType(type)) return depth === 0 ? fc.constant({}) : this.#object(type, depth - 1);
    switch (type.name) {
      case 'Int':
        return fc.oneof(fc.integer({ min: -2, max: 250 }), oneOf(ODD_NUMBERS));
      case 'Float':
        return fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), oneOf(ODD_NUMBERS));
      case 'Boolean':
        return fc.boolean();
      default:
        return text(this.known);
    }
  }

  #object(type: GraphQLInputObjectType, depth: number): Arbitrary<unknown> {
    const fields = Object.values(type.getFields());
    const required = fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name);
    const model = Object.fromEntries(fields.map((field) => [field.name, this.of(field.type, depth)]));
    const known = fc.record(model, { requiredKeys: required });
    // A filter of thirty conditions is refused at once; one of three is read.
    return fc.tuple(known, fc.integer({ min: 1, max: 5 }), fc.nat({ max: 40 })).map(([value, keep, odd]) => {
      const kept = Object.entries(value).filter(([name], at) => required.includes(name) || at % 7 < keep);
      return Object.fromEntries(odd === 0 ? [...kept, ['nothing', 1]] : kept);
    });
  }
}
