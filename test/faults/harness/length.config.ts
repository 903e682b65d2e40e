/** `npm run test:faults` says long; `npm test` runs a short form of each scenario. The one place where it is asked. */
export const LONG = process.env['CONCORD_FAULTS'] === 'long';

/** Of every random choice of a run; printed, so that CONCORD_SEED repeats it. */
export const SEED = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);

/** Where each scenario appends its line; null: it is said on standard error alone. */
export const RESULTS_FILE = process.env['CONCORD_FAULTS_RESULTS'] ?? null;

/** Folder in which journals and logs of processes are kept after the run; null: they go with it. */
export const KEEP_FOLDER = process.env['CONCORD_FAULTS_KEEP'] ?? null;

/** One of two, by the length of the run. */
export const byLength = <T>(short: T, long: T): T => (LONG ? long : short);
