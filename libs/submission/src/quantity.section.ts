import {
  isCount,
  isFinerThanMilligram,
  isVolume,
  isWeight,
  milligramsOf,
  millilitresOf,
  QUANTITY_REASONS,
  UNIT_CODES,
  type FormCode,
  type QuantityReason,
  type UnitCode,
} from '@concord/codes';
import type { ValidSubstance } from '@concord/deidentification';
import type { Section } from './section.js';

type Quantity = Pick<ValidSubstance, 'quantity' | 'quantityReason' | 'unit' | 'milligrams' | 'units'>;
const UNIT_REQUIRED = 'Must be given with a quantity.';

type MeasuredUnit = Exclude<UnitCode, 'XX'>;

/** What is counted one by one; a weight or a volume fits every form. */
const COUNTABLE_FORMS: Readonly<Record<'DU' | 'NP', readonly FormCode[]>> = {
  DU: ['PILL_TABLET', 'CAPSULE', 'PATCH', 'OTHER', 'UNKNOWN'],
  NP: ['PLANT'],
};

/** What nobody pours; powder and crystals do come dissolved, but then they are LIQUID. */
const SOLID_FORMS: readonly FormCode[] = ['POWDER', 'PILL_TABLET', 'CAPSULE', 'CRYSTAL', 'PLANT', 'PATCH'];
/** Half a microlitre, as half a milligram of a weight, is nothing. */
const LEAST_MILLILITRES = 0.0005;

interface Limits {
  /** Above this, hardly ever seen. */
  readonly large: number;
  /** Above this, a mistake; also what keeps every amount and every sum of amounts within 64 bits. */
  readonly most: number;
}
const TONNES: Limits = { large: 10, most: 100 };
const CUBIC_METRES: Limits = { large: 100, most: 1_000 };
const MILLION_PIECES: Limits = { large: 100, most: 1_000 };

/** How much there was, or why nobody can say. `form` is null where it could not be read. */
export function readQuantity(substance: Section, form: FormCode | null): Quantity | null {
  const quantity = substance.number('quantity', { min: 0 });
  const reason = substance.code('quantityReason', QUANTITY_REASONS);
  const unit = substance.code('unit', UNIT_CODES);
  judgeUnit(substance, unit, form);
  if (unit === 'XX' && !substance.has('quantityReason')) {
    const message = `XX stands for "not reported": give a quantityReason, one of ${QUANTITY_REASONS.join(', ')}.`;
    substance.refuse('unit', 'UNIT_NEEDS_REASON', message);
  }
  if (quantity === null && substance.has('quantity')) {
    // Whatever the number was meant to be, it needs a unit, unless it was none.
    if (!substance.has('quantityReason')) substance.required('unit', unit, UNIT_REQUIRED);
    return null;
  }
  return quantity === null || isNothing(quantity, unit)
    ? readNoQuantity(substance, reason, unit)
    : readMeasured(substance, quantity, unit);
}

/** Zero, or so little that it is not half a milligram or half a microlitre. */
function isNothing(quantity: number, unit: UnitCode | null): boolean {
  if (quantity === 0 || unit === null) return quantity === 0;
  if (isWeight(unit)) return milligramsOf(quantity, unit) === 0n;
  return isVolume(unit) && millilitresOf(quantity, unit) < LEAST_MILLILITRES;
}

/** A quantity of nothing is no quantity: 0 with a reason means the same as none with a reason. */
function readNoQuantity(
  substance: Section,
  quantityReason: QuantityReason | null,
  unit: UnitCode | null,
): Quantity | null {
  if (!substance.has('quantityReason')) {
    const message = `Give a quantity above zero, or a quantityReason: one of ${QUANTITY_REASONS.join(', ')}.`;
    return substance.refuse('quantity', 'MISSING_QUANTITY', message);
  }
  return { quantity: null, quantityReason, unit, milligrams: null, units: null };
}

function readMeasured(substance: Section, quantity: number, unit: UnitCode | null): Quantity | null {
  if (substance.has('quantityReason')) {
    const message = 'Must be left out where there is a quantity: it says why there is none.';
    substance.refuse('quantityReason', 'QUANTITY_WITH_REASON', message);
  }
  const measured = substance.required('unit', unit, UNIT_REQUIRED);
  if (measured === null || measured === 'XX') return null;
  judgeSize(substance, quantity, measured);
  if (isCount(measured) && !Number.isInteger(quantity)) {
    return substance.refuse('quantity', 'NOT_A_WHOLE_NUMBER', `Must be a whole number in the unit ${measured}.`);
  }
  if (isWeight(measured) && isFinerThanMilligram(quantity, measured)) {
    const message = 'Has more digits than a milligram: it is kept as given and compared by the nearest milligram.';
    substance.warn('quantity', 'QUANTITY_TOO_FINE', message);
  }
  return {
    quantity,
    quantityReason: null,
    unit: measured,
    milligrams: isWeight(measured) ? milligramsOf(quantity, measured) : null,
    units: isCount(measured) ? BigInt(quantity) : null,
  };
}

function judgeSize(substance: Section, quantity: number, unit: MeasuredUnit): void {
  const { size, limits, name } = sizeOf(quantity, unit);
  if (size > limits.most) {
    substance.refuse('quantity', 'QUANTITY_IMPLAUSIBLE', `Must be at most ${limits.most} ${name}; check the unit.`);
  } else if (size > limits.large) {
    substance.warn('quantity', 'QUANTITY_LARGE', `This is more than ${limits.large} ${name}; check the unit.`);
  }
}

function sizeOf(quantity: number, unit: MeasuredUnit): { size: number; limits: Limits; name: string } {
  if (isWeight(unit)) return { size: Number(milligramsOf(quantity, unit)) / 1e9, limits: TONNES, name: 'tonnes' };
  if (isVolume(unit)) return { size: millilitresOf(quantity, unit) / 1e6, limits: CUBIC_METRES, name: 'cubic metres' };
  return { size: quantity / 1e6, limits: MILLION_PIECES, name: 'million pieces' };
}

function judgeUnit(substance: Section, unit: UnitCode | null, form: FormCode | null): void {
  if (unit === null || form === null) return;
  if (isVolume(unit) && SOLID_FORMS.includes(form)) {
    substance.warn('unit', 'UNIT_UNUSUAL_FOR_FORM', `${unit} is a volume, and ${form} is hardly ever measured so.`);
  }
  if (!isCount(unit) || COUNTABLE_FORMS[unit].includes(form)) return;
  const forms = COUNTABLE_FORMS[unit].join(', ');
  substance.refuse('unit', 'UNIT_DOES_NOT_FIT_FORM', `${unit} counts only what has the form ${forms}; give a weight.`);
}
