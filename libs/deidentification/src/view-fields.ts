import type { Precision } from './record-view.js';

const EVERYWHERE = ['OWNER', 'TASK_FORCE', 'PARTNER', 'COMMUNITY'] as const;
const SWORN = ['OWNER', 'TASK_FORCE', 'PARTNER'] as const;
const FINE = ['OWNER', 'TASK_FORCE'] as const;
const OWNER = ['OWNER'] as const;

/** What a field is: what is done to it, and what somebody who attacks it is after. */
export type ViewFieldKind =
  'label' | 'time' | 'place' | 'substance' | 'quantity' | 'method' | 'text' | 'person' | 'source';

/** Which condition of a filter looks at a field (libs/records/src/filter). */
export type ViewFilter =
  | 'state'
  | 'county'
  | 'setting'
  | 'occurred'
  | 'substance'
  | 'concealment'
  | 'conveyance'
  | 'reliability'
  | 'credibility';

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

/** Keeps the names as they are written, so that types can be made of them. */
const field = <const F extends Omit<ViewField, 'graphql'>, const G extends readonly string[]>(what: F, graphql: G) => ({
  ...what,
  graphql,
});

/**
 * Every field of a record's view, by its path in `ViewContent` (of lists, of each item; `contributor` is a column beside
 * it). The release policy's keys, the conditions of filters, what the schema says of precisions and what the attack
 * tests look at are derived from this list, and nothing else lists them.
 */
export const VIEW_FIELDS = {
  precision: field({ kind: 'label', at: EVERYWHERE, rule: null, filter: null }, ['precision']),
  policyVersion: field({ kind: 'label', at: EVERYWHERE, rule: null, filter: null }, ['release.policyVersion']),
  transformations: field({ kind: 'label', at: EVERYWHERE, rule: null, filter: null }, [
    'transformations.field',
    'transformations.from',
    'transformations.to',
    'release.transformations.field',
    'release.transformations.from',
    'release.transformations.to',
  ]),
  tlp: field({ kind: 'label', at: EVERYWHERE, rule: null, filter: null }, ['tlp']),

  'occurred.from': field({ kind: 'time', at: EVERYWHERE, rule: 'occurred', filter: 'occurred' }, ['occurred.from']),
  'occurred.to': field({ kind: 'time', at: EVERYWHERE, rule: 'occurred', filter: 'occurred' }, ['occurred.to']),
  'occurred.offsetMinutes': field({ kind: 'time', at: EVERYWHERE, rule: 'occurred', filter: 'occurred' }, []),

  'place.stateFips': field({ kind: 'place', at: EVERYWHERE, rule: 'place', filter: 'state' }, ['place.stateFips']),
  'place.countyFips': field({ kind: 'place', at: SWORN, rule: 'place', filter: 'county' }, ['place.countyFips']),
  'place.h3': field({ kind: 'place', at: FINE, rule: 'place', filter: null }, ['place.h3']),
  'place.latitude': field({ kind: 'place', at: OWNER, rule: 'place', filter: null }, ['place.latitude']),
  'place.longitude': field({ kind: 'place', at: OWNER, rule: 'place', filter: null }, ['place.longitude']),
  'place.setting': field({ kind: 'method', at: SWORN, rule: 'place.setting', filter: 'setting' }, ['place.setting']),
  'place.portOfEntry': field({ kind: 'place', at: FINE, rule: 'place.portOfEntry', filter: null }, [
    'place.portOfEntry',
  ]),

  'substances.deaCode': field({ kind: 'substance', at: EVERYWHERE, rule: null, filter: 'substance' }, [
    'substances.deaCode',
  ]),
  'substances.name': field({ kind: 'substance', at: EVERYWHERE, rule: null, filter: null }, ['substances.name']),
  'substances.category': field({ kind: 'substance', at: EVERYWHERE, rule: null, filter: 'substance' }, [
    'substances.category',
  ]),
  'substances.form': field({ kind: 'method', at: SWORN, rule: 'substances.form', filter: 'substance' }, [
    'substances.form',
  ]),
  'substances.laboratoryStatus': field(
    { kind: 'method', at: SWORN, rule: 'substances.laboratoryStatus', filter: 'substance' },
    ['substances.laboratoryStatus'],
  ),
  'substances.quantity.unit': field({ kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity', filter: null }, [
    'substances.quantity.unit',
  ]),
  'substances.quantity.milligrams': field(
    { kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity', filter: 'substance' },
    ['substances.quantity.minGrams', 'substances.quantity.maxGrams'],
  ),
  'substances.quantity.units': field(
    { kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity', filter: 'substance' },
    ['substances.quantity.minUnits', 'substances.quantity.maxUnits'],
  ),
  'substances.quantity.amount': field({ kind: 'quantity', at: FINE, rule: 'substances.quantity', filter: null }, [
    'substances.quantity.amount',
  ]),
  'substances.quantity.estimated': field(
    { kind: 'quantity', at: EVERYWHERE, rule: 'substances.quantity', filter: null },
    ['substances.quantity.estimated'],
  ),
  'substances.purity': field({ kind: 'quantity', at: SWORN, rule: 'substances.purity', filter: null }, [
    'substances.purity.minPercent',
    'substances.purity.maxPercent',
  ]),
  'substances.signature': field({ kind: 'text', at: SWORN, rule: 'substances.signature', filter: null }, [
    'substances.signature',
  ]),
  'substances.adulterants': field({ kind: 'text', at: SWORN, rule: 'substances.adulterants', filter: null }, [
    'substances.adulterants',
  ]),

  concealment: field({ kind: 'method', at: SWORN, rule: 'concealment', filter: 'concealment' }, ['concealment']),
  conveyance: field({ kind: 'method', at: SWORN, rule: 'conveyance', filter: 'conveyance' }, ['conveyance']),
  packaging: field({ kind: 'text', at: SWORN, rule: 'packaging', filter: null }, ['packaging']),
  remarks: field({ kind: 'text', at: SWORN, rule: 'remarks', filter: null }, ['remarks']),

  'route.originCountry': field({ kind: 'place', at: SWORN, rule: 'route', filter: null }, ['route.originCountry']),
  'route.originStateFips': field({ kind: 'place', at: SWORN, rule: 'route', filter: null }, ['route.originStateFips']),
  'route.originCountyFips': field({ kind: 'place', at: FINE, rule: 'route', filter: null }, ['route.originCountyFips']),
  'route.destinationCountry': field({ kind: 'place', at: SWORN, rule: 'route', filter: null }, [
    'route.destinationCountry',
  ]),
  'route.destinationStateFips': field({ kind: 'place', at: SWORN, rule: 'route', filter: null }, [
    'route.destinationStateFips',
  ]),
  'route.destinationCountyFips': field({ kind: 'place', at: FINE, rule: 'route', filter: null }, [
    'route.destinationCountyFips',
  ]),

  'people.role': field({ kind: 'person', at: SWORN, rule: 'people.role', filter: 'NEVER' }, ['people.role']),
  'people.age': field({ kind: 'person', at: FINE, rule: 'people.age', filter: 'NEVER' }, [
    'people.minAge',
    'people.maxAge',
  ]),
  'people.citizenship': field({ kind: 'person', at: OWNER, rule: null, filter: 'NEVER' }, ['people.citizenship']),
  'people.affiliation': field({ kind: 'person', at: OWNER, rule: null, filter: 'NEVER' }, ['people.affiliation']),

  'source.reliability': field({ kind: 'source', at: SWORN, rule: 'source', filter: 'reliability' }, [
    'source.reliability',
  ]),
  'source.credibility': field({ kind: 'source', at: SWORN, rule: 'source', filter: 'credibility' }, [
    'source.credibility',
  ]),
  contributor: field({ kind: 'source', at: SWORN, rule: 'contributor', filter: null }, [
    'contributor.name',
    'contributor.level',
    'contact.agencyName',
    'contact.phone',
  ]),
  contributorWithheld: field({ kind: 'source', at: SWORN, rule: 'contributor', filter: null }, [
    'contributor.withheld',
    'contributor.handle',
    'contact.brokered',
  ]),
} satisfies Readonly<Record<string, ViewField>>;

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
  return at.length === 1 ? `${at.join()} only.` : `${at.join(' and ')}.`;
}

/** The paths that a condition of a filter looks at. */
export function pathsUnder(filter: ViewFilter): readonly ViewPath[] {
  return VIEW_PATHS.filter((path) => VIEW_FIELDS[path].filter === filter);
}
