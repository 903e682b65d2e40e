// Prints docs/issue-codes.md: the codes of reports from libs/submission, which is the one truth, and the codes that other
// answers carry in the same form, as the source has them; `--check` compares instead. A code without a meaning is a fault.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { build } from './build.mjs';
import { OTHER_CODES } from './issue-codes.data.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/issue-codes.md');

await build({ quiet: true });
const { MAPPING_FAULTS } = await import('../dist/libs/interpretation/src/index.js');
const { HOLDS, ISSUE_CODES, REFUSALS, WARNINGS } = await import('../dist/libs/submission/src/issue.js');

const cell = (text) => text.replaceAll('|', '\\|');
const table = (head, rows) => `| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${rows.join('\n')}`;
const inOrder = (codes) => [...codes].sort((a, b) => (a < b ? -1 : 1));

/** Codes in `{ path, code: '…', message }` and in unions named `…IssueCode`, wherever they are outside libs/submission. */
function codesOfOthers() {
  const found = new Set();
  const sources = ['apps', 'libs']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((path) => join(folder, path)))
    .filter((path) => path.endsWith('.ts') && !path.startsWith(join('libs', 'submission')))
    .filter((path) => !/(spec|builder|arbitrary|fixture)\.ts$/.test(path) && !path.includes('generated'));
  for (const path of sources) {
    visit(ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest));
  }
  return found;

  function visit(node) {
    if (ts.isObjectLiteralExpression(node)) {
      const fields = new Map(node.properties.map((property) => [property.name?.text, property.initializer]));
      const code = fields.get('code');
      if (fields.has('path') && fields.has('message') && code && ts.isStringLiteral(code)) found.add(code.text);
    }
    if (ts.isTypeAliasDeclaration(node) && /IssueCode$/.test(node.name.text) && ts.isUnionTypeNode(node.type)) {
      for (const { literal } of node.type.types) if (literal && ts.isStringLiteral(literal)) found.add(literal.text);
    }
    ts.forEachChild(node, visit);
  }
}

const others = inOrder(codesOfOthers());
const meaningOf = { ...MAPPING_FAULTS, ...OTHER_CODES };
const meanings = { ...ISSUE_CODES, ...meaningOf };
const faults = [
  ...others.filter((code) => !(code in meanings)).map((code) => `${code} has no meaning`),
  ...Object.keys(OTHER_CODES)
    .filter((code) => !others.includes(code))
    .map((code) => `${code} is used nowhere`),
];

const reportRows = inOrder(Object.keys(ISSUE_CODES)).map((code) => {
  const kind = code in WARNINGS ? 'warning' : code in HOLDS ? 'hold' : 'refusal';
  return `| \`${code}\` | ${kind} | ${cell(ISSUE_CODES[code])} |`;
});
const otherRows = others.map((code) => {
  const meaning = code in meaningOf ? meaningOf[code] : `As in a report: ${ISSUE_CODES[code]}`;
  return `| \`${code}\` | ${cell(meaning)} |`;
});

const text = `# Issue codes

Every issue has a path in the input (\`substances.0.unit\`, empty for the input as a whole), a code and a message that
says what would be right. Codes are stable, messages are not; a message never repeats what was submitted.

<!-- Printed by \`node scripts/print-issue-codes.mjs\` from libs/submission/src/issue.ts and scripts/issue-codes.data.mjs. -->

## Reports

What may be wrong with a submitted report, or odd about it: ${Object.keys(REFUSALS).length} refusals and ${Object.keys(WARNINGS).length} warnings, and ${Object.keys(HOLDS).length} reasons to hold it (review.md). A
refusal lists every fault at once, and nothing of the report is stored then: no row in any table, not in the books
either. A warning comes with a report that was accepted, a hold with one that is stored and waits for a supervisor. In a
laboratory result and in a bulk load what would hold a report refuses it.

${table(['code', 'kind', 'meaning'], reportRows)}

What is not checked, and why:

- A point on water or abroad. The shapes are the Census Bureau's of 2017 (us-atlas), which end at the shore. A point in
  no county is taken for water: a seizure at sea is filed under a county of the coast and is never refused for being far
  out. Beyond 12 nautical miles there is a warning. What is refused there too is 0, 0, and a point that would lie in its
  county with another sign or with latitude and longitude exchanged.
- Counties without a shape: Alaska's 02063 and 02066 (of 2019) and Connecticut's planning regions 09110 to 09190 (of
  2022). The codes that they took the place of have shapes, stay valid, and are checked.
- The ORI: a report names no agency, it is filed by the one that the sender acts for. The header \`concord-agency\` names
  it by ORI where there are several; one that is unknown and one that is somebody else's are both \`FORBIDDEN\`.

## Rules, filters, notes, settings and pages

In refusals of the same form, or in \`extensions.issues\` of \`BAD_USER_INPUT\`.

${table(['code', 'meaning'], otherRows)}
`;

if (faults.length > 0) {
  process.stderr.write(`Issue codes: ${faults.join(', ')}; see scripts/issue-codes.data.mjs.\n`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/issue-codes.md is not what the code says: run `node scripts/print-issue-codes.mjs`.\n');
  process.exitCode = 1;
}
