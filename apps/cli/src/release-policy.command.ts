import { appendAudit, auditEntry } from '@concord/audit';
import { createLocalKeyHolder, deriveKey, findRootKeyDigest, PostgresAgencyKeyStore } from '@concord/blinding';
import { inTransaction, openPool } from '@concord/platform/database';
import {
  findReleasePolicies,
  keepDryRun,
  policyDigest,
  publishReleasePolicy,
  type PublishedPolicy,
} from '@concord/records';
import { policySubject } from '@concord/submission';
import { readOptions, UsageError, type Command, type CommandOutcome, type Terminal } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything, type DatabaseTarget } from './database-target.js';
import { fitsRootKey, readRootKey, ROOT_KEY_OPTION } from './key-files.js';
import { showProgress, type Progress } from './progress.js';
import { applyPolicy } from './release-policy/apply-policy.js';
import { dryRun, type DryRunFindings } from './release-policy/dry-run.js';
import { PolicyRefused, readPolicy } from './release-policy/policy-file.js';

const OPTIONS = {
  ...TARGET_OPTIONS,
  ...ROOT_KEY_OPTION,
  sample: { type: 'string' },
  all: { type: 'boolean' },
  note: { type: 'string' },
  batch: { type: 'string' },
  json: { type: 'boolean' },
} as const;
type Options = ReturnType<typeof readOptions<typeof OPTIONS>>;

/** Longer than a page of reports takes on a slow disk. */
const STATEMENT_TIMEOUT_MS = 120_000;
const DEFAULT_SAMPLE = 10_000;

export const releasePolicyCommand: Command = {
  name: 'release-policy',
  help: `release-policy show                      the policy in force and how far it is applied
  release-policy check FILE                says everything that is wrong with a document that is to be the next
  release-policy dry-run FILE [--sample N | --all]
    what it would change for whom: by audience and field how many records would show something else, finer or coarser. Of a
    random sample (10,000) or of all. Opens nothing and changes nothing; kept, since nothing is published without
  release-policy publish FILE --note WHY   from now on reports are released by it; what was released is changed by apply
  release-policy apply [--batch N]         computes every older view anew, in batches (100). Killed, begin again: it goes
    on where it was. Whoever was alerted to a view that says something else gets an update. docs/release-policy.md

    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --database-url   DATABASE_URL       a login that was granted concord_publisher, or owns the database
    --key-file       CONCORD_KEY_FILE   for apply: the root key; without it root.key of the data directory
    --json                              prints one JSON document`,
  options: OPTIONS,
  examples: [
    'release-policy show',
    'release-policy check next.json',
    "release-policy publish next.json --note 'Fewer bands for pills'",
  ],
  words: ['show', 'check', 'dry-run', 'publish', 'apply'],
  async run(args, terminal) {
    const [what, ...others] = args;
    const act = ACTS[what ?? ''];
    if (act === undefined) throw new UsageError('What of the release policy? show, check, dry-run, publish or apply.');
    const file = act.file ? others.shift() : undefined;
    if (act.file && (file === undefined || file.startsWith('-'))) throw new UsageError('Which FILE?');
    const options = readOptions(others, OPTIONS);
    const target = readTarget(options, terminal.env);
    return withEverything(target, async (url) => {
      const db = openPool({ url, role: 'concord_publisher', max: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
      try {
        await db.clock.known;
        const published = await findReleasePolicies(db);
        return await act.run({ db, published, file: file ?? '', options, target, terminal });
      } catch (error) {
        if (error instanceof PolicyRefused) return refused(error, options, terminal);
        throw error;
      } finally {
        await db.end();
      }
    });
  },
};

interface Asked {
  readonly db: ReturnType<typeof openPool>;
  readonly published: readonly PublishedPolicy[];
  readonly file: string;
  readonly options: Options;
  readonly target: DatabaseTarget;
  readonly terminal: Terminal;
}

const ACTS: Readonly<
  Record<string, { readonly file: boolean; readonly run: (asked: Asked) => Promise<CommandOutcome> }>
> = {
  show: { file: false, run: show },
  check: { file: true, run: check },
  'dry-run': { file: true, run: tryOut },
  publish: { file: true, run: publish },
  apply: { file: false, run: apply },
};

function inForce(published: readonly PublishedPolicy[]): PublishedPolicy {
  const last = published.at(-1);
  if (last === undefined) throw new Error('This database has no release policy: run `concord migrate`.');
  return last;
}

async function show({ published, options, terminal: { print } }: Asked): Promise<CommandOutcome> {
  const { policy, ...facts } = inForce(published);
  const versions = published.map(({ policy: { version }, note, publishedAt, appliedAt }) => ({
    ...{ version, note, publishedAt, appliedAt },
  }));
  if (options.json) print(`${JSON.stringify({ ...facts, policy, versions })}\n`);
  else {
    for (const { version, note, publishedAt, appliedAt } of versions)
      print(
        `${version}  ${publishedAt.toISOString()}  ${appliedAt === null ? 'NOT APPLIED' : `applied ${appliedAt.toISOString()}`}  ${note}\n`,
      );
    print(`${JSON.stringify(policy, null, 2)}\n`);
  }
  return Promise.resolve('done');
}

async function check({ file, published, options, terminal: { print } }: Asked): Promise<CommandOutcome> {
  const policy = await readPolicy(file, published);
  const digest = policyDigest(policy);
  print(
    options.json ? `${JSON.stringify({ ok: true, digest })}\n` : `in order: version ${policy.version}, ${digest}\n`,
  );
  return 'done';
}

async function tryOut({ db, file, published, options, terminal: { print } }: Asked): Promise<CommandOutcome> {
  if (options.all && options.sample !== undefined) throw new UsageError('Either --sample or --all.');
  const sample = options.all ? null : countOf('--sample', options.sample, DEFAULT_SAMPLE);
  const after = await readPolicy(file, published);
  const findings = await dryRun(db, { before: inForce(published).policy, after, sample });
  await inTransaction(db, async (tx) => {
    await keepDryRun(tx, after, { whole: findings.whole, findings });
    await book(db, tx, 'release-policy.dry-run', after);
  });
  print(options.json ? `${JSON.stringify(findings)}\n` : told(findings));
  return 'done';
}

function told({ toVersion, fromVersion, whole, reports, changedRecords, changes, readers }: DryRunFindings): string {
  return [
    `version ${toVersion} after ${fromVersion}: ${changedRecords} of ${reports} records${whole ? '' : ' (a random sample)'} would show something else`,
    ...changes.map(
      ({ tier, rule, to, records, examples }) =>
        `${tier}  ${rule}  ${to.toLowerCase()} in ${records} records, such as ${examples.join(' ')}`,
    ),
    ...readers.map(
      ({ tier, keys, agencies }) => `${tier}  ${keys} keys open them, which ${agencies} agencies may carry`,
    ),
    '',
  ].join('\n');
}

async function publish({ db, file, published, options, terminal }: Asked): Promise<CommandOutcome> {
  const { note } = options;
  if (note === undefined || note.trim() === '' || note.length > 2_000)
    throw new UsageError('Why? Give --note with 1 to 2,000 characters.');
  const policy = await readPolicy(file, published);
  const outcome = await inTransaction(db, async (tx) => {
    const stored = await publishReleasePolicy(tx, policy, note.trim());
    if (stored === 'PUBLISHED') await book(db, tx, 'release-policy.publish', policy);
    return stored;
  });
  if (outcome === 'NOT_DRY_RUN')
    throw new Error('Not published: run `release-policy dry-run` on this very document first.');
  if (outcome === 'TAKEN') throw new Error(`Not published: there is a version ${policy.version} by now.`);
  const { print, tell } = terminal;
  print(options.json ? `${JSON.stringify({ version: policy.version })}\n` : `version ${policy.version} is in force\n`);
  tell('What was released before is as it was: run `release-policy apply`.');
  return 'done';
}

async function apply({ db, published, options, target, terminal }: Asked): Promise<CommandOutcome> {
  const batch = countOf('--batch', options.batch, 100);
  const rootKey = await readRootKey(options, terminal.env, target);
  if (rootKey === null) throw new UsageError('Which root key? Name its file with --key-file or CONCORD_KEY_FILE.');
  if (!fitsRootKey(rootKey, await findRootKeyDigest(db)))
    throw new Error('The root key is not that of this database: nothing sealed would open.');
  const kek = { id: 'root', key: deriveKey(rootKey, 'concord/kek') };
  const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(db) });
  const { policy } = inForce(published);
  let progress: Progress | null = null;
  const counts = await applyPolicy({ db, keyHolder, clock: db.clock }, policy, {
    batch,
    onStart: (total) => (progress = showProgress({ total, unit: 'records' }, terminal.tell)),
    onBatch: (records) => progress?.at(records, records),
  }).finally(() => progress?.end());
  const { records, changedViews, unopened, applied } = counts;
  if (options.json) terminal.print(`${JSON.stringify(counts)}\n`);
  else
    terminal.print(
      `version ${policy.version}: ${records} records made anew, ${changedViews} views say something else\n`,
    );
  if (unopened.length > 0)
    terminal.tell(`Identifiers of ${unopened.length} reports do not open: ${unopened.join(' ')}`);
  if (!applied) terminal.tell('Not applied everywhere yet: run it again.');
  return applied ? 'done' : 'failed';
}

function refused({ issues, message }: PolicyRefused, options: Options, { print }: Terminal): CommandOutcome {
  print(options.json ? `${JSON.stringify({ ok: false, issues })}\n` : `${message}\n`);
  return 'failed';
}

function countOf(option: string, given: string | undefined, otherwise: number): number {
  const count = given === undefined ? otherwise : Number(given);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000)
    throw new UsageError(`${option} is a whole number from 1.`);
  return count;
}

/** In nobody's name: whoever may enter `concord_publisher` is known to the machine and not to Concord. */
async function book(
  { clock }: Asked['db'],
  tx: Parameters<typeof appendAudit>[0],
  action: string,
  policy: PublishedPolicy['policy'],
): Promise<void> {
  await appendAudit(tx, [
    auditEntry({
      ...{ at: clock.now(), personId: null, agencyId: null, roles: [], purpose: null },
      ...{ action, outcome: 'DONE', subjects: [policySubject(policy)] },
    }),
  ]);
}
