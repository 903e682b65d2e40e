// Prints docs/capabilities.md: role x level x action as libs/access has it, with the fields of the schema behind each
// action; `--check` compares instead. An action that guards no field is a fault: nobody would notice that it is gone.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isIntrospectionType, isObjectType } from 'graphql';
import { build } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/capabilities.md');

await build({ quiet: true });
const { OPEN_ACTIONS, POLICIES } = await import('../dist/libs/access/src/index.js');
const { AGENCY_LEVELS, ROLES } = await import('../dist/libs/codes/src/index.js');
const { buildSchema } = await import('../dist/apps/api/src/api.js');
const { createLogger } = await import('../dist/libs/platform/src/logging/index.js');

const fields = fieldsByAction(await buildSchema({ log: createLogger({ name: 'capabilities', level: 'silent' }) }));
const actions = [...Object.keys(POLICIES), ...OPEN_ACTIONS];
const unused = actions.filter((action) => !fields.has(action));
const unknown = [...fields.keys()].filter((action) => !actions.includes(action));

const LETTER = Object.fromEntries(AGENCY_LEVELS.map((level) => [level, level.charAt(0)]));
const cell = (rule, role) => {
  const levels = rule.roles.includes(role) ? rule.levels.map((level) => LETTER[level]).join(' ') : '';
  return [levels, rule.deployment?.includes(role) ? 'deployment' : ''].filter(Boolean).join(', ');
};
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const text = `# Capabilities

Which role may ask for what, at an agency of which level. Everything that is not in the table is refused, and a field of
the schema without an action does not build. Roles of several memberships in one agency add up; roles of different
agencies never do: one context at a time.

<!-- Printed by \`node scripts/print-capabilities.mjs\` from POLICIES in libs/access/src/policy.ts; \`npm run check\` compares. -->

${AGENCY_LEVELS.map((level) => `${LETTER[level]} ${level.toLowerCase()}`).join(', ')}; deployment: whoever runs it, for no agency.

${table(
  ['action', ...ROLES, 'purpose'],
  Object.entries(POLICIES).map(([action, rule]) => [
    `\`${action}\``,
    ...ROLES.map((role) => cell(rule, role)),
    rule.purpose ? 'required' : '',
  ]),
)}

For everybody who is signed in: ${OPEN_ACTIONS.map((action) => `\`${action}\``).join(', ')}.

This is the second of three rings (docs/architecture.md). It says who may ask at all. **Which** record somebody gets is
decided by keys, which agency's people an admin administers by PostgreSQL, and what a second person decides by
docs/people.md.

## Fields behind each action

${table(
  ['action', 'fields'],
  actions.map((action) => [`\`${action}\``, (fields.get(action) ?? []).map((field) => `\`${field}\``).join(', ')]),
)}
`;

const faults = [
  ...unused.map((action) => `${action} guards no field of the schema`),
  ...unknown.map((action) => `${action} is in no table`),
];
if (faults.length > 0) {
  process.stderr.write(`Capabilities: ${faults.join('; ')}.\n`);
  process.exit(1);
}
if (process.argv.includes('--check')) {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!same)
    process.stderr.write(
      'docs/capabilities.md is not what the code says: run `node scripts/print-capabilities.mjs`.\n',
    );
  process.exit(same ? 0 : 1);
}
writeFileSync(file, text);
process.exit(0);

/** Fields by the action that their resolver declares; those of a whole type say `presented:` and no action. */
function fieldsByAction(schema) {
  const found = new Map();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { policy } = field.extensions;
      if (typeof policy === 'string')
        found.set(policy, [...(found.get(policy) ?? []), `${type.name}.${field.name}`].sort());
    }
  }
  return found;
}
