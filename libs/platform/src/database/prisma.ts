import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from './generated/client.js';

export type { PrismaClient };
export { Prisma } from './generated/client.js';

/** Prisma on the service's own pool: one set of connections, one role. */
export function createPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}
