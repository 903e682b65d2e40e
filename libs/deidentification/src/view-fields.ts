import type { Precision } from './record-view.js';

const EVERYWHERE = ['OWNER', 'TASK_FORCE', 'PARTNER', 'COMMUNITY'] as const;
const SWORN = ['OWNER', 'TASK_FORCE', 'PARTNER'] as const;
const FINE = ['OWNER', 'TASK_FORCE'] as const;
const OWNER = ['OWNER'] as const;

/** What a field is: what is done to it, and what somebody who attacks it is after. */
export type ViewFieldKind =
  'label' | 'time' | 'place' | 'substance' | 'quantity' | 'method' | 'text' | 'person' | 'source';

/** Which condition of a filter looks at a field (libs/records/src/filter). */
export type ViewFilter = 'state' | 'county' | 'setting' | 'occurred' | 'substance' | 'concealment' | 'conveyance';

export interface ViewField {
  readonly kind: ViewFieldKind;
  /** Where it may exist at all. A release policy may take it away there, and bring it nowhere else. */
  readonly at: readonly Precision[];
  /** The rule of a release policy that says how exactly it is carried; null: always as it is. */
  readonly rule: string | null;
  /**
   * Null: nobody has asked for such a condition. NEVER: there is none, in no filter, rule, sort key or score (design.md
   * section 1: no search or ranking of people).
   */
  readonly filter: ViewFilter | 'NEVER' | null;
  /** Paths below `SeizureRecord` under which a reader gets it; none: it is kept for calculation and not shown. */
  readonly graphql: readonly string[];
}

/**
 * Every field of a record's view, by its path in `ViewContent` (of lists, of each item; `contributor` is a column beside
 * it). The release policy's keys, the conditions of filters, what the schema says of precisions and what the attack
 * tests look at are derived from this list, and nothing else lists them.
 */
export const VIEW_FIELDS = {
  precision: { kind: 'label', at: EVERYWHERE, rule: null, filter: null, graphql: ['precision'] },
  policyVersion: { kind: 'label', at: EVERYWHERE, rule: null, filter: null, graphql: ['release.policyVersion'] },
  transformations: {
    kind: 'label',
    at: EVERYWHERE,
    rule: null,
    filter: null,
    graphql: [
      ...['transformations.field', 'transformations.from', 'transformations.to'],
      ...['release.transformations.field', 'release.transformations.from', 'release.transformations.to'],
    ],
  },
  tlp: { kind: 'label', at: EVERYWHERE, rule: null, filter: null, graphql: ['tlp'] },

  'occurred.from': { kind: 'time', at: EVERYWHERE, rule: 'occurred', filter: 'occurred', graphql: ['occurred.from'] },
  'occurred.to': { kind: 'time', at: EVERYWHERE, rule: 'occurred', filter: 'occurred', graphql: ['occurred.to'] },
  'occurred.offsetMinutes': { kind: 'time', at: EVERYWHERE, rule: 'occurred', filter: 'occurred', graphql: [] },

  'place.stateFips': { kind: 'place', at: EVERYWHERE, rule: 'place', filter: 'state', graphql: ['place.stateFips'] },
  'place.countyFips': { kind: 'place', at: SWORN, rule: 'place', filter: 'county', graphql: ['place.countyFips'] },
  'place.h3': { kind: 'place', at: FINE, rule: 'place', filter: null, graphql: ['place.h3'] },
  'place.latitude': { kind: 'place', at: OWNER, rule: 'place', filter: null, graphql: ['place.latitude'] },
  'place.longitude': { kind: 'place', at: OWNER, rule: 'place', filter: null, graphql: ['place.longitude'] },
  'place.setting': {
    ...{ kind: 'method', at: SWORN, rule: 'place.setting' },
    ...{ filter: 'setting', graphql: ['place.setting'] },
  },
  'place.portOfEntry': {
    ...{ kind: 'place', at: FINE, rule: 'place.portOfEntry' },
    ...{ filter: null, graphql: ['place.portOfEntry'] },
  },

  'substances.deaCode': {
    ...{ kind: 'substance', at: EVERYWHERE, rule: null },
    ...{ filter: 'substance', graphql: ['substances.deaCode'] },
  },
  'substances.name': {
    ...{ kind: 'substance', at: EVERYWHERE, rule: null },
    ...{ filter: null, graphql: ['substances.name'] },
  },
  'substances.category': {
    ...{ kind: 'substance', at: EVERYWHERE, rule: null },
    ...{ filter: 'substance', graphql: ['substances.category'] },
  },
  'substances.form': {
    ...{ kind: 'method', at: SWORN, rule: 'substances.form' },
    ...{ filter: 'substance', graphql: ['substances.form'] },
  },
  'substances.laboratoryStatus': {
    ...{ kind: 'method', at: SWORN, rule: 'substances.laboratoryStatus' },
    ...{ filter: 'substance', graphql: ['substances.laboratoryStatus'] },
  },
  'substances.quantity.unit': {
    ...{ kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity' },
    ...{ filter: null, graphql: ['substances.quantity.unit'] },
  },
  'substances.quantity.milligrams': {
    ...{ kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity' },
    ...{ filter: 'substance', graphql: ['substances.quantity.minGrams', 'substances.quantity.maxGrams'] },
  },
  'substances.quantity.units': {
    ...{ kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity' },
    ...{ filter: 'substance', graphql: ['substances.quantity.minUnits', 'substances.quantity.maxUnits'] },
  },
  'substances.quantity.amount': {
    ...{ kind: 'quantity', at: FINE, rule: 'substances.quantity' },
    ...{ filter: null, graphql: ['substances.quantity.amount'] },
  },
  'substances.quantity.estimated': {
    ...{ kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity' },
    ...{ filter: null, graphql: ['substances.quantity.estimated'] },
  },
  'substances.purity': {
    ...{ kind: 'quantity', at: SWORN, rule: 'substances.purity' },
    ...{ filter: null, graphql: ['substances.purity.minPercent', 'substances.purity.maxPercent'] },
  },
  'substances.signature': {
    ...{ kind: 'text', at: SWORN, rule: 'substances.signature' },
    ...{ filter: null, graphql: ['substances.signature'] },
  },
  'substances.adulterants': {
    ...{ kind: 'text', at: SWORN, rule: 'substances.adulterants' },
    ...{ filter: null, graphql: ['substances.adulterants'] },
  },

  concealment: { kind: 'method', at: SWORN, rule: 'concealment', filter: 'concealment', graphql: ['concealment'] },
  conveyance: { kind: 'method', at: SWORN, rule: 'conveyance', filter: 'conveyance', graphql: ['conveyance'] },
  packaging: { kind: 'text', at: SWORN, rule: 'packaging', filter: null, graphql: ['packaging'] },
  remarks: { kind: 'text', at: SWORN, rule: 'remarks', filter: null, graphql: ['remarks'] },

  'route.originCountry': { kind: 'place', at: SWORN, rule: 'route', filter: null, graphql: ['route.originCountry'] },
  'route.originStateFips': {
    ...{ kind: 'place', at: SWORN, rule: 'route' },
    ...{ filter: null, graphql: ['route.originStateFips'] },
  },
  'route.originCountyFips': {
    ...{ kind: 'place', at: FINE, rule: 'route' },
    ...{ filter: null, graphql: ['route.originCountyFips'] },
  },
  'route.destinationCountry': {
    ...{ kind: 'place', at: SWORN, rule: 'route' },
    ...{ filter: null, graphql: ['route.destinationCountry'] },
  },
  'route.destinationStateFips': {
    ...{ kind: 'place', at: SWORN, rule: 'route' },
    ...{ filter: null, graphql: ['route.destinationStateFips'] },
  },
  'route.destinationCountyFips': {
    ...{ kind: 'place', at: FINE, rule: 'route' },
    ...{ filter: null, graphql: ['route.destinationCountyFips'] },
  },

  'people.role': { kind: 'person', at: SWORN, rule: 'people.role', filter: 'NEVER', graphql: ['people.role'] },
  'people.age': {
    ...{ kind: 'person', at: FINE, rule: 'people.age' },
    ...{ filter: 'NEVER', graphql: ['people.minAge', 'people.maxAge'] },
  },
  'people.citizenship': { kind: 'person', at: OWNER, rule: null, filter: 'NEVER', graphql: ['people.citizenship'] },
  'people.affiliation': { kind: 'person', at: OWNER, rule: null, filter: 'NEVER', graphql: ['people.affiliation'] },

  'source.reliability': { kind: 'source', at: SWORN, rule: 'source', filter: null, graphql: ['source.reliability'] },
  'source.credibility': { kind: 'source', at: SWORN, rule: 'source', filter: null, graphql: ['source.credibility'] },
  contributor: {
    ...{ kind: 'source', at: SWORN, rule: 'contributor', filter: null },
    graphql: ['contributor.name', 'contributor.level', 'contact.agencyName', 'contact.phone'],
  },
  contributorWithheld: {
    ...{ kind: 'source', at: SWORN, rule: 'contributor', filter: null },
    graphql: ['contributor.withheld', 'contact.brokered'],
  },
} as const satisfies Readonly<Record<string, ViewField>>;

export type ViewPath = keyof typeof VIEW_FIELDS;
export const VIEW_PATHS = Object.keys(VIEW_FIELDS) as readonly ViewPath[];

/**
 * What a record has that is no field of a view: what it is called, when it came, and what is computed for whoever asks.
 * The same at every precision, or explained where it is made. With these the list is the whole of `SeizureRecord`.
 */
export const BESIDE_THE_VIEW = ['id', 'version', 'releasedAt', 'synthetic', 'audience', 'openedBy', 'links'] as const;

/** Whether a field may exist at a precision, whatever the policy says. */
export function mayExist(path: ViewPath, precision: Precision): boolean {
  const at: readonly Precision[] = VIEW_FIELDS[path].at;
  return at.includes(precision);
}

/** "OWNER and TASK_FORCE.", for a field that not every precision has; empty for the others. */
export function precisionSentence(path: ViewPath): string {
  const at: readonly Precision[] = VIEW_FIELDS[path].at;
  if (at.length > FINE.length) return '';
  return at.length === 1 ? `${at[0]} only.` : `${at.join(' and ')}.`;
}

/** The paths that a condition of a filter looks at. */
export function pathsUnder(filter: ViewFilter): readonly ViewPath[] {
  return VIEW_PATHS.filter((path) => VIEW_FIELDS[path].filter === filter);
}
