import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttackResult } from './attack.js';

/**
 * Runs the long form of an attack that needs the whole service: its stack is Jest's, so Jest runs it, with the options in
 * the environment, and the result comes back in a file. Run it from the root.
 *
 * @throws Error where the attack ended without a result; then it says what Jest said
 */
export async function runWithStack(name: string, options: Readonly<Record<string, number>>): Promise<AttackResult> {
  const folder = await mkdtemp(join(tmpdir(), 'concord-attack-'));
  const resultFile = join(folder, 'result.json');
  try {
    const said = await new Promise<string>((resolve) => {
      const jest = join('node_modules', 'jest', 'bin', 'jest.js');
      const args = ['--experimental-vm-modules', '--no-warnings', jest, `test/attacks/${name}.attack.flow-spec.ts`];
      const env = { ...process.env, CONCORD_ATTACK: JSON.stringify({ options, resultFile }) };
      execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    return await readFile(resultFile, 'utf8').then(
      (text) => JSON.parse(text) as AttackResult,
      () => {
        throw new Error(said);
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
