import type { VIEW_FIELDS, ViewContent, ViewFilter, ViewPath } from '@concord/deidentification';
import type { FilterCondition } from './parsed-filter.js';

/** Which fields of a view each condition looks at, by the list of a view's fields; null: at its release, which is no field. */
export const FILTER_ON = {
  state: 'state',
  county: 'county',
  setting: 'setting',
  conveyance: 'conveyance',
  concealment: 'concealment',
  occurred: 'occurred',
  reliability: 'reliability',
  credibility: 'credibility',
  released: null,
  substance: 'substance',
} as const satisfies Readonly<Record<FilterCondition['kind'], ViewFilter | null>>;

type FilteredPath = {
  [P in ViewPath]: (typeof VIEW_FIELDS)[P]['filter'] extends ViewFilter ? P : never;
}[ViewPath];
type PartOf<P extends string> = P extends `${infer Part}.${string}` ? Part : P;

/**
 * The parts of a view that any condition looks at, by the list of a view's fields. People are in none of them: a condition
 * on their traits does not compile, here or in matching.
 */
export type FilteredContent = Pick<ViewContent, PartOf<FilteredPath> & keyof ViewContent>;
