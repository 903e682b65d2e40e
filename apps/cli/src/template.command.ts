import { LABORATORY_COLUMNS, printLaboratoryTemplate, printTemplate, TEMPLATE_COLUMNS } from '@concord/interpretation';
import { writeFile } from 'node:fs/promises';
import { readOptions, UsageError, type Command } from './command.js';

const OPTIONS = { laboratory: { type: 'boolean' }, out: { type: 'string' }, json: { type: 'boolean' } } as const;

export const templateCommand: Command = {
  name: 'template',
  help: `template [--laboratory] [--out FILE] [--json]
    the file that submit reads without asking how: every heading, and one report in two rows as an example, to be replaced by
    yours. Only reference, date, county, sharing and a drug with its quantity are needed: leave out what you do not have

    --laboratory   the file that laboratory reads: results for reports that were submitted
    --out          writes it there, and over nothing; without it to stdout
    --json         the columns with their meaning as JSON`,
  options: OPTIONS,
  examples: ['template --out seizures.csv', 'template --laboratory --out results.csv', 'template --json'],
  async run(args, { print, tell }) {
    const { laboratory = false, out, json } = readOptions(args, OPTIONS);
    const text = laboratory ? printLaboratoryTemplate() : printTemplate();
    const command = laboratory ? 'laboratory' : 'submit';
    if (out !== undefined) {
      await writeFile(out, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') throw new UsageError(`${out} is there already: name another file.`);
        throw error;
      });
      tell(`${out}: replace what is in it by yours, then: concord ${command} ${out} --agency ORI --dry-run`);
    }
    if (json === true) {
      const columns = laboratory
        ? LABORATORY_COLUMNS
        : TEMPLATE_COLUMNS.map(({ name, meaning, examples }) => ({ name, meaning, examples }));
      print(`${JSON.stringify({ out: out ?? null, columns })}\n`);
    } else if (out === undefined) print(text);
    return 'done';
  },
};
