import { CLUSTER, type GlobalWithCluster } from './global-setup.js';

/** Stops and deletes what global-setup.ts started. */
export default async function globalTeardown(): Promise<void> {
  await (globalThis as GlobalWithCluster)[CLUSTER]?.remove();
}
