import {
  categoryOf,
  FORM_CODES,
  isDeaCode,
  LABORATORY_STATUSES,
  SUBSTANCE_CATEGORIES,
  substanceName,
  type FormCode,
} from '@concord/codes';
import type { ValidSubstance } from '@concord/deidentification';
import { readQuantity } from './quantity.section.js';
import type { Section } from './section.js';
import { SUBSTANCE_FIELDS } from './submitted-fields.js';

const MAX_SUBSTANCES = 20;
const MAX_ADULTERANTS = 10;
const NAME = { max: 120, characters: 'PRINTABLE' } as const;
const SIGNATURE = { max: 120, characters: 'PRINTABLE' } as const;
const ADULTERANT = { max: 60, characters: 'PRINTABLE' } as const;

/** What was seized, at least one. */
export function readSubstances(report: Section): (ValidSubstance | null)[] {
  const sections = report.sections('substances', MAX_SUBSTANCES);
  if (sections.length === 0 && !report.has('substances')) {
    report.refuse('substances', 'REQUIRED', 'Must have at least one substance.');
  }
  return sections.map(readSubstance);
}

function readSubstance(substance: Section): ValidSubstance | null {
  substance.refuseOthers(SUBSTANCE_FIELDS);
  const kind = readKind(substance);
  const form = readForm(substance);
  const quantity = readQuantity(substance, form);
  const rest = {
    estimated: substance.flag('estimated') ?? false,
    laboratoryStatus: substance.code('laboratoryStatus', LABORATORY_STATUSES) ?? 'NONE',
    purityPercent: substance.number('purityPercent', { min: 0, max: 100 }),
    signature: substance.text('signature', SIGNATURE),
    adulterants: readAdulterants(substance),
  };
  return kind && form && quantity && { ...kind, form, ...quantity, ...rest };
}

function readForm(substance: Section): FormCode | null {
  return substance.has('form') ? substance.code('form', FORM_CODES) : 'UNKNOWN';
}

/** A DEA code names the substance and its class; only what has none is named by the submitter. */
export function readKind(substance: Section): Pick<ValidSubstance, 'deaCode' | 'name' | 'category'> | null {
  const name = substance.text('name', NAME);
  const category = substance.code('category', SUBSTANCE_CATEGORIES);
  if (!substance.has('deaCode')) {
    if (!substance.has('name') && !substance.has('category')) {
      return substance.refuse('deaCode', 'REQUIRED', 'Give a DEA code, or a name and a category.');
    }
    const message = 'Must be given when there is no DEA code.';
    const named = substance.required('name', name, message);
    const filed = substance.required('category', category, message);
    return named === null || filed === null ? null : { deaCode: null, name: named, category: filed };
  }
  const rule = 'Must be a DEA drug code of four digits, as text: 9801. Give a name and a category where there is none.';
  const deaCode = substance.codeText('deaCode', rule);
  if (deaCode === null) return null;
  const known = isDeaCode(deaCode) ? substanceName(deaCode) : null;
  if (known === null) return substance.refuse('deaCode', 'UNKNOWN_DEA_CODE', rule);
  const tabled = categoryOf(deaCode);
  if (category !== null && category !== tabled) {
    substance.warn('category', 'DEA_CODE_PREVAILS', `The DEA code is filed under ${tabled}, which was taken.`);
  }
  return { deaCode, name: known, category: tabled };
}

export function readAdulterants(substance: Section): string[] {
  const texts = substance.texts('adulterants', ADULTERANT, MAX_ADULTERANTS);
  return [...new Set(texts.map(({ text }) => text.toLowerCase().normalize('NFC')))].sort();
}
