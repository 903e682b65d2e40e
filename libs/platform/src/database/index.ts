export { openPool, type DatabaseRole, type PoolOptions } from './pool.js';
export { inTransaction, type Queryable } from './transaction.js';
export {
  migrate,
  MIGRATION_LOCK,
  MigrationChangedError,
  openLedger,
  readMigrations,
  runMigration,
  type Migration,
} from './migrate.js';
export { createPrisma, Prisma, type PrismaClient } from './prisma.js';
