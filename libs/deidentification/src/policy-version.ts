/** The release policy that {@link deidentify} follows: design.md section 6 as it stood first. */
export const POLICY_VERSION = 1;
