import { isIntrospectionType, isObjectType, type GraphQLSchema } from 'graphql';

/** A part of the schema that nobody has decided about. */
export class MissingPolicyError extends Error {
  constructor(readonly fields: readonly string[]) {
    super(`These fields have no declared policy, so the schema does not build: ${fields.join(', ')}`);
    this.name = 'MissingPolicyError';
  }
}

/**
 * Deny by default, at build time: every root field needs a policy of its own, every other field one of its own or its
 * type's. Throws before the service listens.
 */
export function assertEveryFieldHasPolicy(schema: GraphQLSchema): void {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const missing: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const ofType = !roots.has(type) && typeof type.extensions['policy'] === 'string';
    for (const field of Object.values(type.getFields())) {
      if (!ofType && typeof field.extensions['policy'] !== 'string') missing.push(`${type.name}.${field.name}`);
    }
  }
  if (missing.length > 0) throw new MissingPolicyError(missing);
}
