import { describe, expect, it } from '@jest/globals';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { assertEveryFieldHasPolicy } from './schema-policy.js';

const record = (policy: string | null) =>
  new GraphQLObjectType({
    name: 'SeizureRecord',
    fields: { id: { type: GraphQLString } },
    ...(policy === null ? {} : { extensions: { policy } }),
  });

const schemaOf = (rootPolicy: string | null, type: GraphQLObjectType) =>
  new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      // A policy on the root type itself must not cover its fields.
      extensions: { policy: 'presented:outcome' },
      fields: { seizureRecord: { type, ...(rootPolicy === null ? {} : { extensions: { policy: rootPolicy } }) } },
    }),
  });

describe('a schema builds only when every field has a policy', () => {
  it('builds when root fields and types have one', () => {
    expect(() => assertEveryFieldHasPolicy(schemaOf('record.read', record('presented:record-view')))).not.toThrow();
  });

  it('names a query without one', () => {
    expect(() => assertEveryFieldHasPolicy(schemaOf(null, record('presented:record-view')))).toThrow(
      'Query.seizureRecord',
    );
  });

  it('names the fields of a type without one', () => {
    expect(() => assertEveryFieldHasPolicy(schemaOf('record.read', record(null)))).toThrow('SeizureRecord.id');
  });
});
