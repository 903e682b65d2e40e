import { BESIDE_THE_VIEW, VIEW_FIELDS, VIEW_PATHS } from '@concord/deidentification';
import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isObjectType, type GraphQLObjectType } from 'graphql';

const schema = buildSchema(readFileSync(new URL('../../../../schema.graphql', import.meta.url), 'utf8'));

/** Every leaf below a type, as a path; `stop` names fields of the type itself that are not looked into. */
function leavesOf(type: GraphQLObjectType, stop: readonly string[] = []): string[] {
  return Object.values(type.getFields()).flatMap(({ name, type: of }) => {
    if (stop.includes(name)) return [name];
    const named = getNamedType(of);
    return isObjectType(named) ? leavesOf(named).map((leaf) => `${name}.${leaf}`) : [name];
  });
}

const record = schema.getType('SeizureRecord') as GraphQLObjectType;

describe('what the schema shows of a record', () => {
  it('is the list of a view’s fields, and what is beside the view, and nothing else', () => {
    const listed = [...VIEW_PATHS.flatMap((path): readonly string[] => VIEW_FIELDS[path].graphql), ...BESIDE_THE_VIEW];
    expect(leavesOf(record, BESIDE_THE_VIEW).sort()).toEqual([...listed].sort());
  });

  it('names precisions as the list does', () => {
    for (const path of VIEW_PATHS) {
      const { at, graphql }: { at: readonly string[]; graphql: readonly string[] } = VIEW_FIELDS[path];
      if (at.length > 2) continue;
      const said = graphql.map((leaf) => descriptionOf(leaf)).join(' ');
      for (const precision of at) expect([path, said]).toEqual([path, expect.stringContaining(precision)]);
      for (const other of ['TASK_FORCE', 'PARTNER', 'COMMUNITY'].filter((it) => !at.includes(it)))
        expect([path, said]).toEqual([path, expect.not.stringContaining(other)]);
    }
  });
});

function descriptionOf(leaf: string): string {
  let type: GraphQLObjectType = record;
  let description = '';
  for (const name of leaf.split('.')) {
    const found = type.getFields()[name];
    description = found?.description ?? '';
    const named = found === undefined ? undefined : getNamedType(found.type);
    if (isObjectType(named)) type = named;
  }
  return description;
}
