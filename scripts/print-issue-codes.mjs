// Prints docs/issue-codes.md from the list in libs/submission, which is the one truth; `--check` compares instead.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/issue-codes.md');

await build({ quiet: true });
const { ISSUE_CODES } = await import('../dist/libs/submission/src/issue.js');

const rows = Object.entries(ISSUE_CODES)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
const text = `# Issue codes

What may be wrong with a submitted report, or odd about it. A refusal lists every fault at once, each with its path in
the input, its code and a message; nothing is stored then. A warning comes with an accepted report. Codes are stable,
messages are not; a message never repeats what was submitted.

<!-- Printed by \`node scripts/print-issue-codes.mjs\` from libs/submission/src/issue.ts. -->

| code | meaning |
| --- | --- |
${rows.join('\n')}
`;

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/issue-codes.md is not what the code says: run `node scripts/print-issue-codes.mjs`.\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}
