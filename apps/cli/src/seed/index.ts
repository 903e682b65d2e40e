/** The door of seeding: read when the command runs, for the model takes a second and no other command waits for it. */
export { readCbpFile } from './cbp-file.reader.js';
export { loadPlan } from './load-plan.js';
export { planOf, usableRows } from './seed-plan.js';
export { compare, told } from './totals.js';
