import {
  BackupKey,
  openBackup,
  restoreBackup,
  verifyBackup,
  writeBackup,
  type Manifest,
} from '@concord/platform/backup';
import { migrationsDirectory } from '@concord/platform/project';
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { checkDatabase } from '../../apps/cli/src/verify/check-database.js';
import { onEnd, openBenchDatabase } from './bench-database.js';
import { fillRecords } from './filler.js';
import { machineFacts, numberOption, printResult, round, tell } from './measures.js';

/** `npm run bench -- backup [--records 50000]` */
const RECORDS = numberOption('records', 50_000);
const OWNER_PASSWORD = 'bench';

interface Pace {
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Of COPY's text, before it is packed. */
  readonly mbPerSecond: number;
  readonly peakRssMb: number;
}

interface Size {
  readonly rows: number;
  readonly bytes: number;
}

/** Time and the highest resident memory of this process while `work` runs. */
async function pace(name: string, size: () => Size, work: () => Promise<unknown>): Promise<Pace> {
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  clearInterval(look);
  const { rows, bytes } = size();
  const measured = {
    seconds: round(seconds, 2),
    rowsPerSecond: Math.round(rows / seconds),
    mbPerSecond: round(bytes / 1e6 / seconds, 1),
    peakRssMb: round(peak / 2 ** 20, 0),
  };
  tell(`  ${name.padEnd(32)} ${JSON.stringify(measured)}`);
  return measured;
}

async function on<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What COPY alone costs: the same tables to plain files, one after the other, and nothing measured or packed. */
async function plainCopyOut(url: string, folder: string, { tables }: Manifest): Promise<void> {
  await on(url, async (client) => {
    for (const { name } of tables)
      await pipeline(client.query(copyTo(`copy ${name} to stdout`)), createWriteStream(join(folder, name)));
  });
}

/** The same back, into a migrated database, triggers and foreign keys off (a superuser may), indexes on. */
async function plainCopyIn(url: string, folder: string, { tables }: Manifest): Promise<void> {
  await on(url, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query('begin');
    for (const { name } of tables.filter((table) => table.name !== '_prisma_migrations'))
      await pipeline(createReadStream(join(folder, name)), client.query(copyFrom(`copy ${name} from stdin`)));
    await client.query('commit');
  });
}

async function main(): Promise<void> {
  const database = await openBenchDatabase(null);
  const folder = await mkdtemp(join(tmpdir(), 'concord-bench-backup-'));
  const remove = async (): Promise<void> => {
    await database.remove();
    await rm(folder, { recursive: true, force: true });
  };
  onEnd(remove);
  try {
    await fillRecords(database.superuserUrl, RECORDS);
    const named = (name: string): string =>
      Object.assign(new URL(database.superuserUrl), { pathname: `/${name}` }).href;
    const owned = (name: string): string =>
      Object.assign(new URL(named(name)), { username: 'bench_owner', password: OWNER_PASSWORD }).href;
    await on(database.superuserUrl, async (client) => {
      await client.query('drop table if exists bench_agency, bench_fact, bench_place, bench_substance cascade');
      await client.query(`create role bench_owner login createrole password '${OWNER_PASSWORD}'`);
      await client.query(
        'grant concord_api, concord_worker, concord_lists, concord_audit_append to bench_owner with admin true',
      );
      await client.query('create database bench_restored owner bench_owner');
      await client.query('create database bench_peer');
      await client.query('checkpoint');
    });
    const key = new BackupKey(randomBytes(32));
    const url = database.superuserUrl;
    const clear = join(folder, 'clear');
    const sealed = join(folder, 'sealed');
    const plain = join(folder, 'plain');
    await mkdir(plain);
    let manifest: Manifest | undefined;
    const size = (): Size => ({
      rows: manifest?.tables.reduce((sum, table) => sum + table.content.rows, 0) ?? 0,
      bytes: manifest?.tables.reduce((sum, table) => sum + table.content.bytes, 0) ?? 0,
    });
    const backup = await pace('backup', size, async () => {
      manifest = await writeBackup({ url, directory: clear, key: null });
    });
    if (manifest === undefined) throw new Error('a backup has a manifest');
    const whole = manifest;
    const encrypted = await pace('backup, encrypted', size, () => writeBackup({ url, directory: sealed, key }));
    const peerOut = await pace('peer: COPY to files', size, () => plainCopyOut(url, plain, whole));
    const verified = await pace('verify', size, async () => verifyBackup(await openBackup(sealed, key)));
    const restored = await pace('restore', size, async () =>
      restoreBackup({
        url: owned('bench_restored'),
        backup: await openBackup(clear, null),
        migrationsDirectory: migrationsDirectory(),
      }),
    );
    // A migrated database without a row, as the peer needs one.
    const { migrate } = await import('@concord/platform/database');
    await migrate(named('bench_peer'), migrationsDirectory());
    const peerIn = await pace('peer: COPY from files', size, () => plainCopyIn(named('bench_peer'), plain, whole));
    const checked = await pace('verify of the restored database', size, () =>
      on(named('bench_restored'), async (client) => {
        await client.query('begin isolation level repeatable read read only');
        await checkDatabase(client, { rootKey: null, rowSecurityForced: true });
      }),
    );
    const fileBytes = whole.tables.reduce((sum, table) => sum + table.file.bytes, 0);
    printResult({
      benchmark: 'backup',
      machine: machineFacts(),
      records: RECORDS,
      tables: whole.tables.length,
      ...size(),
      fileBytes,
      backup,
      encrypted,
      peerOut,
      verified,
      restored,
      peerIn,
      checked,
      backupToPeer: round(backup.seconds / peerOut.seconds, 2),
      restoreToPeer: round(restored.seconds / peerIn.seconds, 2),
    });
  } finally {
    await remove();
  }
}

await main();
