/** `npm run test:faults` says long; `npm test` runs a short form of each scenario. The one place where it is asked. */
export const LONG = process.env['CONCORD_FAULTS'] === 'long';

/** Of every random choice of a run; printed, so that CONCORD_SEED repeats it. */
export const SEED = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);

/** Where each scenario appends its line; null: it is said on standard error alone. */
export const RESULTS_FILE = process.env['CONCORD_FAULTS_RESULTS'] ?? null;

/** Folder in which journals and logs of processes are kept after the run; null: they go with it. */
export const KEEP_FOLDER = process.env['CONCORD_FAULTS_KEEP'] ?? null;

/** Rows of the import in the long form. */
export const IMPORT_ROWS = Number(process.env['CONCORD_FAULTS_ROWS'] ?? 100_000);

/** How long the load of one long run may take; what is not sent by then is not sent. */
export const LOAD_MINUTES = Number(process.env['CONCORD_FAULTS_MINUTES'] ?? 15);

/** One of two, by the length of the run. */
export const byLength = <T>(short: T, long: T): T => (LONG ? long : short);
