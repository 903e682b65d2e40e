// Prints docs/import-columns.md: what a file may hold and how it is read, from the lists that read it; `--check` compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/import-columns.md');

await build({ quiet: true });
const from = (name) => import(`../dist/libs/interpretation/src/${name}.js`);
const { TEMPLATE_COLUMNS, MOST_NUMBERED } = await from('template');
const { READING_RULES } = await from('reading-rules');
const { QUESTIONS } = await from('question-codes');
const { FILE_FAULTS } = await from('unreadable-file');
const { MAPPING_FAULTS } = await from('mapping/check-mapping');
const { HEADING_WORDS, IDENTIFIER_HEADINGS } = await from('mapping/heading-words.data');
const { CODE_WORDS } = await from('words/code-words.data');
const { UNIT_WORDS } = await from('words/unit-words.data');
const { DRUG_WORDS, DRUGS_WITHOUT_CODE, OFTEN_COUNTERFEIT } = await from('words/drug-words.data');
const { WORKBOOK_LIMITS } = await from('workbook/archive');

const cell = (text) => String(text).replaceAll('|', '\\|');
const table = (head, rows) =>
  `| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')}`;
const codes = (list) =>
  table(
    ['code', 'meaning'],
    Object.entries(list).map(([code, meaning]) => [`\`${code}\``, meaning]),
  );

const columns = TEMPLATE_COLUMNS.map(({ name, path, meaning, examples }) => [
  `\`${name}\``,
  meaning,
  path === '' ? '' : `\`${path}\``,
  examples.filter((each, index, all) => each !== '' && all.indexOf(each) === index).join(', '),
]);
const words = Object.entries(CODE_WORDS).flatMap(([column, { codes: list, synonyms }]) =>
  list.map((code) => [`\`${column}\``, `\`${code}\``, (synonyms[code] ?? []).join(', ')]),
);
const drugs = DRUG_WORDS.map(([code, form, list]) => [
  `\`${code}\``,
  form === null ? '' : `\`${form}\``,
  list.join(', '),
]);

const text = `# Import: columns, words and rules

<!-- Printed by \`node scripts/print-import-page.mjs\` from libs/interpretation. -->

What a file may hold and how each cell is read. An exact entry of a list on this page counts and is shown as a reading
with its rule; everything else is a question with suggestions, and the row is refused until somebody has answered. What
is merely near is suggested and never applied. A meaning that the agency confirms is kept in its mapping and counts from
then on.

## Columns of the template

People and identifiers are numbered and may go on to ${MOST_NUMBERED}. In a list semicolons part the items; an item that holds one
stands in quotation marks. Dates in the template are month first or year first, times are on the clock of 24 hours or
have am or pm, decimals have a point. Rows with the same reference that follow each other are one report: what they say
of the report as a whole must agree or be blank.

${table(['column', 'meaning', 'field', 'examples'], columns)}

## Headings that are known

Case, dots and brackets do not count; a unit at the end of a heading, "Wt (g)", is the unit of its quantities.

${table(
  ['column', 'headings'],
  [
    ...Object.entries(HEADING_WORDS).map(([column, list]) => [`\`${column}\``, list.join(', ')]),
    ...Object.entries(IDENTIFIER_HEADINGS).map(([kind, list]) => [
      `\`identifier_1_value\` of kind ${kind}`,
      list.join(', '),
    ]),
  ],
)}

## Words for codes

${table(['column', 'code', 'words besides the code itself'], words)}

## Units

${table(
  ['unit', 'words'],
  Object.entries(UNIT_WORDS).map(([unit, list]) => [`\`${unit}\``, list.join(', ')]),
)}

Not units: \`gr\` (grain or gram), \`mg\` (a weight or the strength of a pill), \`#\`, \`k\`, \`l\` alone, bags, bricks. They are asked about.

## Drugs

Names of the DEA's table, and these:

${table(['DEA code', 'form', 'words'], drugs)}

Without a DEA code: ${Object.entries(DRUGS_WITHOUT_CODE)
  .map(([name, category]) => `${name} (${category})`)
  .join(', ')}.

What is sold under these names is often something else, so what it holds is asked: ${Object.keys(OFTEN_COUNTERFEIT).join(', ')}.

## Rules: why a cell was taken for what it was taken for

${codes(READING_RULES)}

## Questions: what keeps a row from being understood

${codes(QUESTIONS)}

## Faults of a file as a whole

${codes(FILE_FAULTS)}

A workbook has at most ${WORKBOOK_LIMITS.bytes / 2 ** 20} MiB and ${WORKBOOK_LIMITS.parts} parts, each of at most ${WORKBOOK_LIMITS.partBytes / 2 ** 20} MiB unpacked. A row of a CSV file and a line of JSON has at
most 1,000,000 characters.

## Faults of a mapping

${codes(MAPPING_FAULTS)}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/import-columns.md is not what the code says: run `node scripts/print-import-page.mjs`.\n');
  process.exitCode = 1;
}
