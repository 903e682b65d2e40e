// Validates the documents that clients in the field send against schema.graphql, where ../shared/operations is
// present. corridor.graphql must be valid as a whole; of the others, what has no field in the schema yet is listed.
import { buildSchema, Kind, parse, validate } from 'graphql';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(root, '../shared/operations');
if (!existsSync(folder)) {
  process.stdout.write('SKIPPED: ../shared/operations is not here, so no operation of the field was validated.\n');
  process.exit(0);
}
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
const waiting = [];
const broken = [];
let valid = 0;
for (const name of readdirSync(folder).filter((file) => file.endsWith('.graphql'))) {
  const document = parse(readFileSync(join(folder, name), 'utf8'));
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const used = fragments.filter((fragment) => reaches(operation, fragment.name.value, fragments));
    const errors = validate(schema, { kind: Kind.DOCUMENT, definitions: [operation, ...used] });
    const label = `${name}: ${operation.name?.value ?? 'unnamed'}`;
    if (errors.length === 0) valid += 1;
    else if (name === 'corridor.graphql') broken.push(`${label}: ${errors.map((error) => error.message).join('; ')}`);
    else waiting.push(label);
  }
}
process.stdout.write(`${valid} operations valid, ${waiting.length} of other files wait for their capability\n`);
for (const line of broken) process.stderr.write(`${line}\n`);
process.exit(broken.length === 0 ? 0 : 1);

/** Whether the operation uses the fragment, by itself or through others. */
function reaches(node, wanted, fragments, seen = new Set()) {
  const names = [
    ...JSON.stringify(node).matchAll(/"kind":"FragmentSpread","name":\{"kind":"Name","value":"([^"]+)"/g),
  ].map((match) => match[1]);
  return names.some((name) => {
    if (name === wanted) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    const fragment = fragments.find((candidate) => candidate.name.value === name);
    return fragment !== undefined && reaches(fragment, wanted, fragments, seen);
  });
}
