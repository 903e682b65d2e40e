import type { SubmittedReport } from '@concord/submission';
import { readCode, readFlag } from '../cells/code.cell.js';
import { readDrug, readMeaning, type Drug } from '../cells/drug.cell.js';
import { readTexts } from '../cells/lists.js';
import { readPercent } from '../cells/number.cell.js';
import { isOunceOfWhat, readQuantity, readUnit, type WrittenQuantity } from '../cells/quantity.cell.js';
import { readText } from '../cells/text.cell.js';
import { isNothing } from '../cells/words.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import type { Cell, MappedRow } from './mapped-row.js';

type Substance = NonNullable<NonNullable<SubmittedReport['substances']>[number]>;
type Fields = { -readonly [K in keyof Substance]: Substance[K] };

const AT = 'substances.#';

/** What was seized, of one row; empty where the row says nothing of it. */
export function readSubstance(row: MappedRow): Substance {
  const fields: Fields = {};
  readKind(row, fields);
  readAmount(row, fields);
  put(fields, 'laboratoryStatus', code(row, 'lab_status', 'laboratoryStatus'));
  put(
    fields,
    'purityPercent',
    row.read('purity_percent', `${AT}.purityPercent`, (text, { heading }) =>
      readPercent(text, heading, row.compiled.mapping.decimal),
    ),
  );
  put(fields, 'signature', row.read('press_mark', `${AT}.signature`, readText));
  const adulterants = row.read('adulterants', `${AT}.adulterants`, (text): Outcome<readonly string[] | null> =>
    isNothing(text) || /^none$/i.test(text) ? understood(null, 'LEFT_OUT') : readTexts(text),
  );
  put(fields, 'adulterants', adulterants);
  return fields;
}

function put<K extends keyof Fields>(fields: Fields, name: K, value: Fields[K] | undefined): void {
  if (value !== undefined && value !== null) fields[name] = value;
}

function code(row: MappedRow, column: string, field: string): string | null | undefined {
  return row.read(column, `${AT}.${field}`, (text) => coded(row, column, text));
}

/** A code, a word for one, or what the agency has said that the text means. */
export function coded(row: MappedRow, column: string, text: string): Outcome<string | null> {
  const meaning = row.meaning(column, text);
  return meaning === null ? readCode(column, text) : understood(meaning, 'CONFIRMED');
}

function readKind(row: MappedRow, fields: Fields): void {
  put(fields, 'deaCode', row.read('dea_code', `${AT}.deaCode`, readText));
  put(
    fields,
    'name',
    row.read('drug_name', `${AT}.name`, (text) => understood(text, 'EXACT')),
  );
  put(fields, 'category', code(row, 'drug_category', 'category'));
  put(fields, 'form', code(row, 'form', 'form'));
  const cell = row.cell('drug');
  if (cell === null) return;
  const outcome = row.judged('drug', cell, readDrug(cell.text, row.meaning('drug', cell.text)));
  if ('doubt' in outcome) {
    row.ask(cell, `${AT}.deaCode`, outcome.doubt);
    return;
  }
  const drug = outcome.value;
  if (contradicts(drug, fields)) {
    const message = 'Must be what the columns of the DEA code, the name and the class say, or stand alone.';
    row.ask(cell, `${AT}.deaCode`, doubted('DRUG_NOT_KNOWN', message).doubt);
    return;
  }
  noteDrug(row, cell, drug, outcome.rule, fields);
}

const contradicts = (drug: Drug, fields: Fields): boolean =>
  (fields.deaCode != null && fields.deaCode !== drug.deaCode) ||
  (fields.name != null && drug.name !== null && fields.name !== drug.name) ||
  (fields.name != null && drug.deaCode !== null) ||
  (fields.category != null && drug.category !== null && fields.category !== drug.category);

function noteDrug(
  row: MappedRow,
  cell: Cell,
  drug: Drug,
  rule: Parameters<typeof understood>[1],
  fields: Fields,
): void {
  for (const name of ['deaCode', 'name', 'category'] as const) {
    const value = drug[name];
    if (value === null) continue;
    row.note(cell, `${AT}.${name}`, understood(value, rule));
    fields[name] = value;
  }
  if (drug.form === null) return;
  if (fields.form != null && fields.form !== drug.form && fields.form !== 'UNKNOWN') {
    const message = 'Must be the form that the name of the substance says.';
    row.ask(row.cell('form') ?? cell, `${AT}.form`, doubted('FORMS_DISAGREE', message, [drug.form, fields.form]).doubt);
    return;
  }
  row.note(cell, `${AT}.form`, understood(drug.form, rule));
  fields.form = drug.form;
}

function readAmount(row: MappedRow, fields: Fields): void {
  const context = { decimal: row.compiled.mapping.decimal, meaning: (text: string) => row.meaning('unit', text) };
  put(fields, 'quantityReason', code(row, 'quantity_reason', 'quantityReason'));
  put(fields, 'estimated', row.read('estimated', `${AT}.estimated`, readFlag));
  const unit = row.read('unit', `${AT}.unit`, (text) => readUnit(text, context));
  const cell = row.cell('quantity');
  if (cell === null) {
    put(fields, 'unit', unit);
    return;
  }
  const outcome = row.judged('quantity', cell, readQuantity(cell.text, context));
  if ('doubt' in outcome) {
    row.ask(cell, `${AT}.quantity`, outcome.doubt);
    return;
  }
  const amount = outcome.value;
  const named = amount.unit ?? unit ?? row.unitOf('quantity');
  const doubt = doubtOf(row, amount, unit ?? null, fields);
  if (doubt !== null) {
    row.ask(cell, `${AT}.${doubt.doubt.code === 'UNITS_DISAGREE' ? 'unit' : 'quantity'}`, doubt.doubt);
    return;
  }
  noteAmount(row, cell, amount, outcome.rule, fields);
  if (named != null && (amount.unit !== null || unit == null)) {
    const rule = amount.unit === null ? 'UNIT_OF_HEADING' : outcome.rule;
    row.note(cell, `${AT}.unit`, understood(named, rule));
  }
  put(fields, 'unit', named ?? undefined);
}

function doubtOf(
  row: MappedRow,
  amount: WrittenQuantity,
  unit: string | null,
  fields: Fields,
): ReturnType<typeof doubted> | null {
  const units = [amount.unit, unit, row.unitOf('quantity')].filter((each) => each !== null);
  if (new Set(units).size > 1)
    return doubted('UNITS_DISAGREE', 'Must name one unit in the cell, the unit column and the heading.', units);
  const [named] = units;
  if (amount.quantity !== null && named === undefined && row.cell('unit') === null) {
    return doubted('UNIT_MISSING', 'Must have its unit, in the cell, in a column of its own or in the heading.');
  }
  const unitText = row.cell('unit')?.text ?? (amount.unit === null ? '' : (row.cell('quantity')?.text ?? ''));
  if (named === 'OZ' && isOunceOfWhat('OZ', unitText, fields.form ?? null)) {
    return doubted('UNITS_DISAGREE', 'Must be OZ for a weight or FO for fluid ounces: it is a liquid.', ['OZ', 'FO']);
  }
  return null;
}

function noteAmount(
  row: MappedRow,
  cell: Cell,
  { quantity, reason, estimated }: WrittenQuantity,
  rule: Parameters<typeof understood>[1],
  fields: Fields,
): void {
  if (quantity !== null) fields.quantity = row.note(cell, `${AT}.quantity`, understood(quantity, rule)) ?? null;
  if (reason !== null) {
    if (fields.quantityReason != null && fields.quantityReason !== reason) {
      row.ask(
        cell,
        `${AT}.quantityReason`,
        doubted('QUANTITY_TWICE', 'Must be what the column of the reason says.').doubt,
      );
    } else fields.quantityReason = row.note(cell, `${AT}.quantityReason`, understood(reason, rule)) ?? null;
  }
  if (!estimated) return;
  if (fields.estimated === false) {
    row.ask(cell, `${AT}.estimated`, doubted('QUANTITY_TWICE', 'Must be estimated or not: two cells disagree.').doubt);
  } else fields.estimated = row.note(cell, `${AT}.estimated`, understood(true, rule)) ?? null;
}

/** Whether a code of a vocabulary for drugs says something. */
export const isDrugMeaning = (code: string): boolean => readMeaning(code, 'x') !== null;
