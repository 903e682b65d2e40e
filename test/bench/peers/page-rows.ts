/** What `seizure_record_page` answers, as far as the page asks for it. */
export interface RecordCardRow {
  readonly record_id: string;
  readonly precision: string;
  readonly version: number;
  readonly released_at: Date;
  readonly tlp: string;
  readonly occurred_from: Date;
  readonly occurred_to: Date;
  readonly state_fips: string;
  readonly county_fips: string | null;
  readonly setting: string | null;
  readonly conveyance: string | null;
  readonly synthetic: boolean;
  readonly contributor_name: string | null;
  readonly contributor_level: string | null;
  readonly contributor_ori: string | null;
  readonly substances: readonly SubstanceRow[] | null;
}

export interface SubstanceRow {
  readonly deaCode: string | null;
  readonly name: string;
  readonly category: string;
  readonly form: string | null;
  readonly unit: string | null;
  readonly minMilligrams: string | null;
  readonly maxMilligrams: string | null;
  readonly minUnits: string | null;
  readonly maxUnits: string | null;
}
