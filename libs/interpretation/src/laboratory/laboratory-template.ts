import { csvLine } from '../print-template.js';

/** A column of a file of laboratory results; `field` is that of the mutation's LaboratoryResultInput. */
export interface LaboratoryColumn {
  readonly name: string;
  /** Empty for the reference, which says of which report. */
  readonly field: string;
  readonly meaning: string;
  readonly example: string;
}

/** In the order in which they are printed. Named as in the template of reports, where that has them. */
export const LABORATORY_COLUMNS: readonly LaboratoryColumn[] = [
  ['reference', '', 'Your own number for the seizure, as it was submitted.', '2026-000123'],
  [
    'substance',
    'substance',
    'Which substance of the report, from 0: `concord_substance` of an export. May be blank where there is one.',
    '0',
  ],
  ['lab_status', 'laboratoryStatus', 'What it comes to: PRESUMPTIVE, CONFIRMED, REFUTED.', 'CONFIRMED'],
  ['dea_code', 'deaCode', 'DEA code of what it is, where the laboratory says so.', '9801'],
  ['drug_name', 'name', 'What it is, where there is no DEA code; with `drug_category`.', ''],
  ['drug_category', 'category', 'Class of a substance without a DEA code.', ''],
  ['purity_percent', 'purityPercent', 'Purity in percent.', '3.8'],
  ['quantity', 'quantity', 'As the laboratory measured it.', '12.4'],
  ['unit', 'unit', 'Unit of the quantity.', 'KG'],
  ['quantity_reason', 'quantityReason', 'Why there is no quantity: TRACE, PENDING, UNKNOWN.', ''],
  [
    'adulterants',
    'adulterants',
    'What it was cut with; several parted by semicolons; `none` for nothing. Replaces what was reported.',
    'xylazine',
  ],
].map(([name = '', field = '', meaning = '', example = '']) => ({ name, field, meaning, example }));

/** The headings and one example row. */
export const printLaboratoryTemplate = (): string =>
  csvLine(LABORATORY_COLUMNS.map(({ name }) => name)) + csvLine(LABORATORY_COLUMNS.map(({ example }) => example));
