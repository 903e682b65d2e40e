import { RELEASE_POLICY_1, type ReleasePolicy } from '@concord/deidentification';
import type { Queryable } from '@concord/platform/database';
import { policyDigest } from './policy-digest.js';

/** Which policy is in force, as it is asked for beside other things: {@link findReleasePolicy} has its document. */
export interface PolicyInForce {
  readonly version: number;
  readonly digest: string;
}

/** SQL of one row (version, digest): from the moment it is published, the policy with the highest number is in force. */
export const POLICY_IN_FORCE = 'select version, digest from release_policy order by version desc limit 1';

/** By digest, so that a document is read and compared once a process: what has a digest never changes. */
const known = new Map<string, ReleasePolicy>([[policyDigest(RELEASE_POLICY_1), RELEASE_POLICY_1]]);

/** The document of a version. @throws Error where it is not what was published */
export async function findReleasePolicy(db: Queryable, { version, digest }: PolicyInForce): Promise<ReleasePolicy> {
  const kept = known.get(digest);
  if (kept !== undefined) return kept;
  const { rows } = await db.query<{ document: ReleasePolicy }>({
    name: 'release_policy_document',
    text: 'select document from release_policy where version = $1',
    values: [version],
  });
  const document = rows[0]?.document;
  if (document === undefined || policyDigest(document) !== digest)
    throw new Error(`release policy ${version} is not what was published`);
  known.set(digest, document);
  return document;
}
