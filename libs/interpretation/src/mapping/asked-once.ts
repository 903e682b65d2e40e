import { dayText, excelDay, readDatePart } from '../cells/date.cell.js';
import { wordsOf } from '../cells/words.js';
import type { InterpretedEntry, Question } from '../interpreted-entry.js';
import type { InterpretationSettings } from '../settings.js';
import { withoutNumber } from '../template.js';
import type { ColumnMapping } from './column-mapping.js';
import { meaningFor, takesMeanings, wordsFor } from './meaning.js';

/** Settings of a mapping that answer a question for every row. */
export type AnsweringSetting = 'dateOrder' | 'clock' | 'midnight' | 'decimal' | 'excelDates';

/** What may be answered, as the mapping keeps it. */
export interface Choice {
  readonly code: string;
  /** What it would make of the text. */
  readonly words: string;
}

/** One thing that a file's rows ask, however many of them ask it. */
export interface AskedOnce {
  readonly code: string;
  /** Heading of the column. */
  readonly column: string;
  /** As it stands in the first such cell; null where it may name somebody, or is no part of the question. */
  readonly text: string | null;
  /** How many cells ask it, among the entries that were looked through. */
  readonly count: number;
  readonly firstLine: number;
  readonly message: string;
  /** Best first. Never applied: somebody chooses one, or none. */
  readonly choices: readonly Choice[];
  /** Column of the template whose vocabulary takes the answer; null where none does. */
  readonly meaningOf: string | null;
  /** Setting of the mapping that is the answer; null where none is. With neither, the cell has to be mended. */
  readonly setting: AnsweringSetting | null;
}

/** What the agency's word for a text answers. */
const BY_MEANING: ReadonlySet<string> = new Set([
  'CODE_NOT_KNOWN',
  'DRUG_NOT_KNOWN',
  'LOOKS_COUNTERFEIT',
  'UNIT_NOT_KNOWN',
  'COUNTY_NOT_KNOWN',
  'COUNTY_NOT_CLEAR',
  'COUNTRY_OR_STATE',
  'COUNTRY_NOT_KNOWN',
]);
const BY_SETTING: Readonly<Record<string, AnsweringSetting>> = {
  DATE_ORDER: 'dateOrder',
  HALF_OF_DAY: 'clock',
  MIDNIGHT: 'midnight',
  NUMBER_SEPARATOR: 'decimal',
  EXCEL_DATE: 'excelDates',
};
/** Words of a vocabulary are short; longer texts, and long numbers, are what people and their papers are known by. */
const MOST_LETTERS = 40;
const LONG_NUMBER = /\d{4}|@/;

type Group = { -readonly [K in keyof AskedOnce]: AskedOnce[K] } & { readonly isWord: boolean };

/** Gathers the questions of entries, each once. Holds one group for each distinct question, and no row. */
export class QuestionsAskedOnce {
  readonly #groups = new Map<string, Group>();

  constructor(
    private readonly mapping: ColumnMapping,
    private readonly settings: Pick<InterpretationSettings, 'now'>,
    /** Whether what stands in a cell of this path may name somebody. */
    private readonly mayName: (path: string) => boolean,
  ) {}

  add({ questions }: Pick<InterpretedEntry, 'questions'>): void {
    for (const question of questions) {
      const column = this.#columnOf(question.column);
      const isWord = BY_MEANING.has(question.code) && takesMeanings(column) && !this.mayName(question.path);
      const key = JSON.stringify([question.code, question.column, isWord ? wordsOf(question.text) : '']);
      const known = this.#groups.get(key);
      if (known === undefined) this.#groups.set(key, this.#begin(question, column, isWord));
      else known.count += 1;
    }
  }

  /** What can be answered for all rows first, and of that what most rows ask. */
  list(): AskedOnce[] {
    const canAnswer = (one: AskedOnce): number => (one.setting === null ? (one.meaningOf === null ? 2 : 1) : 0);
    return [...this.#groups.values()]
      .sort((a, b) => canAnswer(a) - canAnswer(b) || b.count - a.count || a.firstLine - b.firstLine)
      .map(({ isWord, ...one }) => (isWord && !isVocabulary(one) ? { ...one, text: null } : one));
  }

  #columnOf(heading: string): string {
    return this.mapping.columns.find((use) => use.heading === heading)?.column ?? heading;
  }

  #begin({ code, column, text, line, message, path, suggestions }: Question, of: string, isWord: boolean): Group {
    const setting = Object.hasOwn(BY_SETTING, code) ? (BY_SETTING[code] ?? null) : null;
    const meaningOf = isWord ? withoutNumber(of) : null;
    const shown = (isWord || setting !== null) && !this.mayName(path) ? text.trim() : null;
    const choices =
      setting !== null
        ? this.#settingChoices(setting, shown)
        : meaningOf === null
          ? suggestions.filter(() => shown !== null).map((each) => ({ code: each, words: each }))
          : meaningChoices(meaningOf, suggestions);
    return { code, column, text: shown, count: 1, firstLine: line, message, choices, meaningOf, setting, isWord };
  }

  #settingChoices(setting: AnsweringSetting, text: string | null): Choice[] {
    return SETTING_WORDS[setting].map(([code, words]) => {
      const day = text === null ? null : this.#dayAs(setting, code, text);
      return { code, words: day === null || text === null ? words : `${text} is ${day}` };
    });
  }

  /** The day that a text is under a setting; null where it is none. */
  #dayAs(setting: AnsweringSetting, code: string, text: string): string | null {
    if (setting === 'excelDates')
      return Number.isFinite(Number(text))
        ? dayText(excelDay(Number(text), code === '1904' ? '1904' : '1900').date)
        : null;
    if (setting !== 'dateOrder') return null;
    const dateOrder = code === 'DAY_FIRST' ? 'DAY_FIRST' : 'MONTH_FIRST';
    const year = this.settings.now.getUTCFullYear();
    const read = readDatePart(text, { mapping: { ...this.mapping, dateOrder }, year });
    return 'doubt' in read ? null : dayText(read.value.date);
  }
}

const SETTING_WORDS: Readonly<Record<AnsweringSetting, readonly (readonly [code: string, words: string])[]>> = {
  dateOrder: [
    ['MONTH_FIRST', 'the month stands first'],
    ['DAY_FIRST', 'the day stands first'],
  ],
  clock: [['24_HOUR', '3:15 is in the night, 15:15 in the afternoon']],
  midnight: [
    ['MIDNIGHT', '00:00 is midnight'],
    ['NO_TIME', '00:00 says that no time is known'],
  ],
  decimal: [
    ['POINT', '1.500 is one and a half, 1,500 is fifteen hundred'],
    ['COMMA', '1,500 is one and a half, 1.500 is fifteen hundred'],
  ],
  excelDates: [
    ['1900', 'days are counted from 1900'],
    ['1904', 'days are counted from 1904'],
  ],
};

function meaningChoices(column: string, suggestions: readonly string[]): Choice[] {
  const codes = new Set(suggestions.flatMap((each) => meaningFor(column, each) ?? []));
  return [...codes].map((code) => ({ code, words: wordsFor(column, code) }));
}

/** What stands once and is near to no word may be anything that slipped into the column: it is not repeated. */
const isVocabulary = ({ text, count, choices }: AskedOnce): boolean =>
  text !== null && text.length <= MOST_LETTERS && !LONG_NUMBER.test(text) && (count > 1 || choices.length > 0);
