import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';

/** SHA-256 of a release policy's document in RFC 8785 form, hexadecimal: what a dry run, a publication and a view agree on. */
export function policyDigest(document: object): string {
  const text = canonicalize(document);
  if (text === undefined) throw new TypeError('a release policy has a canonical form');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
