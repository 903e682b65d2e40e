import type { SharingCode } from '@concord/codes';

/** The text form of a key; `int4` ids stand for it in the lists. */
export type AccessKey =
  `${'agency' | 'taskforce' | 'county' | 'state' | 'region' | 'tribe' | 'nation' | 'community' | 'danger'}:${string}`;

export const agencyKey = (agencyId: string): AccessKey => `agency:${agencyId}`;
export const taskForceKey = (taskForceId: string): AccessKey => `taskforce:${taskForceId}`;
export const stateKey = (stateFips: string): AccessKey => `state:${stateFips}`;
export const countyKey = (countyFips: string): AccessKey => `county:${countyFips}`;
export const regionKey = (regionId: string): AccessKey => `region:${regionId}`;
export const NATION_KEY: AccessKey = 'nation:us';
/** Opens the rows that the weekly batches let out; in no audience. */
export const COMMUNITY_KEY: AccessKey = 'community:us';
/** Carried, and in no audience: it names the record itself. */
export const dangerKey = (recordId: string): AccessKey => `danger:${recordId}`;

/** What decides who may see a record. Only the place of seizure opens a record; the ends of a route open nothing. */
export interface ReleaseFacts {
  readonly agencyId: string;
  readonly sharing: SharingCode;
  readonly taskForceIds: readonly string[];
  readonly stateFips: string;
  readonly countyFips: string;
  /** Regions that the county belongs to. */
  readonly regionIds: readonly string[];
}

export type SharedPrecision = 'OWNER' | 'TASK_FORCE' | 'PARTNER' | 'COMMUNITY';

/**
 * The audience of one precision of a record: the table of design.md section 5, row by row. Each sharing includes the
 * ones before it; AGENCY opens nothing to anybody else, whatever task forces were named. COMMUNITY is filled in
 * batches and never from here.
 */
export function audienceOf(precision: SharedPrecision, facts: ReleaseFacts): AccessKey[] {
  switch (precision) {
    case 'OWNER':
      return [agencyKey(facts.agencyId)];
    case 'TASK_FORCE':
      return facts.sharing === 'AGENCY' ? [] : [...new Set(facts.taskForceIds)].map(taskForceKey);
    case 'PARTNER':
      return partnerKeys(facts);
    case 'COMMUNITY':
      return [];
  }
}

function partnerKeys(facts: ReleaseFacts): AccessKey[] {
  const keys: AccessKey[] = [];
  if (facts.sharing === 'AGENCY' || facts.sharing === 'TASK_FORCES') return keys;
  keys.push(stateKey(facts.stateFips));
  if (facts.sharing === 'STATE') return keys;
  keys.push(NATION_KEY);
  if (facts.sharing === 'NATION') return keys;
  return [...keys, countyKey(facts.countyFips), ...facts.regionIds.map(regionKey)];
}

/**
 * Keys by which a reader of somebody else's view knows that everybody who opens a view of these facts opens that one too:
 * whoever reads by the nation's key knows that it is shared with states as well, and not whether with partners. A view for
 * task forces needs all of them, others one.
 */
export function coverKeys(precision: SharedPrecision, facts: ReleaseFacts): AccessKey[] {
  const opens = audienceOf(precision, facts);
  if (precision !== 'PARTNER' || opens.length === 0) return opens;
  const narrower = audienceOf('PARTNER', { ...facts, sharing: NARROWER[facts.sharing] });
  return audienceOf('PARTNER', { ...facts, sharing: 'PARTNERS' }).filter((key) => !narrower.includes(key));
}

const NARROWER: Readonly<Record<SharingCode, SharingCode>> = {
  AGENCY: 'AGENCY',
  TASK_FORCES: 'AGENCY',
  STATE: 'TASK_FORCES',
  NATION: 'STATE',
  PARTNERS: 'NATION',
};
