import type { Findings, RefusalCode, WarningCode } from './issue.js';
import { instantOf, type SubmittedInstant } from './instant.js';
import { isPlain } from './look-alike.js';
import { checkText, type TextRule } from './text-rule.js';

/** Lists of codes are short; whoever sends more than this has sent something else. */
const MAX_CODES = 50;
/** Longer than any code, so that a wrong one is called unknown rather than long. */
const CODE: TextRule = { max: 80 };

const LOOKALIKE = 'Holds characters that are not plain ASCII, though they may look so or be invisible: type it anew.';

/** Bounds of a number, both included. */
export interface NumberRule {
  readonly min: number;
  readonly max?: number;
  readonly whole?: boolean;
}

/**
 * One object of a submitted report and the path to it. Nothing about its fields is taken for granted: each reader answers
 * with the value, or with null after noting what is wrong; null without a finding means that the field was left out.
 */
export class Section {
  constructor(
    private readonly fields: object,
    private readonly path: string,
    private readonly findings: Findings,
  ) {}

  /** The whole input as a section, or null with a finding if it is no object. */
  static ofInput(input: unknown, findings: Findings): Section | null {
    if (isObject(input)) return new Section(input, '', findings);
    findings.issues.push({ path: '', code: 'WRONG_TYPE', message: 'Must be an object.' });
    return null;
  }

  refuse(name: string, code: RefusalCode, message: string): null {
    this.findings.issues.push({ path: this.pathTo(name), code, message });
    return null;
  }

  warn(name: string, code: WarningCode, message: string): void {
    this.findings.warnings.push({ path: this.pathTo(name), code, message });
  }

  /**
   * Refuses what the section has besides the fields named: a field that is spelled wrong must not be left unread. Says
   * which there are and not which was found, for that is what somebody sent. An unknown field without a value is nothing.
   */
  refuseOthers(known: Readonly<Record<string, true>>): void {
    if (Object.keys(this.fields).every((name) => Object.hasOwn(known, name) || !this.has(name))) return;
    const names = Object.keys(known).join(', ');
    this.findings.issues.push({ path: this.path, code: 'UNKNOWN_FIELD', message: `Must have no field but ${names}.` });
  }

  /** Whether the field holds anything: null, blank text, an empty list and an absent field are nothing. */
  has(name: string): boolean {
    const value = this.value(name);
    if (typeof value === 'string') return value.trim() !== '';
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
  }

  /** The value that was read, noting its absence. */
  required<T>(name: string, value: T | null, message = 'Must be given.'): T | null {
    return value === null && !this.has(name) ? this.refuse(name, 'REQUIRED', message) : value;
  }

  text(name: string, rule: TextRule): string | null {
    if (!this.has(name)) return null;
    const value = this.value(name);
    return typeof value === 'string' ? this.checkedText(name, value, rule) : this.wrongType(name, 'text');
  }

  /** A code of a list that is too long to tell, or a date: `rule` says what would be right. */
  codeText(name: string, rule: string): string | null {
    return this.plain(name, this.text(name, CODE), rule);
  }

  /** The text if it is printable ASCII; what only looks like it is refused. */
  plain(name: string, text: string | null, rule: string): string | null {
    if (text === null || isPlain(text)) return text;
    return this.refuse(name, 'LOOKALIKE_CHARACTER', `${LOOKALIKE} ${rule}`);
  }

  /** Texts of a list, each with its path from here; blank ones are left out. */
  texts(name: string, rule: TextRule, maxItems: number): { at: string; text: string }[] {
    return this.items(name, maxItems).flatMap((value, index) => {
      const at = `${name}.${index}`;
      if (typeof value !== 'string') return this.wrongType(at, 'text') ?? [];
      const text = this.checkedText(at, value, rule);
      return text === null || text === '' ? [] : [{ at, text }];
    });
  }

  code<T extends string | number>(name: string, codes: readonly T[]): T | null {
    return this.has(name) ? this.checkedCode(name, this.value(name), codes) : null;
  }

  /** Codes of a list, each once, in alphabetical order: the order in which they were ticked means nothing. */
  codes<T extends string>(name: string, codes: readonly T[]): T[] {
    const read = this.items(name, MAX_CODES).map((value, index) => this.checkedCode(`${name}.${index}`, value, codes));
    return [...new Set(read)].filter((code) => code !== null).sort();
  }

  number(name: string, { min, max, whole }: NumberRule): number | null {
    if (!this.has(name)) return null;
    const value = this.value(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.wrongType(name, 'a finite number');
    if (value < min || (max !== undefined && value > max)) {
      const range = max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
      return this.refuse(name, 'OUT_OF_RANGE', `Must be ${range}.`);
    }
    if (whole && !Number.isInteger(value)) return this.refuse(name, 'NOT_A_WHOLE_NUMBER', 'Must be a whole number.');
    return value + 0; // -0 is 0
  }

  flag(name: string): boolean | null {
    if (!this.has(name)) return null;
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.wrongType(name, 'true or false');
  }

  /** A time with its offset, any that exists. */
  instant(name: string): SubmittedInstant | null {
    if (!this.has(name)) return null;
    const value = this.value(name);
    if (typeof value !== 'string') return this.wrongType(name, 'text');
    const rule = 'Must be an existing time in ISO 8601 with an offset, like 2026-11-20T03:15:00-08:00.';
    const text = this.plain(name, value.trim(), rule);
    return text === null ? null : (instantOf(text) ?? this.refuse(name, 'INVALID_TIME', rule));
  }

  section(name: string): Section | null {
    return this.has(name) ? this.sectionOf(name, this.value(name)) : null;
  }

  /** A section to look into whether it was given or not, so that what is missing in it is named. */
  sectionOrEmpty(name: string): Section | null {
    return this.has(name) ? this.section(name) : new Section({}, this.pathTo(name), this.findings);
  }

  sections(name: string, maxItems: number): Section[] {
    return this.items(name, maxItems).flatMap((value, index) => this.sectionOf(`${name}.${index}`, value) ?? []);
  }

  private items(name: string, maxItems: number): readonly unknown[] {
    if (!this.has(name)) return [];
    const value = this.value(name);
    if (!Array.isArray(value)) return this.wrongType(name, 'a list') ?? [];
    if (value.length <= maxItems) return Array.from<unknown>(value);
    // Not looked at one by one: the answer would be as long as the list.
    return this.refuse(name, 'TOO_MANY_ITEMS', `Must have at most ${maxItems} items.`) ?? [];
  }

  private sectionOf(name: string, value: unknown): Section | null {
    return isObject(value) ? new Section(value, this.pathTo(name), this.findings) : this.wrongType(name, 'an object');
  }

  private checkedText(name: string, value: string, rule: TextRule): string | null {
    const checked = checkText(value, rule);
    return 'text' in checked ? checked.text : this.refuse(name, checked.code, checked.message);
  }

  private checkedCode<T extends string | number>(name: string, value: unknown, codes: readonly T[]): T | null {
    const kind = typeof codes[0];
    if (typeof value !== kind) return this.wrongType(name, kind === 'number' ? 'a number' : 'text');
    const known = codes.find((code) => code === value);
    if (known !== undefined) return known;
    const rule = `Must be one of ${codes.join(', ')}${kind === 'number' ? '' : ', in plain ASCII capitals'}.`;
    if (typeof value === 'string' && this.plain(name, value, rule) === null) return null;
    return this.refuse(name, 'UNKNOWN_CODE', rule);
  }

  private wrongType(name: string, expected: string): null {
    return this.refuse(name, 'WRONG_TYPE', `Must be ${expected}.`);
  }

  private pathTo(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Own fields only: `constructor` is not one. */
  private value(name: string): unknown {
    return Object.getOwnPropertyDescriptor(this.fields, name)?.value;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
