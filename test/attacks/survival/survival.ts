import { communityRows, type RecordView, type ValidReport } from '@concord/deidentification';
import { reasonsToHold, validateReport, type SubmittedReport, type ValidationContext } from '@concord/submission';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { proportionOf } from '../proportion.js';
import type { ReleaseResult } from '../release-results.js';
import { viewsOf } from '../release-views.js';
import { DISGUISES, PLANTS } from './disguises.js';
import { TEXT_FIELDS, type TextField } from './text-fields.js';

/** Where an identifier ended up that somebody typed into a field. */
export const FATES = ['REFUSED', 'HELD', 'NOT_SHOWN', 'SURVIVES'] as const;
export type Fate = (typeof FATES)[number];

export interface Planted {
  readonly field: string;
  readonly kind: string;
  readonly disguise: string;
  /** Whether the report declared it as an identifier too, so that it is sealed and looked for. */
  readonly declared: boolean;
}

export interface Outcome extends Planted {
  readonly fate: Fate;
}

export interface PlantOptions {
  readonly seed: number;
  /** Of each kind, in each disguise, for each field. */
  readonly draws: number;
  /** All of them where it is left out. */
  readonly disguises?: readonly string[];
}

/** What stands between a submission and its readers: ours, or one with something left out. */
export interface Defence {
  readonly holds: (report: ValidReport) => boolean;
  readonly views: (report: ValidReport) => readonly RecordView[];
}

export const OURS: Defence = {
  holds: (report) => reasonsToHold(report, { newMember: false, holdSharingPartners: false }).length > 0,
  views: viewsOf,
};

const NOW = new Date('2026-01-01T12:00:00Z');
const CONTEXT: ValidationContext = {
  now: NOW,
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set<string>(),
};

/** Kinds that can be declared, and as what. */
const DECLARED: Readonly<Record<string, (text: string) => Record<string, unknown>>> = {
  phone: (value) => ({ kind: 'PHONE', value, sensitivity: 'OPEN' }),
  plate: (value) => ({ kind: 'PLATE', value, sensitivity: 'OPEN' }),
  VIN: (value) => ({ kind: 'VIN', value, sensitivity: 'OPEN' }),
  'e-mail': (value) => ({ kind: 'EMAIL', value, sensitivity: 'OPEN' }),
  'name alone': (text) => {
    const [givenName = '', surName = ''] = text.split(' ');
    return { kind: 'PERSON', person: { givenName, surName, birthDate: '1980-05-17' }, sensitivity: 'OPEN' };
  },
};

/**
 * Types every kind of identifier in every disguise into every text field of a submission, `draws` times, undeclared and,
 * where it can be, declared; and says where it ended up.
 */
export function plantEverywhere(
  { seed, draws, disguises = Object.keys(DISGUISES) }: PlantOptions,
  defence: Defence = OURS,
): Outcome[] {
  const random = new SeededRandom(seed);
  const outcomes: Outcome[] = [];
  for (const planted of plantings(disguises))
    for (let draw = 0; draw < draws; draw++) {
      const { kind, disguise, declared, field } = planted;
      const text = PLANTS[kind]?.(random) ?? '';
      const hidden = DISGUISES[disguise]?.(text) ?? text;
      const identifier = declared ? (DECLARED[kind]?.(text) ?? null) : null;
      outcomes.push({ ...planted, field: field.path, fate: fateOf(field, hidden, identifier, defence) });
    }
  return outcomes;
}

/** Every kind, disguise and field with each other. */
function plantings(disguises: readonly string[]): (Omit<Planted, 'field'> & { readonly field: TextField })[] {
  return Object.keys(PLANTS).flatMap((kind) =>
    disguises.flatMap((disguise) =>
      TEXT_FIELDS.flatMap((field) =>
        (kind in DECLARED ? [false, true] : [false]).map((declared) => ({ kind, disguise, field, declared })),
      ),
    ),
  );
}

/** What the model says becomes of one text in one field; `survival-held` asks the service the same. */
export function fateOf(
  field: TextField,
  text: string,
  identifier: Record<string, unknown> | null,
  { holds, views }: Defence,
): Fate {
  const report = field.plant(reportWith(identifier), text);
  const checked = validateReport(report, CONTEXT);
  if (!checked.ok) return 'REFUSED';
  const shown = readersSee(views(checked.report), checked.report);
  if (!shown.includes(plain(text))) return 'NOT_SHOWN';
  return holds(checked.report) ? 'HELD' : 'SURVIVES';
}

/** Everything that anybody but the owner is ever shown of it. */
const readersSee = (views: readonly RecordView[], report: ValidReport): string =>
  plain(
    JSON.stringify(
      [views.filter(({ precision }) => precision !== 'OWNER'), communityRows(report)],
      (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    ),
  );

/** As a view stores it: in one spelling, adulterants in small letters; and as JSON writes a quote. */
export const plain = (text: string): string => text.normalize('NFC').trim().toLowerCase();

/** A whole report without a word of its own. */
export function reportWith(identifier: Record<string, unknown> | null): SubmittedReport {
  return {
    submitterReference: 'SURVIVAL-1',
    occurredAt: '2025-12-20T03:15:00-08:00',
    ...{ sharing: 'PARTNERS', tlp: 'GREEN', conveyance: 'PASSENGER_VEHICLE', concealment: ['VEHICLE_COMPARTMENT'] },
    place: { latitude: 32.556, longitude: -117.047, countyFips: '06073', setting: 'PORT_OF_ENTRY' },
    substances: [{ deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG' }],
    ...(identifier === null
      ? {}
      : {
          identifiers: [identifier],
          basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for an attack.', decidedBy: 'unit 0' },
        }),
  };
}

const GROUPS = ['field', 'disguise', 'kind'] as const;

/** The share that readers get to see, by field, by disguise and by kind; and what becomes of the rest. */
export function survivalResults(outcomes: readonly Outcome[]): ReleaseResult[] {
  const shared = outcomes.filter(({ field }) => TEXT_FIELDS.some((it) => it.path === field && it.shared));
  const results: ReleaseResult[] = [];
  for (const declared of [false, true]) {
    const some = shared.filter((it) => it.declared === declared);
    const how = declared ? 'declared as an identifier' : 'not declared';
    results.push(resultOf(`survives (${how})`, some));
    for (const fate of FATES.filter((it) => it !== 'SURVIVES'))
      results.push({ tier: 'PARTNER', measure: `${fate} (${how})`, ...share(some, fate) });
    for (const group of GROUPS)
      for (const name of new Set(some.map((it) => it[group])))
        results.push(
          resultOf(
            `survives (${how}; ${group}: ${name})`,
            some.filter((it) => it[group] === name),
          ),
        );
  }
  const owned = outcomes.filter(({ field }) => TEXT_FIELDS.some((it) => it.path === field && !it.shared));
  results.push(resultOf("survives in the owner's own fields and in coded ones", owned));
  return results;
}

const resultOf = (measure: string, outcomes: readonly Outcome[]): ReleaseResult => ({
  tier: 'PARTNER',
  measure,
  ...share(outcomes, 'SURVIVES'),
});

const share = (outcomes: readonly Outcome[], fate: Fate): ReturnType<typeof proportionOf> =>
  proportionOf(outcomes.filter((it) => it.fate === fate).length, outcomes.length);

/** What must never be: whatever is no shared text, and what is typed plainly. */
export function brokenPromises(outcomes: readonly Outcome[]): string[] {
  const shared = new Set(TEXT_FIELDS.filter((it) => it.shared).map(({ path }) => path));
  const broken = outcomes.filter(
    ({ fate, field, declared, disguise, kind }) =>
      fate === 'SURVIVES' && (!shared.has(field) || (disguise === 'as written' && (declared || ALWAYS_HELD.has(kind)))),
  );
  const sentences = broken.map(
    ({ kind, disguise, field, declared }) =>
      `a ${declared ? 'declared ' : ''}${kind} (${disguise}) in ${field} is shown`,
  );
  return [...new Set(sentences)];
}

/** Undeclared and plainly written in a shared text. Of a plate among press marks and of a bare name that is not promised. */
const ALWAYS_HELD: ReadonlySet<string> = new Set([
  ...['phone', 'VIN', 'e-mail', 'coordinates', 'case number', 'name beside a title'],
]);
