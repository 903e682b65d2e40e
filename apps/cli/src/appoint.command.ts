import { appendAudit, auditEntry } from '@concord/audit';
import { systemClock } from '@concord/platform/clock';
import { inTransaction, openPool } from '@concord/platform/database';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';

const OPTIONS = {
  issuer: { type: 'string' },
  subject: { type: 'string' },
  name: { type: 'string' },
  json: { type: 'boolean' },
  ...TARGET_OPTIONS,
} as const;

/**
 * `concord appoint`: makes a system admin, while there are fewer than two of them; two decide for each other, and invite
 * further ones. Books it in the same transaction.
 *
 * @throws Error where there are two, or the person has another seat
 */
export const appointCommand: Command = {
  name: 'appoint',
  help: `appoint --issuer ISS --subject SUB --name NAME   makes one of the first two system admins; docs/people.md

    --database-url   DATABASE_URL       a login that was granted concord_operator, or owns the database
    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --json                              prints {"personId"}`,
  options: OPTIONS,
  examples: ["appoint --issuer https://login.example.gov --subject 4711 --name 'First Admin'"],
  async run(args, { env, print }) {
    const values = readOptions(args, OPTIONS);
    const admin = {
      issuer: plain('--issuer', values.issuer),
      subject: plain('--subject', values.subject),
      name: plain('--name', values.name),
    };
    const id = await withEverything(readTarget(values, env), (url) => appoint(url, admin));
    print(values.json ? `${JSON.stringify({ personId: id })}\n` : `person ${id} is a system admin\n`);
    return 'done';
  },
};

function plain(option: string, text: string | undefined): string {
  if (text === undefined || text === '' || text.length > 255 || !text.isWellFormed() || /\p{Cc}/u.test(text))
    throw new UsageError(`${option} has 1 to 255 characters, and no control characters.`);
  return text;
}

interface FirstAdmin {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
}

async function appoint(url: string, { issuer, subject, name }: FirstAdmin): Promise<string> {
  const pool = openPool({ url, role: 'concord_operator', max: 1, statementTimeoutMs: 10_000 });
  try {
    return await inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<{ id: string }>('select appoint_system_admin($1, $2, $3) as id', [
        issuer,
        subject,
        name,
      ]);
      const id = rows[0]?.id;
      if (id === undefined) throw new Error('whoever is appointed has an id');
      // In nobody's name: whoever may enter `concord_operator` is known to the machine and not to Concord.
      await appendAudit(tx, [
        auditEntry({
          at: systemClock.now(),
          ...{ personId: null, agencyId: null, roles: [], purpose: null },
          ...{ action: 'role.grant', outcome: 'DONE', subjects: [{ kind: 'person', id }] },
        }),
      ]);
      return id;
    });
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === '23514') throw new Error(`Not appointed: ${(error as Error).message}.`, { cause: error });
    if (code === '22023' || code === '42883')
      throw new Error('This database has the schema of an older version: run `concord migrate`.', { cause: error });
    throw error;
  } finally {
    await pool.end();
  }
}
