// Prints the digests of apps/api/trusted-documents/*.graphql, which strangers may send, to
// apps/api/src/sign-in/trusted-documents.data.ts; `--check` compares instead. A document is trusted as graphql-js prints
// it, which is how clients send it: comments and layout of its file do not count.
import { buildSchema, Kind, OperationTypeNode, parse, print, validate, visit } from 'graphql';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'apps/api/trusted-documents');
const file = join(root, 'apps/api/src/sign-in/trusted-documents.data.ts');
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));

const problems = [];
const entries = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => {
    const document = parse(readFileSync(join(folder, name), 'utf8'));
    const [operation, ...others] = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    for (const error of validate(schema, document)) problems.push(`${name}: ${error.message}`);
    if (operation?.name === undefined || others.length > 0) problems.push(`${name}: holds one operation with a name`);
    if (operation?.operation !== OperationTypeNode.QUERY) problems.push(`${name}: strangers only read`);
    visit(document, {
      Field: ({ name: { value } }) => {
        if (value === '__schema' || value === '__type') problems.push(`${name}: strangers do not read the schema`);
      },
    });
    const digest = createHash('sha256').update(print(document), 'utf8').digest('hex');
    return { digest, operation: operation?.name?.value ?? '' };
  });

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
const text = `import type { TrustedDocuments } from './trusted-documents.js';

/** Printed by \`node scripts/print-trusted-documents.mjs\` from apps/api/trusted-documents: all that a stranger may ask. */
export const TRUSTED_DOCUMENTS: TrustedDocuments = new Map([
${entries.map(({ digest, operation }) => `  ['${digest}', '${operation}'],\n`).join('')}]);
`;
if (process.argv.includes('--check')) {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!same)
    process.stderr.write(
      'The trusted documents are not those of the list: run `node scripts/print-trusted-documents.mjs`.\n',
    );
  process.exit(same ? 0 : 1);
}
writeFileSync(file, text);
