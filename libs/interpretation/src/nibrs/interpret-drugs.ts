import { isDeaCode, SUBSTANCE_CATEGORIES, type SubstanceCategory } from '@concord/codes';
import type { SubmittedReport } from '@concord/submission';
import type { IncidentDraft, NibrsSettings } from './incident-draft.js';
import { DRUG_TYPES, GROWN, MEASUREMENTS, type DrugMeaning } from './nibrs-codes.data.js';
import { ELEMENTS, type NibrsDrug, type Stated } from './nibrs-incident.js';

type Substance = NonNullable<NonNullable<SubmittedReport['substances']>[number]>;

/** Two or more drugs without name, number or quantity. */
const FURTHER_DRUGS = 'X';
/** Not reported; "1" stands beside it because the element cannot be empty. */
const NOT_REPORTED = 'XX';

/**
 * Elements 20 to 22: what was seized. A letter becomes the substance or class that it says, never a guess at one. The
 * laboratory has said nothing: the element is the suspected type.
 */
export function interpretDrugs(
  drugs: readonly NibrsDrug[],
  draft: IncidentDraft,
  settings: NibrsSettings,
): Substance[] {
  const seen = new Set<string>();
  return drugs.map((drug, index) => {
    const path = `substances.${index}`;
    const sameWay = `${drug.type.text} ${MEASUREMENTS[drug.unit.text]?.measure ?? drug.unit.text}`;
    if (seen.has(sameWay)) draft.ask(ELEMENTS.drug, drug.type, path, 'NIBRS_SAME_DRUG');
    seen.add(sameWay);
    return {
      ...interpretType(drug.type, path, draft, settings),
      ...interpretQuantity(drug, path, draft, settings),
      laboratoryStatus: 'NONE',
    };
  });
}

/** Letters as mappings know them: `H` alone may be a street name in one that is made for sheets. */
const asMeant = (letter: Stated): Stated => ({ ...letter, text: `NIBRS ${letter.text}` });

function interpretType(
  letter: Stated,
  path: string,
  draft: IncidentDraft,
  settings: NibrsSettings,
): Partial<Substance> {
  if (letter.text === '') {
    draft.ask(ELEMENTS.drug, letter, `${path}.deaCode`, 'NIBRS_NO_DRUG_TYPE');
    return {};
  }
  const text = asMeant(letter);
  const known = DRUG_TYPES[letter.text];
  const label = known?.label ?? `NIBRS drug type ${letter.text}`;
  const [meaning = '', form] = settings.meaning(ELEMENTS.drug, text.text)?.split(' ') ?? [];
  const confirmed = confirmedMeaning(meaning);
  const formed = confirmed === null || form === undefined ? {} : { form };
  const means = confirmed ?? known?.means ?? { suggestions: [] };
  if ('deaCode' in means) {
    const rule = confirmed === null ? 'NIBRS_CODE' : 'NIBRS_CONFIRMED';
    draft.read(ELEMENTS.drug, text, `${path}.deaCode`, means.deaCode, rule);
    return { deaCode: means.deaCode, ...formed };
  }
  if ('category' in means) {
    const rule = confirmed === null ? 'NIBRS_CLASS' : 'NIBRS_CONFIRMED';
    draft.read(ELEMENTS.drug, text, `${path}.category`, means.category, rule);
    return { name: label, category: means.category, ...formed };
  }
  const classCode = letter.text === FURTHER_DRUGS ? 'NIBRS_FURTHER_DRUGS' : 'NIBRS_DRUG_CLASS';
  const code = known === undefined ? 'NIBRS_DRUG_TYPE' : classCode;
  draft.ask(ELEMENTS.drug, text, `${path}.deaCode`, code, means.suggestions);
  return {};
}

/** A DEA code or a class that a mapping names; what is neither has not been said. */
function confirmedMeaning(code: string): DrugMeaning | null {
  if (isDeaCode(code)) return { deaCode: code };
  const isCategory = (SUBSTANCE_CATEGORIES as readonly string[]).includes(code);
  return isCategory ? { category: code as SubstanceCategory } : null;
}

function interpretQuantity(
  { type, quantity, unit }: NibrsDrug,
  path: string,
  draft: IncidentDraft,
  settings: NibrsSettings,
): Partial<Substance> {
  const [quantityPath, unitPath] = [`${path}.quantity`, `${path}.unit`];
  if (type.text === FURTHER_DRUGS) {
    if (quantity.text === '' && unit.text === '') return { quantityReason: 'UNKNOWN' };
    draft.ask(ELEMENTS.quantity, quantity, quantityPath, 'NIBRS_QUANTITY_OF_X');
    return {};
  }
  if (quantity.text === '' || unit.text === '') {
    const [column, stated, at] =
      quantity.text === ''
        ? ([ELEMENTS.quantity, quantity, quantityPath] as const)
        : ([ELEMENTS.unit, unit, unitPath] as const);
    draft.ask(column, stated, at, 'NIBRS_QUANTITY_MISSING');
    return {};
  }
  const { decimal } = quantity;
  if (decimal === null) {
    draft.ask(ELEMENTS.quantity, quantity, quantityPath, 'NIBRS_QUANTITY');
    return {};
  }
  if (unit.text === NOT_REPORTED) {
    if (decimal !== '1') {
      draft.ask(ELEMENTS.quantity, quantity, quantityPath, 'NIBRS_NOT_REPORTED_QUANTITY');
      return {};
    }
    draft.read(ELEMENTS.quantity, quantity, `${path}.quantityReason`, 'PENDING', 'NIBRS_NOT_REPORTED');
    return { quantityReason: 'PENDING', unit: 'XX' };
  }
  const measurement = MEASUREMENTS[unit.text];
  if (measurement === undefined) {
    draft.ask(ELEMENTS.unit, unit, unitPath, 'NIBRS_MEASUREMENT', Object.keys(MEASUREMENTS));
    return {};
  }
  if (quantity.isDoubtful && settings.meaning(ELEMENTS.quantity, 'NIBRS XML') !== 'DECIMAL') {
    draft.ask(ELEMENTS.quantity, { ...quantity, text: 'NIBRS XML' }, quantityPath, 'NIBRS_QUANTITY_SCALE', ['DECIMAL']);
    return {};
  }
  draft.read(ELEMENTS.quantity, quantity, quantityPath, decimal, quantity.rule);
  draft.read(ELEMENTS.unit, unit, unitPath, measurement.unit, 'NIBRS_CODE');
  const measured = { quantity: Number(decimal), unit: measurement.unit };
  if (measurement.unit !== 'NP') return measured;
  if (!GROWN.includes(type.text)) draft.ask(ELEMENTS.unit, unit, unitPath, 'NIBRS_PLANTS');
  draft.read(ELEMENTS.unit, unit, `${path}.form`, 'PLANT', 'NIBRS_PLANTS_COUNTED');
  return { ...measured, form: 'PLANT' };
}
