import { UnreadableFile } from '@concord/interpretation';
import type { Issue } from '../graphql/shared.types.js';
import pLimit from 'p-limit';
import type { ImportRejected } from './import.types.js';

export const rejected = (issue: Issue): ImportRejected => ({ issues: [issue] });

/** Files that are read at the same moment: a workbook is held whole, 64 MiB of it. */
const turns = pLimit(2);

/** What is done with a file, in its turn; a file that cannot be read is an answer and no fault. */
export async function readable<T>(work: () => Promise<T>): Promise<T | ImportRejected> {
  try {
    return await turns(work);
  } catch (error) {
    if (error instanceof UnreadableFile) return rejected({ path: 'id', code: error.code, message: error.message });
    throw error;
  }
}

export const NOT_WHOLE = rejected({
  path: 'id',
  code: 'NOT_WHOLE',
  message: 'The file is not whole yet: upload the rest of it.',
});
export const NOT_THERE = rejected({ path: 'id', code: 'NOT_FOUND', message: 'No import of your agency has this id.' });
export const NOT_YOURS = rejected({
  path: 'id',
  code: 'NOT_STARTED_BY_YOU',
  message: 'Whoever started it does this: its reports are submitted in their name.',
});
export const CONFIRMED_OTHERWISE = rejected({
  path: 'mapping',
  code: 'CONFLICT',
  message: 'It was confirmed with another mapping, and is read by that one: cancel it and start anew.',
});
