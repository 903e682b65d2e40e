import {
  AGENCY_LEVELS,
  categoryOf,
  CONCEALMENT_CODES,
  CONVEYANCE_CODES,
  countryCodes,
  SETTING_CODES,
  stateFipsCodes,
  SUBSTANCE_CATEGORIES,
} from '@concord/codes';
import { PERIOD_KINDS, type PeriodKind } from './period.js';
import type { Dimension, StatisticsList } from './statistics-list.js';

/**
 * The tables of design.md section 6, for good: a cell that was decided stays in its list. A table or value more makes a new
 * version, with a ledger of its own that begins at a month; what was closed before stays what it was.
 */
export const STATISTICS_VERSION = 1;

const UNKNOWN = 'UNKNOWN';
/** Seizures of several kinds: each is counted once, so it is in none of them. */
const MIXED = 'MIXED';

/**
 * Substances that CBP publishes by name and whose class holds others too: ecstasy, ketamine, LSD, khat (cathinone),
 * marijuana. Everything else is counted as its class.
 */
const NAMED_SUBSTANCES = ['7405', '7285', '7315', '1235', '7360'] as const;

/** CBP's two components, as its tables have them; everybody else by the level of the agency. */
const COMPONENTS = ['CBP_FIELD_OPERATIONS', 'CBP_BORDER_PATROL'] as const;

const substance: Dimension = {
  ...{ name: 'substance', level: 'substance' },
  values: [...NAMED_SUBSTANCES, ...SUBSTANCE_CATEGORIES, MIXED],
  coarser: [
    {
      level: 'category',
      of: {
        ...Object.fromEntries([...SUBSTANCE_CATEGORIES, MIXED].map((category) => [category, category])),
        ...Object.fromEntries(NAMED_SUBSTANCES.map((code) => [code, categoryOf(code)])),
      },
    },
  ],
};
const component: Dimension = {
  ...{ name: 'component', level: 'component' },
  values: [...COMPONENTS, ...AGENCY_LEVELS],
  coarser: [
    {
      level: 'agencyGroup',
      of: {
        ...Object.fromEntries(AGENCY_LEVELS.map((level) => [level, level])),
        ...Object.fromEntries(COMPONENTS.map((name) => [name, 'FEDERAL'])),
      },
    },
  ],
};
const plain = (name: string, values: readonly string[]): Dimension => ({ name, level: name, values });
const setting = plain('setting', SETTING_CODES);
const state = plain('state', [...stateFipsCodes(), UNKNOWN]);
const method = plain('method', [...CONCEALMENT_CODES, MIXED]);
const conveyance = plain('conveyance', CONVEYANCE_CODES);
/** Where a route begins: a state of the United States, or another country. */
const origin = plain('origin', [...stateFipsCodes(), ...countryCodes().filter((code) => code !== 'US'), UNKNOWN]);
/** Where it was going: a state, or out of the country. */
const destination = plain('destination', [...stateFipsCodes(), 'ABROAD', UNKNOWN]);
/** Of the people of a seizure; MIXED where they are of several groups. */
const GROUPS = ['US_CITIZEN', 'NON_CITIZEN', 'FOREIGN_ORGANIZATION', 'OTHER', UNKNOWN] as const;
const group = plain('group', [...GROUPS, MIXED]);

/** Too fine for months: nothing of it could be shown. */
const FROM_QUARTERS: readonly PeriodKind[] = PERIOD_KINDS.filter((kind) => kind !== 'MONTH');

/** Seizures: how many, and how much (milligrams). */
export const SEIZURE_STATISTICS: StatisticsList = {
  dimensions: [substance, setting, state, group, method, component, conveyance, origin, destination],
  tables: [
    { name: 'substance x setting x state', dimensions: ['substance', 'setting', 'state'], periods: PERIOD_KINDS },
    { name: 'group x method', dimensions: ['group', 'method'], periods: PERIOD_KINDS },
    { name: 'component x substance', dimensions: ['component', 'substance'], periods: PERIOD_KINDS },
    { name: 'substance x method', dimensions: ['substance', 'method'], periods: PERIOD_KINDS },
    { name: 'substance x conveyance', dimensions: ['substance', 'conveyance'], periods: PERIOD_KINDS },
    { name: 'substance x group', dimensions: ['substance', 'group'], periods: FROM_QUARTERS },
    { name: 'origin x destination', dimensions: ['origin', 'destination'], periods: FROM_QUARTERS },
  ],
};

/** People involved: an event is one person, and there are no milligrams. Two lists share no cell: what is decided here says nothing there. */
export const PEOPLE_STATISTICS: StatisticsList = {
  dimensions: [plain('group', GROUPS), method, substance],
  tables: [
    { name: 'group x method', dimensions: ['group', 'method'], periods: PERIOD_KINDS },
    { name: 'group x substance', dimensions: ['group', 'substance'], periods: FROM_QUARTERS },
  ],
};
