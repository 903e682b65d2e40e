import { BESIDE_THE_VIEW, VIEW_FIELDS, type ViewPath } from '@concord/deidentification';

/** What each attack makes of a field of a view. */
export interface FieldAttack {
  /**
   * How releases are put together (sequence): as a range that holds the truth, or as a value that can be told or not. A
   * LABEL says how a view was made, and WORDS are other words in each version: neither is intersected.
   */
  readonly sequence: 'RANGE' | 'VALUE' | 'LABEL' | 'WORDS';
  /** Whether a newspaper has it, to compare it with (news-release). */
  readonly news: 'COMPARED' | 'NOT_IN_NEWS';
}

const label: FieldAttack = { sequence: 'LABEL', news: 'NOT_IN_NEWS' };
const range: FieldAttack = { sequence: 'RANGE', news: 'NOT_IN_NEWS' };
const value: FieldAttack = { sequence: 'VALUE', news: 'NOT_IN_NEWS' };
const told = (it: FieldAttack): FieldAttack => ({ ...it, news: 'COMPARED' });

/**
 * Every field of the one list (libs/deidentification/src/view-fields.ts) with the answer of the attacks: a field that is
 * added there does not compile here before somebody has thought of it. What binary-search hides in which field is
 * compared with the same list by search/worlds.spec.
 */
export const FIELD_ATTACKS: Readonly<Record<ViewPath, FieldAttack>> = {
  precision: label,
  policyVersion: label,
  transformations: label,
  tlp: label,
  'occurred.from': told(range),
  'occurred.to': told(range),
  'occurred.offsetMinutes': told(value),
  'place.stateFips': told(value),
  'place.countyFips': told(value),
  'place.h3': told(value),
  'place.latitude': value,
  'place.longitude': value,
  'place.setting': value,
  'place.portOfEntry': told(value),
  'substances.deaCode': told(value),
  'substances.name': told(value),
  'substances.category': value,
  'substances.form': value,
  'substances.laboratoryStatus': value,
  'substances.quantity.unit': value,
  'substances.quantity.milligrams': told(range),
  'substances.quantity.units': range,
  'substances.quantity.amount': value,
  'substances.quantity.estimated': value,
  'substances.purity': range,
  'substances.signature': value,
  'substances.adulterants': value,
  concealment: value,
  conveyance: value,
  packaging: value,
  remarks: { sequence: 'WORDS', news: 'NOT_IN_NEWS' },
  'route.originCountry': value,
  'route.originStateFips': value,
  'route.originCountyFips': value,
  'route.destinationCountry': value,
  'route.destinationStateFips': value,
  'route.destinationCountyFips': value,
  'people.role': value,
  'people.age': range,
  'people.citizenship': value,
  'people.affiliation': value,
  'source.reliability': value,
  'source.credibility': value,
  contributor: told(value),
  // Says whether the field above is there; a handle is another one in each record (owner-controls.flow-spec).
  contributorWithheld: told(label),
};

const BY_GRAPHQL = new Map<string, ViewPath>(
  (Object.keys(VIEW_FIELDS) as ViewPath[]).flatMap((path) =>
    VIEW_FIELDS[path].graphql.map((name): [string, ViewPath] => [name, path]),
  ),
);
const BESIDE: ReadonlySet<string> = new Set(BESIDE_THE_VIEW);

/**
 * Which field of a view it is that a reader gets under a path below `SeizureRecord`; null where it is no field of a view.
 *
 * @throws Error for a path that no list knows
 */
export function viewPathOf(graphql: string): ViewPath | null {
  const path = BY_GRAPHQL.get(graphql);
  if (path !== undefined) return path;
  if (BESIDE.has(graphql.split('.')[0] ?? '')) return null;
  throw new Error(`${graphql} is in no list of a record's fields: no attack looks at it`);
}
