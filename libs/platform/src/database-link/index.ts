/** The link to PostgreSQL: whether it is there, and connections that are given up when it is not. */
export { DatabaseClock } from './database-clock.js';
export { DatabaseUnavailableError, isBusy, isOutage, type DatabaseTrouble } from './outage.js';
export { waitForDatabase, type DatabaseWait } from './wait-for-database.js';
export { WatchedPool, type WatchOptions } from './watched-pool.js';
