import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import pLimit from 'p-limit';
import type { Ending } from './watch-journal.js';
import { syncDirectory } from './watch-journal.js';

/** One name after the other is chosen and taken: two files that want the same do not get the same. */
const oneAtATime = pLimit(1);

/** Where a file of this name may be put without taking the place of another: `night.csv`, then `night.2.csv`. */
async function freePath(folder: string, name: string): Promise<string> {
  const ending = extname(name);
  const stem = basename(name, ending);
  for (let turn = 1; ; turn++) {
    const path = join(folder, turn === 1 ? name : `${stem}.${turn}${ending}`);
    const isTaken = await lstat(path).then(
      () => true,
      () => false,
    );
    if (!isTaken) return path;
  }
}

/** @returns where it is now */
const moveTo = (folder: string, name: string, from: string): Promise<string> =>
  oneAtATime(async () => {
    const target = await freePath(folder, name);
    await rename(from, target);
    return target;
  });

/** Puts a file into `done` or `failed` beside it. @returns its name there */
export async function putAway(path: string, ending: Ending): Promise<string> {
  const folder = join(dirname(path), ending);
  await mkdir(folder, { recursive: true });
  const target = await moveTo(folder, basename(path), path);
  await syncDirectory(folder);
  await syncDirectory(dirname(path));
  return basename(target);
}

/** Writes rows to be mended where their file will lie: whole under its name, or not at all. */
export async function writeRefusedRows(path: string, rows: AsyncIterable<Uint8Array>): Promise<string> {
  const folder = join(dirname(path), 'failed');
  await mkdir(folder, { recursive: true });
  const begun = join(folder, `.${basename(path)}.refused.part`);
  await rm(begun, { force: true });
  const file = await open(begun, 'wx', 0o600);
  try {
    for await (const chunk of rows) await file.write(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
  const target = await moveTo(folder, `${basename(path, extname(path))}.refused.csv`, begun);
  return basename(target);
}
