// Prints docs/release.md, the page for an agency's lawyer, from the list of a view's fields, the release policy (version 1 is
// what an installation starts with), the words of scripts/release-{page,risks}.data.mjs and the numbers of docs/release/*.json;
// `--check` compares instead. What is not measured is said to be so.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { COARSENED, COMMUNITY_ROWS, CONTROL_TEXTS, FIELD_WORDS, LEVEL_TEXTS } from './release-page.data.mjs';
import { AUDIENCE_WORDS, RISKS } from './release-risks.data.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs/release.md');
const numbers = join(root, 'docs/release');

await build({ quiet: true });
const { mayExist, POLICY_RULES, RELEASE_POLICY_1, VIEW_FIELDS, VIEW_PATHS } =
  await import('../dist/libs/deidentification/src/index.js');

const faults = [];
const cell = (text) => text.replaceAll('|', '\\|');
const table = (head, rows) =>
  `| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')}`;
const wordsOf = (known, name) => {
  if (!(name in known)) faults.push(`${name} has no words in scripts/release-page.data.mjs`);
  return known[name] ?? name;
};

const TIERS = ['TASK_FORCE', 'PARTNER', 'COMMUNITY'];

/** How one precision has a field, in words. */
function shown(path, tier) {
  const { rule } = VIEW_FIELDS[path];
  if (!mayExist(path, tier) || (tier === 'COMMUNITY' && !COMMUNITY_ROWS.includes(path))) return '–';
  if (rule === null) return 'yes';
  const entry = RELEASE_POLICY_1.tiers[tier][rule];
  if (entry === undefined || entry.level === 'ABSENT') return '–';
  const [how] = wordsOf(LEVEL_TEXTS, entry.level);
  const finer =
    entry.ownerMayChoose === undefined ? '' : `, or ${wordsOf(LEVEL_TEXTS, entry.ownerMayChoose)[0]} if you choose so`;
  const withheld = entry.withheldBy === undefined ? '' : `, unless you withhold ${entry.withheldBy}`;
  return `${how === 'as reported' ? 'as reported' : how}${finer}${withheld}`;
}

/** Where several fields go by one rule, its level is said of those that are coarsened: a cell is no county. */
function shownAs(path, tier) {
  const text = shown(path, tier);
  const { rule } = VIEW_FIELDS[path];
  const several = VIEW_PATHS.filter((other) => VIEW_FIELDS[other].rule === rule).length > 1;
  return text === '–' || COARSENED.includes(path) || !several || path === 'contributor' ? text : 'yes';
}

const fields = VIEW_PATHS.map((path) => [
  wordsOf(FIELD_WORDS, path),
  ...TIERS.map((tier) => shownAs(path, tier)),
  VIEW_FIELDS[path].graphql.map((name) => `\`${name}\``).join(' '),
]);
const levels = [...new Set(Object.values(POLICY_RULES).flatMap(({ ladder }) => ladder))].map((level) => {
  const [how, example] = wordsOf(LEVEL_TEXTS, level);
  const rules = Object.entries(POLICY_RULES).filter(([, { ladder }]) => ladder.includes(level));
  return [`\`${level}\``, how, example, rules.map(([rule]) => rule).join(', ')];
});
const controls = Object.entries(CONTROL_TEXTS).map(([code, text]) => [`\`withhold: ${code}\``, text]);

/** The numbers of one attack: `{ attack, measuredAt, commit, command, results: [{ tier, measure, value, interval?, of?, unit? }] }`. */
function measured(attack) {
  const path = join(numbers, `${attack}.json`);
  if (!existsSync(path)) return null;
  const found = JSON.parse(readFileSync(path, 'utf8'));
  const wrong = ['attack', 'measuredAt', 'commit', 'command'].filter((name) => typeof found[name] !== 'string');
  if (found.attack !== attack || wrong.length > 0 || !Array.isArray(found.results))
    faults.push(`docs/release/${attack}.json has another form: docs/release/README.md`);
  return found;
}

/** Of a share percent, of a count all its digits, of an average two. */
function number(value, unit) {
  if (unit === 'share') return `${Number((100 * value).toPrecision(3))} %`;
  return Number.isInteger(value) ? value.toLocaleString('en-US') : `${Number(value.toPrecision(2))}`;
}
function resultRow({ attack, tier, measure, words }) {
  const found = measured(attack)?.results.find((it) => it.tier === tier && it.measure === measure);
  if (typeof found?.value !== 'number') {
    faults.push(`docs/release/${attack}.json has no number for ${tier}, ${measure}`);
    return [tier, words, ''];
  }
  const { value, interval, of, unit } = found;
  const range = interval === undefined ? '' : ` (${interval.map((end) => number(end, unit)).join(' to ')})`;
  const average = unit === undefined && !Number.isInteger(value);
  const base = of === undefined ? '' : `${average ? ', over' : ' of'} ${of.toLocaleString('en-US')}`;
  return [AUDIENCE_WORDS[tier] ?? tier, words, `${number(value, unit)}${range}${base}`];
}

const known = RISKS.map(({ attack }) => attack).filter((attack) => attack !== null);
for (const name of readdirSync(numbers).filter((it) => it.endsWith('.json')))
  if (!known.includes(name.slice(0, -5)))
    faults.push(`docs/release/${name} measures no risk of scripts/release-risks.data.mjs`);

const risks = RISKS.map(({ attack, name, text, numbers: shownNumbers = [] }) => {
  if (attack === null) return `### ${name}\n\n${text}\n\nThere is no number for this.`;
  if (measured(attack) === null) return `### ${name}\n\n${text}\n\nNot measured yet.`;
  const results = table(['audience', 'what', 'measured'], shownNumbers.map(resultRow));
  const sources = [...new Set(shownNumbers.map((it) => it.attack))].map((it) => {
    const { measuredAt, commit, command } = measured(it);
    return `Measured ${measuredAt.slice(0, 10)} at ${commit.slice(0, 12)} by \`${command}\`; all of its numbers: [${it}.json](release/${it}.json).`;
  });
  return `### ${name}\n\n${text}\n\n${results}\n\n${sources.join('\n')}`;
});

const text = `# What others see of your records

For the lawyer of an agency that takes part. This page is printed from what the program does
(\`node scripts/print-release-policy.mjs\`) and compared with it in every check, so that it cannot say something else. It is
the release policy of version ${RELEASE_POLICY_1.version}, which an installation starts with; \`concord release-policy show\` prints the one in force
at yours. It is a description and no legal advice, and nothing here makes a deployment compliant with anything.

## In short

- Your **report** is yours: what you submit is seen whole by your agency alone. Others see a **record** that is derived
  from it, at one of three precisions. Each precision is stored by itself, and the database refuses whatever a reader's
  keys do not open.
- No record has ever an identifier (telephone number, plate, account, name with birth date …), your narrative, the basis
  of suspicion, or your own reference. They are sealed and no release policy can name them.
- You decide for each report who gets it, from when on, and what is withheld. Nothing goes wider than your agreement.
- What remains is below, with the number that was measured, or the words that it was not.

## Why it may be shared

| rule | what it asks | what is done |
| --- | --- | --- |
| 28 CFR 23.20(c) | information about a person only on reasonable suspicion | identifiers need a basis and a review date, and live apart from the records that are shared; a record about no person is not criminal intelligence about anybody |
| 28 CFR 23.20(e) | need to know and right to know, in a law-enforcement activity | every reading names its purpose and is booked before the answer leaves; who opens what follows from membership, agreement and place at that moment |
| 28 CFR 23.20(f)(1) | recipients have agreed to the rules | partners and task forces read under a signed agreement or charter; its end closes everything at once |
| 28 CFR 23.20(f)(2) | to avoid imminent danger to life or property, to anybody | an opening of one record at PARTNER, announced to the owner and reviewed afterwards (docs/imminent-danger.md) |
| 28 CFR 23.20(g) | safeguards, audit trails, labels | row-level security, books, grading of source and information, traffic light on every record |
| 28 CFR 23.20(h) | review; corrections reach the recipients | a correction or recall is told to everybody who was alerted, if what they see is another |

## Who sees what

OWNER is your own agency: everything as reported. PUBLIC has no records, only numbers. The readers of the others:

| precision | who | under |
| --- | --- | --- |
| TASK_FORCE | members of a task force that you shared the record into | its charter |
| PARTNER | sworn officers and analysts of state, federal and local agencies, as far as you shared it | the agreement |
| COMMUNITY | health, treatment and other partners; rows that lead to no record, where at least five records of at least two agencies are alike | their agreement |

Beside the fields below a record has a random id, the number of its version, the time of its release, the key by which its
reader opened it and whether it is made up. Who else may open it is shown to your agency alone.

COMMUNITY has no records but rows of four things: state, month, substance (its code or class) and band.

“–”: not there, for any reader of that precision. A value that was not reported, one that is not carried and one that was
withheld look the same, but for your agency’s name: that it is withheld is said.

${table(['field', ...TIERS, 'in the API'], fields)}

Of people nothing can be searched for, sorted by, or made an alert rule of.

## What is done to a value

Every level that a policy can name, the finest first. Whatever is shown covers what was reported; doing it again changes
nothing; and a partner never sees more than a task force does. These are tested as laws on drawn reports and drawn
policies, for every level (libs/deidentification/src/laws.spec.ts).

${table(['level', 'what is shown', 'example', 'for'], levels)}

## What you decide

${table(
  ['in the report', 'what partners do not see then'],
  [
    ...controls,
    ['`timePrecision: DAY`', 'nothing: they see the day in place of the week'],
    ['`sharing`', 'AGENCY: nobody else sees it. TASK_FORCES, STATE, NATION, PARTNERS: each includes the ones before'],
    ['`releaseAfter`, `holdUntilReleased`', 'anything, until that moment or until you release it by hand'],
    ['your agency’s defaults', 'the same, for every report that leaves it out (docs/sharing.md)'],
  ],
)}

Task forces see what is withheld from partners: they work under a charter that you signed.

Before it is stored, \`previewSeizureReport\` shows what each audience would get of a report and how unique that would be
(docs/preview.md). What seems to name somebody in the texts that others would get holds the report until a second person, a
supervisor, has released it (docs/review.md).

## What remains

${risks.join('\n\n')}

## How this can change

By a further version of the policy and never silently (docs/release-policy.md). It cannot name what is sealed, give a tier
more than the one above it, take a control from you, or change what community partners were shown. A level whose borders
cross those of one that readers have had is refused: who saw both would know more than either tells. Before it is
published it is run dry over the records; afterwards every view says by which version it was made
(\`seizureRecord { release { policyVersion transformations { field from to } } }\`).
`;

if (faults.length > 0) {
  process.stderr.write(`The page for lawyers: ${[...new Set(faults)].join('; ')}.\n`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/release.md is not what the code says: run `node scripts/print-release-policy.mjs`.\n');
  process.exitCode = 1;
}
