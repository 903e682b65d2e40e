// Prints the tables of docs/nibrs.md from libs/interpretation/src/nibrs, between their marks; `--check` compares instead.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/nibrs.md');

await build({ quiet: true });
const door = '../dist/libs/interpretation/src/nibrs';
const { DRUG_TYPES, LOCATION_TYPES, MEASUREMENTS } = await import(`${door}/nibrs-codes.data.js`);
const { NIBRS_QUESTIONS, NIBRS_READINGS, NIBRS_SKIPS } = await import(`${door}/nibrs-questions.data.js`);

const cell = (text) => text.replaceAll('|', '\\|');
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');
const inOrder = (entries) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
const meanings = (codes) => Object.entries(codes).map(([code, meaning]) => [`\`${code}\``, meaning]);

function outcome({ label, means }) {
  if ('deaCode' in means) return `DEA code ${means.deaCode}`;
  if ('category' in means) return `“${label}”, class ${means.category}`;
  return `**question**; suggested: ${means.suggestions.join(', ')}`;
}

const tables = {
  drugs: table(
    ['letter', 'NIBRS', 'becomes', 'why'],
    Object.entries(DRUG_TYPES).map(([letter, type]) => [`\`${letter}\``, type.label, outcome(type), type.why]),
  ),
  measurements: table(
    ['code', 'becomes', 'measures'],
    [
      ...Object.entries(MEASUREMENTS).map(([code, { unit, measure }]) => [`\`${code}\``, unit, measure]),
      ['`XX` with 1', 'no quantity: PENDING', 'nothing'],
    ],
  ),
  locations: table(
    ['code', 'NIBRS', 'setting', 'why'],
    inOrder(Object.entries(LOCATION_TYPES)).map(([code, { label, setting, why = '' }]) => [code, label, setting, why]),
  ),
  questions: table(['code', 'meaning'], meanings(NIBRS_QUESTIONS)),
  readings: table(['code', 'meaning'], meanings(NIBRS_READINGS)),
  skips: table(['reason', 'meaning'], meanings(NIBRS_SKIPS)),
};

const before = readFileSync(file, 'utf8');
const missing = Object.keys(tables).filter((name) => !before.includes(`<!-- ${name} -->`));
const after = Object.entries(tables).reduce(
  (text, [name, printed]) =>
    text.replace(
      new RegExp(`<!-- ${name} -->\\n[^]*?<!-- end -->`),
      () => `<!-- ${name} -->\n\n${printed}\n\n<!-- end -->`,
    ),
  before,
);
if (missing.length > 0) {
  process.stderr.write(`docs/nibrs.md has no place for: ${missing.join(', ')}.\n`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) writeFileSync(file, after);
else if (before !== after) {
  process.stderr.write('docs/nibrs.md is not what the code says: run `node scripts/print-nibrs.mjs`.\n');
  process.exitCode = 1;
}
