import type { Role } from '@concord/codes';

/** Somebody's place in one agency, or in the deployment. History: a row changes once, when it ends. */
export interface Membership {
  readonly id: string;
  readonly person: { readonly id: string; readonly displayName: string };
  /** Null: the deployment. */
  readonly agency: { readonly ori: string | null; readonly name: string; readonly level: string } | null;
  readonly roles: readonly Role[];
  readonly from: Date;
  /** Null: without an end. */
  readonly until: Date | null;
  readonly grantedAt: Date;
}
