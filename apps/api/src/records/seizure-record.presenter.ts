import type { RecordCard, SubstanceCard } from '@concord/records';
import type { RecordQuantity, RecordSubstance, SeizureRecord } from './seizure-record.types.js';

/** What a reader's own view says, in the schema's words. It adds nothing: whatever is not in the view is null. */
export function presentRecord(card: RecordCard): SeizureRecord {
  const { contributor } = card;
  const { name, level, withheld, handle } = contributor;
  return {
    id: card.id,
    version: card.version,
    precision: card.precision,
    tlp: card.tlp,
    releasedAt: card.releasedAt,
    synthetic: card.synthetic,
    occurred: { from: card.occurred.from, to: card.occurred.to },
    place: { ...card.place },
    substances: card.substances.map(presentSubstance),
    concealment: card.concealment,
    conveyance: card.conveyance,
    packaging: card.packaging,
    remarks: card.remarks,
    route: card.route,
    people: card.people.map((person) => ({
      role: person.role,
      minAge: person.age?.min ?? null,
      maxAge: person.age?.max ?? null,
      citizenship: person.citizenship,
      affiliation: person.affiliation,
    })),
    source: card.source,
    contributor: { name, level, withheld, handle },
    contact: { agencyName: contributor.name, phone: contributor.phone, brokered: contributor.withheld },
    links: null,
    transformations: transformationsOf(card),
    release: { policyVersion: card.policyVersion, transformations: transformationsOf(card) },
  };
}

const transformationsOf = (card: RecordCard): SeizureRecord['transformations'] =>
  card.transformations.map((transformation) => ({ ...transformation }));

function presentSubstance(substance: SubstanceCard): RecordSubstance {
  return {
    deaCode: substance.deaCode,
    name: substance.name,
    category: substance.category,
    form: substance.form,
    laboratoryStatus: substance.laboratoryStatus,
    quantity: presentQuantity(substance),
    purity:
      substance.purityMin === null || substance.purityMax === null
        ? null
        : { minPercent: substance.purityMin, maxPercent: substance.purityMax },
    signature: substance.signature,
    adulterants: substance.adulterants,
  };
}

function presentQuantity(substance: SubstanceCard): RecordQuantity | null {
  if (substance.unit === null) return null;
  const milligrams = ends(substance.minMilligrams, substance.maxMilligrams);
  const units = ends(substance.minUnits, substance.maxUnits);
  return {
    minGrams: milligrams === null ? null : milligrams.min / 1000,
    maxGrams: milligrams === null ? null : milligrams.max / 1000,
    minUnits: units?.min ?? null,
    maxUnits: units?.max ?? null,
    unit: substance.unit,
    amount: substance.amount,
    estimated: substance.estimated,
  };
}

/** A band is stored with both ends inclusive (…99,999,999 mg) and shown with its round upper end (100,000 g, exclusive). */
function ends(min: string | null, max: string | null): { min: number; max: number } | null {
  if (min === null || max === null) return null;
  return { min: Number(min), max: min === max ? Number(max) : Number(BigInt(max) + 1n) };
}
