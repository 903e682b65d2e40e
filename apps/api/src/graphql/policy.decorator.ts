import type { Action } from '@concord/access';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Extensions } from '@nestjs/graphql';

export const POLICY_METADATA = 'concord:policy';

/**
 * Declares which policy of libs/access lets somebody call this query, mutation, subscription or field resolver. A
 * resolver without one is refused by the guard, and a schema that holds one does not build.
 */
export const Policy = (action: Action): MethodDecorator & PropertyDecorator =>
  applyDecorators(SetMetadata(POLICY_METADATA, action), Extensions({ policy: action }));

/** Why every plain field of an object type may be read by whoever holds the object. */
export type Presented =
  /** Made from the finest view that the reader's keyring opens; the view holds nothing else. */
  | 'record-view'
  /** Made from a report that row-level security gives to its own agency alone. */
  | 'own-report'
  /** Begun and not submitted: its writer's alone. */
  | 'own-draft'
  /** Belongs to its owner: an alert, a rule, an inbox position. */
  | 'own-alert'
  /** About the asker. */
  | 'self'
  /** Settings and facts of the asker's own agency. */
  | 'own-agency'
  /** The directory of agencies and regions, which is no secret among sworn agencies. */
  | 'directory'
  /** What an administrator administers, and nobody else is shown. */
  | 'administered'
  /** Between agencies: for those that it names, and for the deployment's admins. */
  | 'agreement'
  /** An opening in imminent danger: for both agencies and for auditors; what is the one's alone is null to others. */
  | 'danger'
  /** A request for contact: each of the two sides has its own. */
  | 'contact'
  /** About a record of the asker's own agency: who sees it. */
  | 'own-record'
  /** What the weekly batches let out for community partners, in the company of others. */
  | 'community'
  /** A report that waits for the asker's decision: the held texts and the finest view of others. */
  | 'held-report'
  /** Counts over what the asker can list. */
  | 'listed-counts'
  /** What became of a mutation; parts of it that are more than that have types of their own. */
  | 'outcome'
  /** Paging: cursors of released values. */
  | 'page';

/** Declares the policy of an object type's plain fields. */
export const PresentedAs = (presented: Presented): ClassDecorator => Extensions({ policy: `presented:${presented}` });
