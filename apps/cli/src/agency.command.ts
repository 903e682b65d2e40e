import { endAgency, findStanding, ORI } from '@concord/agencies';
import { appendAudit, auditEntry } from '@concord/audit';
import { inTransaction, openPool } from '@concord/platform/database';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';

const OPTIONS = { ...TARGET_OPTIONS, ori: { type: 'string' }, json: { type: 'boolean' } } as const;

export const agencyCommand: Command = {
  name: 'agency',
  help: `agency leave --ori ORI [--data DIRECTORY | --database-url URL] [--json]
    ends an agency: nobody acts for it any more, and the worker recalls its records. Nothing takes this back; its reports
    stay for \`concord export agency\`. Twice changes nothing; docs/agencies.md

    --ori                               which agency
    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --database-url   DATABASE_URL       a login that was granted concord_operator, or owns the database
    --json                              prints {"ori","name","changed"}`,
  options: OPTIONS,
  examples: ['agency leave --ori CA0370100', 'agency leave --ori CA0370100 --json'],
  words: ['leave'],
  async run(args, { env, print }) {
    const [what, ...others] = args;
    if (what !== 'leave') throw new UsageError('What of an agency? Say `agency leave`.');
    const options = readOptions(others, OPTIONS);
    const { ori } = options;
    if (ori === undefined || !ORI.test(ori)) throw new UsageError('Which agency? Give --ori and its nine characters.');
    const { name, changed } = await withEverything(readTarget(options, env), (url) => end(url, ori));
    if (options.json) print(`${JSON.stringify({ ori, name, changed })}\n`);
    else
      print(
        changed ? `${name} has left; a worker recalls its records as soon as it runs\n` : `${name} had left already\n`,
      );
    return 'done';
  },
};

/** In nobody's name: whoever may enter `concord_operator` is known to the machine and not to Concord. */
async function end(url: string, ori: string): Promise<{ readonly name: string; readonly changed: boolean }> {
  const pool = openPool({ url, role: 'concord_operator', max: 1, statementTimeoutMs: 30_000 });
  try {
    await pool.clock.known;
    return await inTransaction(pool, async (tx) => {
      const agency = await findStanding(tx, ori);
      if (agency === null) throw new Error('There is no agency with that ORI.');
      const version = await endAgency(tx, agency.id);
      if (version === null) return { name: agency.name, changed: false };
      await appendAudit(tx, [
        auditEntry({
          ...{ at: pool.clock.now(), personId: null, agencyId: null, roles: [], purpose: null },
          ...{ action: 'agency.leave', outcome: 'DONE', subjects: [{ kind: 'agency', id: agency.id, version }] },
        }),
      ]);
      return { name: agency.name, changed: true };
    });
  } finally {
    await pool.end();
  }
}
