import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The environment of a process that has one of its guarantees taken away, from outside: `without/<guarantee>.mjs`. */
export const preload = (guarantee: 'database-clock' | 'deadlines' | 'refusals'): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'without', `${guarantee}.mjs`)).href}`,
});
