// Prints the types of libs/client out of schema.graphql and its documents (libs/client/documents), to
// libs/client/src/generated; `--check` compares instead. What a document asks for and the schema does not have ends it.
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, validate } from 'graphql';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'libs/client/documents');
const file = join(root, 'libs/client/src/generated/operations.ts');

const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
const documents = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => ({ location: name, document: parse(readFileSync(join(folder, name), 'utf8')) }));
const whole = { kind: 'Document', definitions: documents.flatMap(({ document }) => document.definitions) };
const faults = validate(schema, whole);
if (faults.length > 0) {
  process.stderr.write(`libs/client/documents: ${faults.map(({ message }) => message).join('\n')}\n`);
  process.exit(1);
}

/** Dates travel as ISO 8601 texts; a client is given what travels. */
const scalars = { DateTime: 'string', ID: 'string', SavedRecordFilter: 'unknown', SavedReportInput: 'unknown' };
const text = await codegen({
  filename: file,
  schema: parse(readFileSync(join(root, 'schema.graphql'), 'utf8')),
  schemaAst: schema,
  documents,
  config: {
    documentMode: 'string',
    scalars,
    strictScalars: true,
    useTypeImports: true,
    enumType: 'string-literal',
    immutableTypes: true,
    avoidOptionals: { inputValue: false, field: true },
    dedupeFragments: true,
  },
  plugins: [{ operations: {} }, { typedDocuments: {} }],
  pluginMap: { operations, typedDocuments },
});
const printed = `// Printed by \`npm run client\` out of schema.graphql and libs/client/documents.\n${text.trim()}\n`;
if (process.argv.includes('--check')) {
  const same = existsSync(file) && readFileSync(file, 'utf8') === printed;
  if (!same) process.stderr.write('libs/client is not what schema.graphql says: run `npm run client`.\n');
  process.exit(same ? 0 : 1);
}
writeFileSync(file, printed);
