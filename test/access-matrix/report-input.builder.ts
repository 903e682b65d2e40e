import type { RecordFact } from './world.facts.js';

/** How long an embargo lasts that is over before anybody is asked. */
export const LAPSE_MS = 4_000;
const FAR_MS = 30 * 86_400_000;

export const referenceOf = (record: RecordFact): string => `MATRIX-${String(record.n).padStart(6, '0')}`;

/** A report as an agency submits it: complete, with what names somebody. */
export function inputOf(record: RecordFact): Record<string, unknown> & { submitterReference: string } {
  const { ms, offsetMinutes } = record.occurredAt;
  return {
    submitterReference: referenceOf(record),
    occurredAt: withOffset(ms, offsetMinutes),
    sharing: record.sharedBefore ?? record.sharing,
    tlp: narrowed(record),
    releaseAfter:
      record.embargo === 'NONE'
        ? null
        : new Date(Date.now() + (record.embargo === 'LAPSES' ? LAPSE_MS : FAR_MS)).toISOString(),
    withhold: record.withhold,
    timePrecision: record.timePrecision,
    taskForceIds: record.taskForceIds,
    place: {
      countyFips: record.place.countyFips,
      latitude: record.place.latitude,
      longitude: record.place.longitude,
      setting: record.place.setting,
      portOfEntry: record.place.portOfEntry,
    },
    substances: record.substances.map((it) => ({
      ...(it.deaCode === null ? { name: it.name, category: it.category } : { deaCode: it.deaCode }),
      ...{ form: it.form, estimated: it.estimated, laboratoryStatus: it.laboratoryStatus },
      ...(it.quantity === null ? { quantityReason: 'TRACE' } : { quantity: it.quantity, unit: it.unit }),
      ...{ purityPercent: it.purityPercent, signature: it.signature, adulterants: it.adulterants },
    })),
    concealment: record.concealment,
    conveyance: record.conveyance,
    packaging: record.packaging,
    remarks: record.remarks,
    route: record.route,
    people: record.people,
    source: record.source,
    identifiers: [{ kind: 'PHONE', value: record.secret.phone, sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: record.secret.suspicion, decidedBy: 'unit 4' },
    narrative: record.secret.narrative,
  };
}

/** "TLP RED goes no wider than TASK_FORCES": what was shared wider before had another label then. */
function narrowed({ tlp, sharedBefore }: RecordFact): string {
  const wide = sharedBefore !== null && sharedBefore !== 'AGENCY' && sharedBefore !== 'TASK_FORCES';
  return tlp === 'RED' && wide ? 'AMBER' : tlp;
}

/** As somebody there would write it. */
function withOffset(ms: number, offsetMinutes: number): string {
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  return `${local}${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
