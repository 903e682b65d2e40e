import { UnreadableFile } from './unreadable-file.js';

/**
 * What was thrown while one entry was read, to be kept with it: a fault of ours in one row does not keep those behind it
 * from being read. @throws what is of the whole file
 */
export function faultOf(error: unknown): Error {
  if (error instanceof UnreadableFile) throw error;
  return error instanceof Error ? error : new Error('what was thrown is no error', { cause: error });
}
