import { DEA_CODES_BY_NAME } from '../words/dea-names.js';
import {
  DRUG_SUGGESTIONS,
  DRUG_WORDS,
  DRUGS_WITHOUT_CODE,
  FORM_WORDS,
  OFTEN_COUNTERFEIT,
} from '../words/drug-words.data.js';
import {
  FORM_CODES,
  isDeaCode,
  SUBSTANCE_CATEGORIES,
  substanceName,
  type FormCode,
  type SubstanceCategory,
} from '@concord/codes';
import { doubted, understood, type Outcome } from '../outcome.js';
import type { ReadingRule } from '../reading-rules.js';
import { closest } from './closest.js';
import { wordsOf } from './words.js';

/** What was seized: a DEA code, or a name and a class. */
export interface Drug {
  readonly deaCode: string | null;
  readonly name: string | null;
  readonly category: SubstanceCategory | null;
  /** Where the name says it. */
  readonly form: FormCode | null;
}

const coded = (deaCode: string, form: FormCode | null): Drug => ({ deaCode, name: null, category: null, form });

const drugByWords: ReadonlyMap<string, Drug> = new Map(
  DRUG_WORDS.flatMap(([deaCode, form, words]) => words.map((word) => [word, coded(deaCode, form)] as const)),
);

/** A substance by code, name or a word of the vocabulary. `meaning` is what the agency has said that a text means. */
export function readDrug(text: string, meaning: string | null): Outcome<Drug> {
  if (meaning !== null) {
    const meant = readMeaning(meaning, text);
    if (meant !== null) return understood(meant, 'CONFIRMED');
  }
  if (isDeaCode(text)) return understood(coded(text, null), 'EXACT');
  const words = wordsOf(text);
  const suspected = /^(?:suspected|susp|poss|possible|probable|presumed) (?!not )(.+)$/.exec(words)?.[1];
  const plain = named(suspected ?? words);
  if (plain !== null) return understood(plain.value, suspected === undefined ? plain.rule : 'DRUG_SUSPECTED');
  return doubtOf(suspected ?? words);
}

function named(words: string): { value: Drug; rule: ReadingRule } | null {
  // What stands for several things stands for them also where a table has one of them under that name.
  if (Object.hasOwn(OFTEN_COUNTERFEIT, words) || Object.hasOwn(DRUG_SUGGESTIONS, words)) return null;
  const whole = simple(words);
  if (whole !== null) return whole;
  const parts = words.split(' ');
  for (const [word, others] of [
    [parts.at(-1) ?? '', parts.slice(0, -1)],
    [parts[0] ?? '', parts.slice(1)],
  ] as const) {
    const form = Object.hasOwn(FORM_WORDS, word) ? FORM_WORDS[word] : undefined;
    const rest = others.join(' ');
    if (form === undefined || rest === '' || isDoubtful(rest)) continue;
    const drug = simple(rest);
    if (drug !== null && drug.value.form === null) return { value: { ...drug.value, form }, rule: 'DRUG_WITH_FORM' };
  }
  return null;
}

const isDoubtful = (words: string): boolean =>
  Object.hasOwn(OFTEN_COUNTERFEIT, words) || Object.hasOwn(DRUG_SUGGESTIONS, words);

function simple(words: string): { value: Drug; rule: ReadingRule } | null {
  const street = drugByWords.get(words);
  const deaCode = DEA_CODES_BY_NAME.get(words);
  if (street !== undefined) return { value: street, rule: deaCode === undefined ? 'DRUG_STREET_NAME' : 'DRUG_NAME' };
  if (deaCode !== undefined) return { value: coded(deaCode, null), rule: 'DRUG_NAME' };
  const category = Object.hasOwn(DRUGS_WITHOUT_CODE, words) ? DRUGS_WITHOUT_CODE[words] : undefined;
  if (category === undefined) return null;
  const name = category === 'UNKNOWN' ? 'unknown' : words;
  return { value: { deaCode: null, name, category, form: null }, rule: 'DRUG_WITHOUT_CODE' };
}

/** `9801`, `9801 PILL_TABLET`, `FENTANYL`, `FENTANYL PILL_TABLET`; null for anything else. */
export function readMeaning(code: string, text: string): Drug | null {
  const [what = '', form, more] = code.trim().split(/\s+/);
  const known = form === undefined ? null : (FORM_CODES.find((each) => each === form) ?? undefined);
  if (known === undefined || more !== undefined) return null;
  if (isDeaCode(what)) return coded(what, known);
  const category = SUBSTANCE_CATEGORIES.find((each) => each === what);
  return category === undefined ? null : { deaCode: null, name: text, category, form: known };
}

function doubtOf(words: string): Outcome<Drug> {
  const counterfeit = Object.hasOwn(OFTEN_COUNTERFEIT, words) ? OFTEN_COUNTERFEIT[words] : undefined;
  if (counterfeit !== undefined) {
    const message =
      'What it holds is not known from its name: give the substance, or a class with drug_name; or confirm once what it means here.';
    return doubted('LOOKS_COUNTERFEIT', message, counterfeit);
  }
  const stated = Object.hasOwn(DRUG_SUGGESTIONS, words) ? DRUG_SUGGESTIONS[words] : undefined;
  const message =
    'Must be a DEA code, a name of the DEA table or of the vocabulary in docs/import-columns.md; or confirm once what it means here.';
  if (stated !== undefined) return doubted('DRUG_NOT_KNOWN', message, stated);
  const near = closest(words, [...drugByWords.keys(), ...DEA_CODES_BY_NAME.keys()]);
  const codes = near.flatMap((name) => drugByWords.get(name)?.deaCode ?? DEA_CODES_BY_NAME.get(name) ?? []);
  return doubted(
    'DRUG_NOT_KNOWN',
    message,
    [...new Set(codes)].map((code) => substanceName(code) ?? code),
  );
}
