import type { AgencyLevel } from '@concord/codes';
import type { RecordView } from '@concord/deidentification';
import { substanceRow, viewRow } from './persisted-report.js';
import { toRecordCard, type RecordCard, type SubstanceCard } from './record-card.js';

/** Who would be named as the contributor, where it is not withheld. */
export interface PreviewedContributor {
  readonly name: string;
  readonly level: AgencyLevel;
  readonly phone: string | null;
}

/** What of a record there is not yet. */
export type PreviewCard = Omit<RecordCard, 'id' | 'version' | 'releasedAt'>;

/**
 * A view as its reader would get it from the database: by the columns that it would be stored in, so that a preview and
 * the record are presented by the same code.
 */
export function previewCard(view: RecordView, contributor: PreviewedContributor): PreviewCard {
  const named = view.contributorWithheld ? null : contributor;
  const { audience: _audience, rank: _rank, ...columns } = viewRow(view, []);
  const card = toRecordCard({
    ...columns,
    ...{ record_id: '', version: 1, released_at: new Date(0), synthetic: false },
    people: [...view.people],
    transformations: [...view.transformations],
    occurred_from: view.occurred.from,
    occurred_to: view.occurred.to,
    contributor_name: named?.name ?? null,
    contributor_level: named?.level ?? null,
    contributor_phone: named?.phone ?? null,
    contributor_handle: null,
    concealment:
      view.concealment === null || view.concealment.length === 0 ? null : [...new Set(view.concealment)].sort(),
    substances: view.substances.map((_, ordinal) => substanceCard(view, ordinal)),
  });
  const { id: _id, version: _version, releasedAt: _releasedAt, ...shown } = card;
  return shown;
}

function substanceCard(view: RecordView, ordinal: number): SubstanceCard {
  const substance = view.substances[ordinal];
  if (substance === undefined) throw new Error('no such substance');
  const row = substanceRow(view, substance, ordinal);
  return {
    deaCode: substance.deaCode,
    name: substance.name,
    category: substance.category,
    form: substance.form,
    laboratoryStatus: substance.laboratoryStatus,
    unit: substance.quantity?.unit ?? null,
    amount: substance.quantity?.amount ?? null,
    minMilligrams: row.min_milligrams ?? null,
    maxMilligrams: row.max_milligrams ?? null,
    minUnits: row.min_units ?? null,
    maxUnits: row.max_units ?? null,
    estimated: row.estimated,
    purityMin: row.purity_min,
    purityMax: row.purity_max,
    signature: substance.signature,
    adulterants: substance.adulterants,
  };
}
