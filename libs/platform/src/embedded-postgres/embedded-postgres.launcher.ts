import { mkdir, realpath } from 'node:fs/promises';

import { collectAbandonedClusters } from './abandoned-cluster.collector.js';
import { ensureOwnership, initializeCluster } from './cluster.initializer.js';
import { isCluster, locateCluster } from './cluster.location.js';
import type { ClusterLocation } from './cluster.location.js';
import { directoryMode } from './data-directory.lock.js';
import type { EmbeddedPostgres, EmbeddedPostgresOptions, LogLine } from './embedded-postgres.types.js';
import { loadPassword } from './password.file.js';
import { adoptServer } from './server.adopter.js';
import type { RunningServer } from './server.adopter.js';
import { locateBinaries } from './server-binaries.locator.js';
import type { ServerBinaries } from './server-binaries.locator.js';
import { killServer, stopServer } from './server.control.js';
import { probeServer } from './server.probe.js';
import { checkSettings } from './server.settings.js';
import { startServer } from './server.starter.js';
import { HOST, serverUrl, SUPERUSER } from './server.url.js';

const ATTEMPTS = 5;

/**
 * Makes sure that the PostgreSQL server of a data directory is running.
 *
 * The first call makes the cluster (about a second). A server that an earlier, killed process has left running
 * is taken over; otherwise one is started. It listens on 127.0.0.1 only and goes on running when this process is
 * killed, until the next start takes it over or {@link EmbeddedPostgres.stop} is called.
 *
 * The caller should hold `lockDataDirectory(dataDir)`.
 *
 * @throws Error when the server cannot be started; the message ends with what the server said
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { settings = {}, onLog: log = () => undefined } = options;
  if (process.platform === 'win32') throw new Error('The embedded PostgreSQL needs Linux or macOS.');
  checkSettings(settings);
  await mkdir(options.dataDir, { recursive: true, mode: directoryMode() });
  const dataDir = await realpath(options.dataDir);

  const location = await locateCluster(dataDir, log);
  await collectAbandonedClusters(log);
  const password = await loadPassword(dataDir, await isCluster(location.cluster));
  const binaries = await locateBinaries(dataDir, location.user, log);
  const firstStart = await initializeCluster(location, binaries, password);
  await ensureOwnership(location);

  const { server, adopted } = await bringUp(location, { dataDir, settings, password, binaries, log });
  log(
    `PostgreSQL ${binaries.version} ${adopted ? 'taken over' : 'started'} (pid ${server.identity.pid}, port ${server.port})`,
  );
  return describe(server, { password, adopted, firstStart });
}

interface Means {
  readonly dataDir: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly password: string;
  readonly binaries: ServerBinaries;
  readonly log: LogLine;
}

async function bringUp(
  location: ClusterLocation,
  { dataDir, settings, password, binaries, log }: Means,
): Promise<{ server: RunningServer; adopted: boolean }> {
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await adoptServer(location.cluster, password, binaries.version, log);
    if (found) return { server: found, adopted: true };
    const started = await startServer(location, { dataDir, program: binaries.postgres, settings });
    if ('identity' in started) {
      const probe = await probeServer(location.cluster, { port: started.port, password });
      if (probe.kind === 'ours') return { server: started, adopted: false };
      await stopServer(started);
      throw new Error(`PostgreSQL started, but does not answer: ${'reason' in probe ? probe.reason : probe.kind}`);
    }
    ({ reason } = started);
    if (!started.retry) break;
    log(`PostgreSQL did not start, trying again: ${reason.split('\n', 1).join('')}`);
  }
  throw new Error(`PostgreSQL did not start: ${reason}`);
}

function describe(
  server: RunningServer,
  facts: Pick<EmbeddedPostgres, 'password' | 'adopted' | 'firstStart'>,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  return {
    ...facts,
    host: HOST,
    superuser: SUPERUSER,
    port: server.port,
    pid: server.identity.pid,
    url: (database, user, password = facts.password) => serverUrl({ port: server.port, password }, database, user),
    stop: () => (stopping ??= stopServer(server)),
    kill: () => killServer(server),
  };
}
