// Compares prisma/schema.sql with what the migrations really make; `--write` brings it up to date. Starts a
// PostgreSQL of its own in a temporary directory. Needs dist/: `node scripts/build.mjs`.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { build } from './build.mjs';
import { printSchema } from './print-schema.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const committed = join(root, 'prisma/schema.sql');

await build({ quiet: true });
const { migrate } = await import('../dist/libs/platform/src/database/index.js');
const { removeEmbeddedPostgres, startEmbeddedPostgres } =
  await import('../dist/libs/platform/src/embedded-postgres/index.js');

/** The schema of a database that was migrated just now. */
async function migratedSchema() {
  const dataDir = mkdtempSync(join(tmpdir(), 'concord-schema-'));
  // Root's server runs as another user, which has to pass through.
  chmodSync(dataDir, 0o711);
  const clean = async () => {
    await removeEmbeddedPostgres(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    const client = new Client({ connectionString: server.url('postgres') });
    await client.connect();
    await client.query(`create role concord login createrole password 'concord'`);
    await client.query('create database concord owner concord');
    await client.end();
    await migrate(server.url('concord', 'concord', 'concord'), join(root, 'prisma/migrations'));
    return await printSchema(server.url('concord'));
  } finally {
    await clean();
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

const before = read(committed);
const now = await migratedSchema();
if (before === now) {
  console.log('prisma/schema.sql is what the migrations make');
} else if (process.argv.includes('--write')) {
  writeFileSync(committed, now);
  console.log('prisma/schema.sql is written');
} else {
  const was = before.split('\n');
  const is = now.split('\n');
  const first = is.findIndex((line, index) => line !== was[index]);
  const at = first === -1 ? is.length : first;
  console.error(`prisma/schema.sql differs from what the migrations make, first at line ${at + 1}:`);
  console.error(`  committed: ${was[at] ?? '(end)'}\n  migrated:  ${is[at] ?? '(end)'}`);
  console.error('node scripts/check-schema-sql.mjs --write brings it up to date.');
  process.exitCode = 1;
}
