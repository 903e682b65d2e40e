import { registerEnumType } from '@nestjs/graphql';

/** An enum of the schema from a code list of libs/codes: the list stays the one truth. */
export function schemaEnum<T extends string>(
  codes: readonly T[],
  name: string,
  description: string,
  values: Readonly<Record<T, string>>,
): Record<T, T> {
  const map = Object.fromEntries(codes.map((code) => [code, code])) as Record<T, T>;
  const valuesMap = Object.fromEntries(codes.map((code) => [code, { description: values[code] }]));
  registerEnumType(map, { name, description, valuesMap: valuesMap as Record<T, { description: string }> });
  return map;
}
