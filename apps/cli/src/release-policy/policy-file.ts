import { checkReleasePolicy, type PolicyIssue, type ReleasePolicy } from '@concord/deidentification';
import type { PublishedPolicy } from '@concord/records';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** A document of a file that may not be published, with all that is wrong. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';
  constructor(readonly issues: readonly PolicyIssue[]) {
    super(issues.map(({ path, code, message }) => `${path} ${code} ${message}`).join('\n'));
  }
}

/** The policy that a file holds, as the one to come after those that were published. @throws PolicyRefused */
export async function readPolicy(file: string, published: readonly PublishedPolicy[]): Promise<ReleasePolicy> {
  const document = await readDocument(resolve(file));
  const checked = checkReleasePolicy(
    document,
    published.map(({ policy }) => policy),
  );
  if (!checked.ok) throw new PolicyRefused(checked.issues);
  return checked.policy;
}

async function readDocument(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`${file} cannot be read.`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}
