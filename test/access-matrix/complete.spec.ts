import { buildSchema, isIntrospectionType, isObjectType, type GraphQLSchema } from 'graphql';
import { MAY_ASK } from './may-ask.oracle.js';
import { OBJECT_FIELDS } from './object-fields.oracle.js';
import { RECORD_FIELDS } from './record-fields.oracle.js';
import { committedSchema, WholeDocuments } from './whole-documents.js';

/** Every field of every object by `Type.field`, root fields apart. */
function fieldsOf(schema: GraphQLSchema): { readonly roots: string[]; readonly others: string[] } {
  const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const [roots, others]: [string[], string[]] = [[], []];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const into = rootTypes.includes(type) ? roots : others;
    into.push(...Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  }
  return { roots, others };
}

function withoutRow(schema: GraphQLSchema): string[] {
  const { roots, others } = fieldsOf(schema);
  return [
    ...roots.filter((field) => !(field in MAY_ASK)),
    ...others.filter((field) => !(field in RECORD_FIELDS) && !OBJECT_FIELDS.has(field)),
  ];
}

describe('the matrix knows the whole schema', () => {
  test('every root field and every field of an object has a row in the oracle', () => {
    expect(withoutRow(committedSchema())).toEqual([]);
  });

  test('a field that is added without a row is named', () => {
    const more = buildSchema(
      `type Query { me: Me, everything: Secret } type Me { id: ID } type Secret { narrative: String }`,
    );
    expect(withoutRow(more)).toEqual(['Query.everything', 'Secret.narrative']);
  });

  test('no field has two rows', () => {
    expect(Object.keys(RECORD_FIELDS).filter((field) => OBJECT_FIELDS.has(field))).toEqual([]);
  });

  test('the documents of the matrix ask for every field', () => {
    const schema = committedSchema();
    const documents = new WholeDocuments(schema);
    for (const { name } of documents.rootFields()) documents.harmlessCall(name);
    const { roots, others } = fieldsOf(schema);
    expect([...roots, ...others].filter((field) => !documents.asked.has(field))).toEqual([]);
  });
});
