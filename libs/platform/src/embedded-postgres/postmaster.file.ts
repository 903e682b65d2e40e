import { join } from 'node:path';

import { readFileIfPresent } from './durable-file.writer.js';

/** What a server says about itself in `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  /** 0 while the server has not come far enough to say. */
  readonly port: number;
  /** `starting`, `ready`, `stopping`, `standby` or empty. */
  readonly status: string;
}

/** Path of the file in which a server notes its pid and port. */
export function postmasterFilePath(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

/** Reads `postmaster.pid`; undefined when no server runs or it has only just made the file. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const lines = (await readFileIfPresent(postmasterFilePath(cluster)))?.split('\n') ?? [];
  // Negative in single-user mode.
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!(pid > 0)) return undefined;
  return { pid, port: Number.parseInt(lines[3] ?? '', 10) || 0, status: (lines[7] ?? '').trim() };
}
