import type { Purpose } from '@concord/access';
import { PURPOSE_CODES, type PurposeCode } from '@concord/codes';
import { DomainError } from '@concord/platform/errors';

const FORM = /^\s*([A-Z_]{1,40})\s*;\s*ref=([^;]*)$/;
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9 ._/:#-]{0,63}$/;
/** Seven digits or more with at most one separator between them read as a phone number, unless years and dashes make it a case number. */
const PHONE = /(?:\+?1[ ._-]?)?(?:\(\d{3}\)|\b\d{3})[ ._-]\d{3}[ ._-]\d{4}\b|\b\d{10,13}\b|\b\d{3}-\d{2}-\d{4}\b/;
/** Words and no digit read as a name. */
const NAME = /^[A-Za-z]{2,}([ ._-]+[A-Za-z]{2,})*[ ][A-Za-z]{2,}$/;

/**
 * Reads `<CODE>; ref=<case number>`. Absent: null, and a read of shared records then answers PURPOSE_REQUIRED. The
 * reference is short and names nobody: it goes into the books.
 */
export function readPurpose(text: string | null | undefined): Purpose | null {
  if (text === null || text === undefined || text.trim() === '') return null;
  const match = FORM.exec(text);
  const code = match?.[1] ?? text.trim();
  const reference = match?.[2]?.trim() ?? '';
  if (!isPurposeCode(code)) {
    if (match === null) return null;
    throw invalid(`The purpose code is one of ${PURPOSE_CODES.join(' ')}.`);
  }
  if (reference === '') return null;
  if (!REFERENCE.test(reference))
    throw invalid('The purpose reference is a case number: at most 64 letters, digits, spaces and ._/:#- .');
  if (PHONE.test(reference) || NAME.test(reference))
    throw invalid(
      'The purpose reference looks like a name or a phone number. Give a case number: it is kept in the books.',
    );
  return { code, reference };
}

const isPurposeCode = (code: string): code is PurposeCode => (PURPOSE_CODES as readonly string[]).includes(code);

const invalid = (message: string): DomainError => new DomainError('invalid', 'BAD_USER_INPUT', message);
