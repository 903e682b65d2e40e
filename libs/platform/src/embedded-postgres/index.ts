/**
 * The door of the embedded PostgreSQL server: Concord brings its own database, so that a clone can be
 * started without installing or configuring one.
 */
export { DataDirectoryInUseError } from './data-directory-in-use.error.js';
export { lockDataDirectory } from './data-directory.lock.js';
export type { DataDirectoryLock } from './data-directory.lock.js';
export { removeEmbeddedPostgres } from './embedded-postgres.remover.js';
export { startEmbeddedPostgres } from './embedded-postgres.launcher.js';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.types.js';
export { visitEmbeddedPostgres, type VisitedPostgres } from './embedded-postgres.visitor.js';
