import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json and prisma/, whether this runs from dist/ or from the sources. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Concord does not find its own package.json');
    folder = parent;
  }
  return folder;
}

/** SQL that brings a database to this version's schema. */
export const migrationsDirectory = (): string => join(projectRoot(), 'prisma', 'migrations');
