// Prints docs/cli.md out of the commands themselves: what each says of itself, and the exit codes; `--check` compares
// instead.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/cli.md');

await build({ quiet: true });
const { COMMANDS } = await import('../dist/apps/cli/src/commands.js');
const { EXIT_CODES } = await import('../dist/apps/cli/src/exit-codes.js');
const { helpOfOne } = await import('../dist/apps/cli/src/run-command.js');

const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${meaning} |`);
const commands = COMMANDS.map((command) => `## ${command.name}\n\n\`\`\`text\n${helpOfOne(command).trimEnd()}\n\`\`\``);
const text = `# concord, at a terminal

\`npm run concord -- <command>\`, or \`node dist/apps/cli/src/main.js <command>\`. What is printed here, the program says with
\`--help\`.

- **The result goes to stdout, everything else to stderr.** With \`--json\` the last line of stdout is one JSON document, also when
  it failed: \`{"error":{"exitCode","message"}}\`.
- **Colours** only on terminals; \`NO_COLOR\` and \`FORCE_COLOR\` are heard.
- **Nothing that is typed is repeated** but names of options and files: no token that was typed in the wrong place comes into a log by an error.
- **Completion**: \`source <(concord completion bash)\`; \`zsh\` and \`fish\` too.

| exit code | |
| --- | --- |
${codes.join('\n')}

<!-- Printed by \`node scripts/print-cli.mjs\` from apps/cli/src/commands.ts. -->

${commands.join('\n\n')}
`;

if (process.argv.includes('--check')) {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!same) process.stderr.write('docs/cli.md is not what the commands say: run `node scripts/print-cli.mjs`.\n');
  process.exit(same ? 0 : 1);
}
writeFileSync(file, text);
