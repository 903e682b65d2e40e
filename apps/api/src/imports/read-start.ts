import type { AgencyActor } from '@concord/access';
import { findStateByPostalCode, isStateFips } from '@concord/codes';
import { IMPORT_LIMITS, storedSettings, type ImportRequest } from '@concord/imports';
import { FILE_FORMATS, type FileFormat } from '@concord/interpretation';
import { createHash } from 'node:crypto';
import type { Issue } from '../graphql/shared.types.js';
import type { StartImportInput } from './import.types.js';

const ENDINGS: readonly (readonly [string, FileFormat])[] = [
  ['.csv', 'CSV'],
  ['.xlsx', 'XLSX'],
  ['.jsonl', 'JSON_LINES'],
  ['.ndjson', 'JSON_LINES'],
  ['.xml', 'NIBRS_XML'],
];

/** What is asked for, and the file where it came along; or every fault. */
export function readStart(
  input: StartImportInput,
  actor: AgencyActor,
  now: Date,
): { readonly request: ImportRequest; readonly content: Buffer | null } | { readonly issues: Issue[] } {
  const issues: Issue[] = [];
  const refuse = (issue: Issue): null => {
    issues.push(issue);
    return null;
  };
  const format = readFormat(input, refuse);
  const content = typeof input.text === 'string' ? Buffer.from(input.text, 'utf8') : null;
  const bytes = readBytes(input, content, refuse);
  const digest = input.contentDigest?.toLowerCase() ?? null;
  if (digest !== null && !/^[0-9a-f]{64}$/.test(digest))
    refuse({
      path: 'contentDigest',
      code: 'INVALID_DIGEST',
      message: 'Give the SHA-256 of the file in 64 hexadecimal digits.',
    });
  const { timeZone = null, stateFips = null } = input;
  if (timeZone !== null && !isTimeZone(timeZone))
    refuse({ path: 'timeZone', code: 'UNKNOWN_CODE', message: 'Give an IANA zone, such as America/Los_Angeles.' });
  if (stateFips !== null && !isStateFips(stateFips))
    refuse({ path: 'stateFips', code: 'UNKNOWN_CODE', message: 'Give the two digits of a state, such as 06.' });
  const countyFips = input.countyFips ?? [];
  if (countyFips.length > 100 || countyFips.some((fips) => !/^\d{5}$/.test(fips)))
    refuse({ path: 'countyFips', code: 'UNKNOWN_CODE', message: 'Give at most 100 counties by their five digits.' });
  if (issues.length > 0 || format === null || bytes === null) return { issues };
  const settings = { ori: actor.agency.ori, stateFips: stateFips ?? stateOf(actor), countyFips, timeZone, now };
  return {
    content,
    request: {
      ...{ format, bytes },
      contentDigest: digest ?? (content === null ? null : createHash('sha256').update(content).digest('hex')),
      // A day: asked again on it, the same file is the same request.
      settings: storedSettings({ ...settings, now: new Date(now.toISOString().slice(0, 10)) }),
      raiseAlerts: input.raiseAlerts ?? false,
      dryRun: input.dryRun ?? false,
    },
  };
}

type Refuse = (issue: Issue) => null;

function readFormat({ format, fileName }: StartImportInput, refuse: Refuse): FileFormat | null {
  if (format !== null && format !== undefined)
    return (
      FILE_FORMATS.find((known) => known === format) ??
      refuse({ path: 'format', code: 'UNKNOWN_CODE', message: `Give one of ${FILE_FORMATS.join(', ')}.` })
    );
  const name = fileName?.toLowerCase() ?? '';
  return (
    ENDINGS.find(([ending]) => name.endsWith(ending))?.[1] ??
    refuse({
      path: 'format',
      code: 'REQUIRED',
      message: 'Say what the file is: its name does not end in .csv, .xlsx, .jsonl or .xml.',
    })
  );
}

function readBytes(input: StartImportInput, content: Buffer | null, refuse: Refuse): number | null {
  if (content !== null) {
    if (content.length > IMPORT_LIMITS.textBytes)
      return refuse({
        path: 'text',
        code: 'TOO_LONG',
        message: `At most ${IMPORT_LIMITS.textBytes} bytes: upload what is longer.`,
      });
    if (content.length === 0) return refuse({ path: 'text', code: 'REQUIRED', message: 'The file is empty.' });
    return content.length;
  }
  const { bytes } = input;
  if (bytes === null || bytes === undefined)
    return refuse({ path: 'bytes', code: 'REQUIRED', message: 'Say how long the file is, in bytes.' });
  if (bytes < 1 || bytes > IMPORT_LIMITS.bytes)
    return refuse({ path: 'bytes', code: 'OUT_OF_RANGE', message: `Give 1 to ${IMPORT_LIMITS.bytes}.` });
  return bytes;
}

/** Of an agency of a state the one in whose ORI it stands. */
export const stateOf = ({ agency }: AgencyActor): string | null =>
  agency.level === 'FEDERAL' || agency.ori === null ? null : findStateByPostalCode(agency.ori.slice(0, 2));

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
