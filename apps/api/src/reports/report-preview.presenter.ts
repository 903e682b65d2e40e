import type { ActorAgency } from '@concord/access';
import {
  categoryOf,
  countyName,
  stateName,
  statePostalCode,
  substanceName,
  SUBSTANCE_CATEGORIES,
} from '@concord/codes';
import type { CommunityRow, RecordView } from '@concord/deidentification';
import { previewCard, type Company, type PreviewCard } from '@concord/records';
import type { CountedOver, PreviewedView as Previewed, PreviewOutcome } from '@concord/submission';
import { presentAudienceKey } from '../records/record-access.presenter.js';
import { presentRecord } from '../records/seizure-record.presenter.js';
import type {
  PreviewedRecord,
  PreviewedView,
  PreviewUniqueness,
  SeizureReportPreview,
} from './report-preview.types.js';

type Preview = Extract<PreviewOutcome, { kind: 'previewed' }>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Monday 5 January 1970, the first Monday of the clock. */
const A_MONDAY_MS = 4 * DAY_MS;

export function presentPreview(preview: Preview, agency: ActorAgency): SeizureReportPreview {
  return {
    views: [
      ...preview.views.map((it) => presentView(it, preview, agency)),
      ...preview.community.map((row) => presentCommunity(row, preview)),
    ],
    wouldBeHeld: [...preview.hold],
    warnings: [...preview.warnings],
  };
}

function presentView({ view, audience, company }: Previewed, preview: Preview, agency: ActorAgency): PreviewedView {
  const { precision } = view;
  return {
    precision,
    audience: audience.map((it) => presentAudienceKey({ ...it, precision }).label).join('; '),
    audienceKeys: audience.map(({ key }) => key),
    record: shown(previewCard(view, { name: agency.name, level: agency.level, phone: preview.phone })),
    band: null,
    uniqueness:
      company === null || preview.countedOver === null ? null : uniquenessOf(view, company, preview.countedOver),
    condition: null,
  };
}

/** By the presenter of records: what a record has and a preview has not is left out again. */
function shown(card: PreviewCard): PreviewedRecord {
  const {
    id: _id,
    version: _version,
    releasedAt: _at,
    ...record
  } = presentRecord({
    ...card,
    ...{ id: '', version: 1, releasedAt: new Date(0) },
  });
  return record;
}

/** @param company others: the one that is previewed comes on top. */
export function uniquenessOf(view: RecordView, company: Company, countedOver: CountedOver): PreviewUniqueness {
  const [alike, of] = [company.alike + 1, company.of + 1];
  const within = `${placeOf(view)} and ${timeOf(view)}`;
  return { alike, of, within, message: `${messageOf(alike, of, within)} ${COUNTED[countedOver]}`, countedOver };
}

function messageOf(alike: number, of: number, within: string): string {
  const found = `${alike} of ${of} in ${within}`;
  if (alike > 1) return `${found}: a news release would leave ${alike} to choose from.`;
  return of === 1
    ? `${found}: a news release would identify it.`
    : `${found}: substance and quantity tell it from the others, so a news release would identify it.`;
}

const COUNTED: Readonly<Record<CountedOver, string>> = {
  LISTED_RECORDS: 'Counted are your agency’s records and those that you can list; there may be others.',
  OWN_AGENCY: 'Counted are your agency’s records alone; there may be others.',
};

function placeOf({ place }: RecordView): string {
  const { countyFips, h3, portOfEntry, stateFips } = place;
  const county = countyFips === null ? `state ${stateFips}` : `county ${countyFips}${named(countyFips)}`;
  return [county, h3 === null ? null : `cell ${h3}`, portOfEntry === null ? null : `port ${portOfEntry}`]
    .filter((part) => part !== null)
    .join(', ');
}

function named(countyFips: string): string {
  const name = countyName(countyFips);
  return name === null ? '' : ` (${name}, ${statePostalCode(countyFips.slice(0, 2)) ?? ''})`;
}

/** In the calendar of the offset: `ISO week 2026-W47`, `day 2026-11-20`, or from the first to the last of several. */
function timeOf({ occurred }: RecordView): string {
  const offsetMs = occurred.offsetMinutes * MINUTE_MS;
  const [from, to] = [occurred.from.getTime() + offsetMs, occurred.to.getTime() + offsetMs];
  const inWeeks = (from - A_MONDAY_MS) % WEEK_MS === 0 && (to - from) % WEEK_MS === 0;
  const [noun, label, step] = inWeeks ? (['ISO week', weekOf, WEEK_MS] as const) : (['day', dayOf, DAY_MS] as const);
  const [first, last] = [label(from), label(Math.max(from, to - step))];
  return first === last ? `${noun} ${first}` : `${noun}s ${first} to ${last}`;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** ISO 8601: the week belongs to the year that its Thursday lies in. */
function weekOf(monday: number): string {
  const thursday = new Date(monday + 3 * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / WEEK_MS) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

const COMMUNITY_CONDITION =
  'Held back until five records of at least two agencies are alike in state, month, substance and band; then it comes with a weekly batch.';

/** One class of COMMUNITY. Nothing is counted: the batch holds it back, whatever there is. */
function presentCommunity({ stateFips, month, substance, band }: CommunityRow, preview: Preview): PreviewedView {
  const from = new Date(`${month}T00:00:00Z`);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
  const nothing = { purityMin: null, purityMax: null, signature: null, adulterants: null } as const;
  const noQuantity = {
    ...{ unit: null, amount: null, minMilligrams: null, maxMilligrams: null, minUnits: null, maxUnits: null },
    estimated: false,
  } as const;
  return {
    precision: 'COMMUNITY',
    audience: `Health, treatment and other partners under agreement (${stateName(stateFips) ?? stateFips})`,
    audienceKeys: [],
    record: {
      ...shown({
        precision: 'COMMUNITY',
        tlp: preview.views[0]?.view.tlp ?? 'AMBER',
        occurred: { from, to, offsetMinutes: 0 },
        place: {
          stateFips,
          countyFips: null,
          h3: null,
          latitude: null,
          longitude: null,
          setting: null,
          portOfEntry: null,
        },
        substances: [{ ...substanceOf(substance), ...nothing, ...noQuantity, form: null, laboratoryStatus: null }],
        ...{
          concealment: null,
          conveyance: null,
          packaging: null,
          remarks: null,
          route: null,
          people: [],
          source: null,
        },
        contributor: { name: null, level: null, phone: null, withheld: true, handle: null },
        transformations: [],
        policyVersion: preview.views[0]?.view.policyVersion ?? 1,
        synthetic: false,
      }),
      // Not carried at all, which is not the same as withheld.
      ...{ contributor: null, contact: null },
    },
    band,
    uniqueness: null,
    condition: COMMUNITY_CONDITION,
  };
}

/** As the lists have it: a DEA code, or the class where there is none. */
function substanceOf(listed: string) {
  const name = substanceName(listed);
  if (name !== null) return { deaCode: listed, name, category: categoryOf(listed) };
  const category = SUBSTANCE_CATEGORIES.find((code) => listed === `name:${code}`) ?? 'UNKNOWN';
  return { deaCode: null, name: category, category };
}
