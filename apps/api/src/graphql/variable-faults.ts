import {
  coerceInputValue,
  isEnumType,
  isInputType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { MAX_VARIABLES_DEPTH } from './limits.js';

/** One fault of `variables`. Never repeats a value. */
export interface VariableFault {
  /** Such as `variables.input.substances.0.unti`. */
  readonly path: string;
  readonly code: 'UNKNOWN_FIELD' | 'REQUIRED' | 'WRONG_TYPE' | 'TOO_DEEP';
  /** What would be right. */
  readonly message: string;
}

export type CoercedVariables =
  | { readonly values: Readonly<Record<string, unknown>> }
  | { readonly faults: readonly [VariableFault, ...VariableFault[]] };

type Path = readonly (string | number)[];

/** More are not looked for. */
const MAX_FAULTS = 50;
class EnoughFaults extends Error {}

/**
 * Coerces the variables of an operation as graphql-js would, and tells every fault with its place. graphql-js puts place
 * and value into one sentence, and the value may be what the report was about.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const tooDeep = placeTooDeep(inputs);
  if (tooDeep !== null) return { faults: [tooDeep] };
  const values: Record<string, unknown> = {};
  const faults: VariableFault[] = [];
  const report = (fault: VariableFault): void => {
    faults.push(fault);
    if (faults.length >= MAX_FAULTS) throw new EnoughFaults();
  };
  try {
    for (const definition of operation.variableDefinitions ?? [])
      readVariable(schema, definition, inputs, values, report);
  } catch (error) {
    if (!(error instanceof EnoughFaults)) throw error;
  }
  const [first, ...rest] = faults;
  return first === undefined ? { values } : { faults: [first, ...rest] };
}

function readVariable(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
  values: Record<string, unknown>,
  report: (fault: VariableFault) => void,
): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  // Validation has refused any other.
  if (!isInputType(type)) return;
  const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (value === undefined && definition.defaultValue) values[name] = valueFromAST(definition.defaultValue, type);
  else if ((value === undefined || value === null) && isNonNullType(type))
    report({ path: pathOf([name]), code: 'REQUIRED', message: `Required, of type ${String(type)}.` });
  else if (value !== undefined)
    values[name] = coerceInputValue(value, type, (path, _value, error) =>
      report(faultOf(schema, [name, ...path], error)),
    );
}

/** Reads out of the sentences of graphql-js what is not a submitted value. */
function faultOf(schema: GraphQLSchema, path: Path, { message }: GraphQLError): VariableFault {
  const unknown = /^Field "([\s\S]*)" is not defined by type "(\w+)"\.( Did you mean [\s\S]*)?$/.exec(message);
  if (unknown !== null) {
    const suggestion = /^ Did you mean [\w", ]+\?$/.exec(unknown[3] ?? '')?.[0] ?? '';
    return {
      path: pathOf([...path, unknown[1] ?? '']),
      code: 'UNKNOWN_FIELD',
      message: `${unknown[2] ?? 'The type'} has no such field.${suggestion}`,
    };
  }
  const missing = /^Field "(\w+)" of required type "([^"]+)" was not provided\.$/.exec(message);
  if (missing !== null)
    return {
      path: pathOf([...path, missing[1] ?? '']),
      code: 'REQUIRED',
      message: `Required, of type ${missing[2] ?? ''}.`,
    };
  const notNull = /^Expected non-nullable type "([^"]+)" not to be null\.$/.exec(message);
  if (notNull !== null)
    return { path: pathOf(path), code: 'REQUIRED', message: `Required, of type ${notNull[1] ?? ''}.` };
  return { path: pathOf(path), code: 'WRONG_TYPE', message: `Expected ${expectedOf(schema, message)}.` };
}

function expectedOf(schema: GraphQLSchema, message: string): string {
  const scalar = /^(\w+) cannot represent /.exec(message) ?? /^Expected type "(\w+)"\. /.exec(message);
  if (scalar !== null) return `a value of type ${scalar[1] ?? ''}`;
  const object = /^Expected type "(\w+)" to be an object\.$/.exec(message);
  if (object !== null) return `an object of type ${object[1] ?? ''}`;
  const named = /^Value "[\s\S]*" does not exist in "(\w+)" enum\./.exec(message) ?? /^Enum "(\w+)" /.exec(message);
  if (named !== null) return `a value of the enum ${named[1] ?? ''}${valuesOf(schema, named[1] ?? '')}`;
  return 'another type; the schema says which';
}

function valuesOf(schema: GraphQLSchema, name: string): string {
  const type = schema.getType(name);
  return isEnumType(type)
    ? `: ${type
        .getValues()
        .map((value) => value.name)
        .join(', ')}`
    : '';
}

/** Walks without recursion: how deep the value goes is the sender's choice. */
function placeTooDeep(inputs: Readonly<Record<string, unknown>>): VariableFault | null {
  const open: { value: unknown; depth: number; name: string }[] = [];
  for (const [name, value] of Object.entries(inputs)) open.push({ value, depth: 1, name });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth, name } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_VARIABLES_DEPTH)
      return {
        path: pathOf([name]),
        code: 'TOO_DEEP',
        message: `At most ${MAX_VARIABLES_DEPTH} levels of nesting.`,
      };
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1, name });
  }
  return null;
}

/** A key is the sender's own text: one that could be no name of a field is not repeated. */
const pathOf = (path: Path): string =>
  ['variables', ...path.map((key) => (typeof key === 'number' || /^\w{1,64}$/.test(key) ? key : '?'))].join('.');
