// Prints the schema, built from the module graph and not from a list, to schema.graphql; `--check` compares instead.
import { isEnumType, isIntrospectionType, isSpecifiedScalarType, lexicographicSortSchema, printSchema } from 'graphql';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
await build({ quiet: true });
const { buildSchema } = await import('../dist/apps/api/src/api.js');
const { createLogger } = await import('../dist/libs/platform/src/logging/index.js');
const file = join(root, 'schema.graphql');
const schema = await buildSchema({ log: createLogger({ name: 'schema', level: 'silent' }) });
const undescribed = withoutDescription(schema);
if (undescribed.length > 0) {
  process.stderr.write(`Whoever explores the schema finds no description of: ${undescribed.join(', ')}\n`);
  process.exit(1);
}
const text = `# Printed by \`npm run schema\`; reviewed as a contract.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
if (process.argv.includes('--check')) {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!same)
    process.stderr.write('schema.graphql is not what the code says: run `npm run schema` and review the difference.\n');
  process.exit(same ? 0 : 1);
}
writeFileSync(file, text);
process.exit(0);

/** Types, fields and values that say nothing of themselves. Nest gives the three root types no description. */
function withoutDescription(of) {
  const roots = [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()];
  return Object.values(of.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => [
      ...(type.description || roots.includes(type) ? [] : [type.name]),
      ...[
        ...('getFields' in type ? Object.values(type.getFields()) : []),
        ...(isEnumType(type) ? type.getValues() : []),
      ]
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`),
    ]);
}
