import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where root keeps what the server's user cannot reach in its own place. */
export const STATE_ROOT = '/var/lib/concord';

/** Clusters whose data directory the server's user cannot reach. */
export const CLUSTERS_ROOT = join(STATE_ROOT, 'clusters');

/** Makes the directories; with explicit modes, for a strict umask would shut the server's user out again. */
export async function ensureStateRoot(): Promise<void> {
  await mkdir(CLUSTERS_ROOT, { recursive: true });
  await chmod(STATE_ROOT, 0o755);
  await chmod(CLUSTERS_ROOT, 0o711);
}
