import { createHash } from 'node:crypto';

/** SHA-256 of the text of a document, in hexadecimal, and what the document is called. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** Whether the body of a request asks for one of them, to the byte. Nothing is parsed. */
export function isTrusted(body: unknown, trusted: TrustedDocuments): boolean {
  if (typeof body !== 'object' || body === null || !('query' in body) || typeof body.query !== 'string') return false;
  return trusted.has(createHash('sha256').update(body.query, 'utf8').digest('hex'));
}
