import { MOST_REPORTS } from '@concord/submission';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DOCUMENT_LIMITS,
  MAX_BATCH_BODY_BYTES,
  MAX_BODY_BYTES,
  MAX_COST,
  MAX_DOCUMENT_LENGTH,
  MAX_NESTING,
  MAX_PAGE,
  MAX_STRANGER_BODY_BYTES,
  MAX_TOKENS,
  MAX_VARIABLES_DEPTH,
} from '../../apps/api/src/graphql/limits.js';
import { SERVER_TIMEOUTS } from '../../apps/api/src/server-timeouts.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8').replace(/ +/g, ' ');
const count = (value: number): string => value.toLocaleString('en');
const kib = (bytes: number): string => `${bytes / 1024} KiB`;
const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

describe('docs/limits.md', () => {
  it.each<[string, string]>([
    ['body of a request', kib(MAX_BODY_BYTES)],
    ['body of a batch', kib(MAX_BATCH_BODY_BYTES)],
    ['body of a stranger', kib(MAX_STRANGER_BODY_BYTES)],
    ['time for the headers', seconds(SERVER_TIMEOUTS.headersMs)],
    ['time for a whole request', seconds(SERVER_TIMEOUTS.requestMs)],
    ['idle connection', seconds(SERVER_TIMEOUTS.idleMs)],
    ['characters of a document', count(MAX_DOCUMENT_LENGTH)],
    ['tokens', count(MAX_TOKENS)],
    ['reports of a batch', count(MOST_REPORTS)],
    ['brackets within each other', count(MAX_NESTING)],
    ['levels of JSON in `variables`', count(MAX_VARIABLES_DEPTH)],
    ['`first` of a list', count(MAX_PAGE)],
    ['values that the answer could hold', count(MAX_COST)],
    ...Object.values(DOCUMENT_LIMITS).map(({ most, of }): [string, string] => [of, count(most)]),
  ])('says of %s that it is at most %s', (limit, most) => {
    expect(page).toContain(`| ${limit} | ${most} |`);
  });
});
