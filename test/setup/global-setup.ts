import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { TestCluster } from './test-cluster.js';

/** Of Jest's configuration, what is asked for here. */
interface GlobalConfig {
  readonly watch: boolean;
  readonly watchAll: boolean;
  readonly testPathPatterns: { toExecutor(options: { rootDir: string }): { isMatch(path: string): boolean } };
}
interface ProjectConfig {
  readonly rootDir: string;
  readonly roots: readonly string[];
}

/** What teardown finds: Jest loads both files into the same process. */
export const CLUSTER = Symbol.for('concord.test-cluster');
export type GlobalWithCluster = typeof globalThis & { [CLUSTER]?: TestCluster };

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Starts the PostgreSQL of this run and says in the environment, which workers inherit, where it is. A run that can
 * only touch pure tests goes without.
 */
export default async function globalSetup(globalConfig: GlobalConfig, projectConfig: ProjectConfig): Promise<void> {
  if (!needsDatabase(globalConfig, projectConfig)) return;
  // Loaded only now: the database's door brings Prisma with it.
  const { startTestCluster } = await import('./test-cluster.js');
  const cluster = await startTestCluster(join(projectConfig.rootDir, 'prisma/migrations'));
  (globalThis as GlobalWithCluster)[CLUSTER] = cluster;
  Object.assign(process.env, cluster.facts);
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      // The server has a session of its own, so that a signal to the group leaves it running.
      void cluster.remove().finally(() => process.exit(code));
    });
  }
}

/** Whether the patterns of this run can select a test that is not pure. In doubt: yes. */
function needsDatabase(globalConfig: GlobalConfig, { roots, rootDir }: ProjectConfig): boolean {
  if (globalConfig.watch || globalConfig.watchAll) return true;
  const wanted = globalConfig.testPathPatterns.toExecutor({ rootDir });
  return roots.some((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).some(
      (name) => /\.(int-spec|flow-spec)\.ts$/.test(name) && wanted.isMatch(join(root, name)),
    ),
  );
}
