import { createHmac } from 'node:crypto';
import type { ValidReport } from '@concord/deidentification';
import canonicalize from 'canonicalize';

/** Rises when the form below changes, or when ValidReport gets a field whose default is not left out there. */
const VERSION = 'v1';

/**
 * What a report says, as a number that reveals none of it: equal for submissions that mean the same, so that a repeated
 * submission is told from a reference used twice. Keyed, because a plain hash of so few likely values can be guessed.
 * HMAC-SHA-256 over RFC 8785 canonical JSON without nulls and empty lists; `submitterReference` is what it is
 * compared under, so it is not part of it.
 */
export function contentDigest(report: ValidReport, key: Buffer): string {
  const { submitterReference: _, holdUntilReleased, ...content } = report;
  // Name and category of a DEA code are the table's: a better table must not make an old report look like another.
  const substances = content.substances.map(({ name, category, ...said }) =>
    said.deaCode === null ? { ...said, name, category } : said,
  );
  const text = canonicalize(canonicalForm({ ...content, substances, holdUntilReleased: holdUntilReleased || null }));
  if (text === undefined) throw new TypeError('A report has a canonical form.');
  return `${VERSION}:${createHmac('sha256', key).update(text, 'utf8').digest('hex')}`;
}

/** JSON without what says nothing; undefined for what is left out. */
function canonicalForm(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length > 0 ? value.map(canonicalForm) : undefined;
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, canonicalForm(part)]));
}
