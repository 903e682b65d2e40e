import { writeFile } from 'node:fs/promises';
import type { AttackResult } from './attack.js';

interface Handed {
  readonly options: Readonly<Record<string, number>>;
  readonly resultFile: string;
}

const handed = process.env['CONCORD_ATTACK'];
const given = handed === undefined ? null : (JSON.parse(handed) as Handed);

/** The options of the long form where `npm run attack` runs it, else those of the short one. */
export function attackOptions<T extends Readonly<Record<string, number>>>(short: T): T {
  return { ...short, ...given?.options };
}

/** Hands the result back to `npm run attack`; in `npm test` nobody waits for it. */
export async function tellResult(result: AttackResult): Promise<void> {
  if (given !== null) await writeFile(given.resultFile, JSON.stringify(result));
}
