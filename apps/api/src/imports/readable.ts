import { UnreadableFile } from '@concord/interpretation';
import type { Issue } from '../graphql/shared.types.js';
import type { ImportRejected } from './import.types.js';

export const rejected = (issue: Issue): ImportRejected => ({ issues: [issue] });

/** What is done with a file; a file that cannot be read is an answer and no fault. */
export async function readable<T>(work: () => Promise<T>): Promise<T | ImportRejected> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableFile) return rejected({ path: 'id', code: error.code, message: error.message });
    throw error;
  }
}
