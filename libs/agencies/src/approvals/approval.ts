import type { Queryable } from '@concord/platform/database';
import type { AdministrativeAct } from '../administration.js';
import type { Fault } from '../fault.js';

export const APPROVAL_STATES = ['PENDING', 'APPROVED', 'REFUSED', 'EXPIRED'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** Whose decision it waits for. Asked at every moment anew: an agency may get a second admin, or lose one. */
export const APPROVAL_NEEDS = ['AGENCY_ADMIN', 'PARENT_ADMIN', 'SYSTEM_ADMIN'] as const;
export type ApprovalNeeds = (typeof APPROVAL_NEEDS)[number];

/** What one person has asked for and a second one decides. */
export interface Approval {
  readonly id: string;
  readonly kind: string;
  readonly state: ApprovalState;
  readonly needs: ApprovalNeeds;
  /** One sentence for whoever decides. */
  readonly summary: string;
  /** Who and what it is about; nobody decides about themselves. */
  readonly subjectIds: readonly string[];
  readonly requestedBy: { readonly id: string; readonly displayName: string };
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: { readonly id: string; readonly displayName: string } | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

/** What is asked for. */
export interface ApprovalRequest {
  /** Only where something else names it in the same transaction. */
  readonly id?: string;
  readonly kind: string;
  /** Whose second person decides; null: a system admin. */
  readonly agencyId: string | null;
  readonly subjectIds: readonly string[];
  /** Everything that is needed to do it later, as JSON: ids and codes. */
  readonly payload: object;
  /** 1 to 500 characters. */
  readonly summary: string;
}

/** A request that a second person has just approved. */
export interface ApprovedRequest<P> {
  readonly id: string;
  readonly agencyId: string | null;
  readonly requestedBy: string;
  readonly payload: P;
}

/** Done, with what goes into the books; or not possible any more, and then the decision is undone too. */
export type Applied =
  | { readonly kind: 'applied'; readonly acts: readonly AdministrativeAct[] }
  | { readonly kind: 'rejected'; readonly issues: readonly Fault[] };

/** One kind of thing that a second person decides: what happens when it is approved, in the same transaction. */
export interface ApprovalKind {
  readonly kind: string;
  apply(tx: Queryable, request: ApprovedRequest<unknown>): Promise<Applied>;
}

/**
 * Defines a kind.
 * @param parse reads the payload as it was stored; throws where it is another kind's
 */
export function approvalKind<P>(definition: {
  readonly kind: string;
  readonly parse: (payload: unknown) => P;
  readonly apply: (tx: Queryable, request: ApprovedRequest<P>) => Promise<Applied>;
}): ApprovalKind {
  const { kind, parse, apply } = definition;
  return { kind, apply: (tx, request) => apply(tx, { ...request, payload: parse(request.payload) }) };
}

export type ApprovalKinds = ReadonlyMap<string, ApprovalKind>;

/** The kinds of a deployment. @throws where two have one name */
export function approvalKinds(...kinds: readonly ApprovalKind[]): ApprovalKinds {
  const known = new Map(kinds.map((kind) => [kind.kind, kind]));
  if (known.size !== kinds.length) throw new Error('two kinds of approvals have one name');
  return known;
}
