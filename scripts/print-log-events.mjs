// Prints docs/log-events.md from the list in libs/platform/src/logging, which is the one truth; `--check` compares
// instead, and says which event is listed and written nowhere.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/log-events.md');

await build({ quiet: true });
const { LOG_EVENTS } = await import('../dist/libs/platform/src/logging/index.js');

const order = ['fatal', 'error', 'warn', 'info', 'debug'];
const rows = Object.entries(LOG_EVENTS)
  .sort(([a, one], [b, other]) => order.indexOf(one.level) - order.indexOf(other.level) || (a < b ? -1 : 1))
  .map(([event, { level, meaning }]) => `| \`${event}\` | ${level} | ${meaning.replaceAll('|', '\\|')} |`);
const text = `# Log events

What the log may say: JSON, a line each, on stderr. A line has \`level\`, \`time\` (UTC), \`name\` (of the process), \`event\`
and ids, codes and numbers. Events and fields are closed lists, looked at when a line is compiled and when it is
written: what people wrote, their names, addresses, URLs, header values and \`operationName\` have no field. Of an error
there are class, code, constraint, table and frames, never the message. Events are stable, meanings may be put better.
From \`warn\` up they are counted in \`concord_events_total{event}\`.

<!-- Printed by \`node scripts/print-log-events.mjs\` from libs/platform/src/logging/log-events.ts. -->

| event | level | meaning |
| --- | --- | --- |
${rows.join('\n')}
`;

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && entry.name !== 'log-events.ts')
    .filter((entry) => !/\.(spec|int-spec)\.ts$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/log-events.md is not what the code says: run `node scripts/print-log-events.mjs`.\n');
    process.exitCode = 1;
  }
  const code = [...sources('apps'), ...sources('libs')].join('\n');
  for (const event of Object.keys(LOG_EVENTS)) {
    if (code.includes(`'${event}'`)) continue;
    process.stderr.write(`The event ${event} is listed and written nowhere.\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}
