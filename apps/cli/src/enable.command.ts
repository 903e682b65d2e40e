import { enablePerson } from '@concord/access';
import { isId } from '@concord/platform/ids';
import { asOperator, bookAsOperator } from './as-operator.js';
import { readOptions, UsageError, type Command } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';

const OPTIONS = { person: { type: 'string' }, json: { type: 'boolean' }, ...TARGET_OPTIONS } as const;

/**
 * `concord enable`: lets a person in again who was disabled, or was not there for ninety days, and books it in the same
 * transaction.
 *
 * @throws Error for a person whom the database does not know
 */
export const enableCommand: Command = {
  name: 'enable',
  help: `enable --person ID   lets in who was disabled or away for ninety days; docs/sign-in.md

    --database-url   DATABASE_URL       a login that was granted concord_operator, or owns the database
    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --json                              prints {"outcome"}`,
  options: OPTIONS,
  examples: ['enable --person 0b0f9a3e-6d6c-4a52-9c4f-3a9c1f0f2a11'],
  async run(args, { env, print }) {
    const values = readOptions(args, OPTIONS);
    const { person, json = false } = values;
    if (person === undefined || !isId(person))
      throw new UsageError('--person is the id of a person: a UUID, as `me { id }` answers it.');
    const outcome = await withEverything(readTarget(values, env), (url) => enable(url, person));
    if (outcome === 'unknown-person') throw new Error('There is no person with that id.');
    print(json ? `${JSON.stringify({ outcome })}\n` : `person ${person} is enabled\n`);
    return 'done';
  },
};

const enable = (url: string, personId: string) =>
  asOperator(url, async (tx) => {
    const outcome = await enablePerson(tx, personId);
    if (outcome === 'enabled') await bookAsOperator(tx, 'person.enable', { kind: 'person', id: personId });
    return outcome;
  });
