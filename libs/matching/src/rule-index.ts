import { NOT_KNOWN, type FilterableView, type ParsedFilter } from '@concord/records';
import { ANY, placeKey, selectorsOf, substanceKey } from './rule-selector.js';
import { WayTable } from './way-table.js';

/** Rules that ask for the same, word for word: what it says is looked at once for all of them. */
export interface Question<Rule> {
  readonly filter: ParsedFilter;
  readonly rules: Iterable<Rule>;
}

/** A question and the slots of the rules that ask it; without one it is dead and may still be listed. */
interface Entry {
  readonly filter: ParsedFilter;
  slots: number[];
}

/** The questions of one place and substance by the way that they demand: numbers of ways, and beside each its list. */
interface Cell {
  readonly ways: number[];
  readonly lists: number[][];
}
/** The questions of one place by what substance they demand. */
type Shelf = Map<string, Cell>;

/** The substances that a rule may demand of a view, and the ways that it may demand along with each: 1 where it may. */
interface OpenSubstances {
  readonly open: readonly (readonly [key: string, ways: Uint8Array])[];
  /** Kinds of which a substance may be any one, such as a code where neither it nor the category is known. */
  readonly ifAny: readonly (readonly [prefix: string, ways: Uint8Array])[];
}

/** Below this many dead questions sweeping is not worth it. */
const FEWEST_TO_SWEEP = 1024;

/**
 * Finds the rules that a record may meet without looking at those that it cannot: each question is filed under the
 * place, the substance and the way that it demands (rule-selector.ts). A million rules lie in its lists as small numbers.
 *
 * What a view does not tell finds every rule on that axis, as such a rule is UNKNOWN there and fires as POSSIBLE.
 */
export class RuleIndex<Rule extends { readonly id: string }> {
  readonly #slots = new Map<string, number>();
  /** By slot: the rule, the number of its question, and where the slot stands in the question's. */
  readonly #rules: (Rule | undefined)[] = [];
  readonly #asks: number[] = [];
  readonly #standsAt: number[] = [];
  readonly #freeSlots: number[] = [];
  /** Questions by number, and their numbers by what they say. */
  readonly #entries: (Entry | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #freeNumbers: number[] = [];
  #dead = 0;
  readonly #shelves = new Map<string, Shelf>();
  /** The county keys of each state that have a shelf. */
  readonly #countiesOf = new Map<string, Set<string>>();
  /** The keys of settings that have a shelf. */
  readonly #settings = new Set<string>();
  readonly #ways = new WayTable();
  /** By number of a question: the look in which it was last found. */
  #found = new Uint32Array(FEWEST_TO_SWEEP);
  #look = 0;

  get size(): number {
    return this.#slots.size;
  }

  /** How many different questions the rules ask. */
  get questions(): number {
    return this.#numbers.size - this.#dead;
  }

  /** Adds the rule, or files it anew if its filter has changed. */
  upsert(rule: Rule, filter: ParsedFilter): void {
    this.remove(rule.id);
    const { number, entry } = this.#entryOf(filter);
    const slot = this.#freeSlots.pop() ?? this.#rules.length;
    this.#rules[slot] = rule;
    this.#asks[slot] = number;
    this.#standsAt[slot] = entry.slots.length;
    if (entry.slots.length > 0) entry.slots.push(slot);
    else {
      // A list made by one push has room for 16 more, and most questions are asked by one rule.
      entry.slots = [slot];
      this.#dead -= 1;
    }
    this.#slots.set(rule.id, slot);
  }

  /** Takes a rule out; does nothing if it is not there. */
  remove(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#slots.delete(id);
    this.#rules[slot] = undefined;
    this.#freeSlots.push(slot);
    const slots = this.#entries[this.#asks[slot] ?? -1]?.slots ?? [];
    // The last one takes its place.
    const last = slots.pop();
    const at = this.#standsAt[slot] ?? 0;
    if (last !== undefined && last !== slot) {
      slots[at] = last;
      this.#standsAt[last] = at;
    }
    if (slots.length > 0) return;
    this.#dead += 1;
    // Lists are not searched for one question; all dead ones are swept out together once they are a third of the living.
    if (this.#dead > Math.max(FEWEST_TO_SWEEP, this.questions / 3)) this.#sweep();
  }

  /**
   * Every question that may be TRUE or UNKNOWN on at least one of the views, and few others, each once. Which of them
   * fire, `matchView` says, on the view that the rule's owner may see. To be read before the index changes.
   */
  candidates(views: readonly FilterableView[]): Question<Rule>[] {
    this.#nextLook();
    const found: Question<Rule>[] = [];
    for (const view of views) {
      const substances = this.#substancesOf(view);
      for (const place of this.#placeKeysOf(view)) {
        const shelf = this.#shelves.get(place);
        if (shelf) this.#searchShelf(shelf, substances, found);
      }
    }
    return found;
  }

  #nextLook(): void {
    this.#look = (this.#look + 1) >>> 0;
    if (this.#look === 0) {
      this.#found.fill(0);
      this.#look = 1;
    }
  }

  #searchShelf(shelf: Shelf, { open, ifAny }: OpenSubstances, into: Question<Rule>[]): void {
    for (const [key, ways] of open) {
      const cell = shelf.get(key);
      if (cell) this.#searchCell(cell, ways, into);
    }
    if (ifAny.length === 0) return;
    for (const [key, cell] of shelf)
      for (const [prefix, ways] of ifAny) if (key.startsWith(prefix)) this.#searchCell(cell, ways, into);
  }

  #searchCell({ ways, lists }: Cell, open: Uint8Array, into: Question<Rule>[]): void {
    for (let at = 0; at < ways.length; at += 1) {
      if (open[ways[at] ?? 0] !== 1) continue;
      for (const number of lists[at] ?? []) {
        if (this.#found[number] === this.#look) continue;
        this.#found[number] = this.#look;
        const entry = this.#entries[number];
        if (entry !== undefined && entry.slots.length > 0)
          into.push({ filter: entry.filter, rules: this.#rulesIn(entry.slots) });
      }
    }
  }

  /** A rule's demands on a substance are demands on one and the same: the weight of another one says nothing. */
  #substancesOf(view: FilterableView): OpenSubstances {
    const always = this.#ways.openToAll(view);
    const { substances } = view;
    const waysOf = (those: FilterableView['substances']) => this.#ways.openTo(those, always.slice());
    const byKey = new Map<string, FilterableView['substances'][number][]>();
    const add = (key: string, substance: FilterableView['substances'][number]): void => {
      const those = byKey.get(key);
      if (those) those.push(substance);
      else byKey.set(key, [substance]);
    };
    for (const substance of substances) {
      const { deaCode, category, form } = substance;
      if (deaCode !== null) add(substanceKey('code', deaCode), substance);
      add(substanceKey('category', category), substance);
      if (form !== null) add(substanceKey('form', form), substance);
    }
    const unknown = substances.filter(({ category }) => category === NOT_KNOWN);
    const ifAny = [
      [substanceKey('code', ''), unknown.filter(({ deaCode }) => deaCode === null)],
      [substanceKey('category', ''), unknown],
      [substanceKey('form', ''), substances.filter(({ form }) => form === null || form === NOT_KNOWN)],
    ] as const;
    return {
      open: [[ANY, waysOf(substances)], ...[...byKey].map(([key, those]) => [key, waysOf(those)] as const)],
      ifAny: ifAny.flatMap(([prefix, those]) => (those.length > 0 ? [[prefix, waysOf(those)] as const] : [])),
    };
  }

  *#rulesIn(slots: readonly number[]): Iterable<Rule> {
    for (const slot of slots) {
      const rule = this.#rules[slot];
      if (rule !== undefined) yield rule;
    }
  }

  /** A view without its county may be in any of its state; without its setting it may be any. */
  #placeKeysOf({ place }: FilterableView): Iterable<string> {
    const { stateFips, countyFips, setting } = place;
    const counties = countyFips === null ? (this.#countiesOf.get(stateFips) ?? []) : [placeKey('county', countyFips)];
    const settings = setting === null || setting === NOT_KNOWN ? this.#settings : [placeKey('setting', setting)];
    return [...counties, placeKey('state', stateFips), ...settings, ANY];
  }

  /** The question that the filter asks; a new one is filed, for nobody yet. */
  #entryOf(filter: ParsedFilter): { number: number; entry: Entry } {
    const known = this.#numbers.get(filter.source) ?? -1;
    const asked = this.#entries[known];
    if (asked) return { number: known, entry: asked };
    const number = this.#freeNumbers.pop() ?? this.#entries.length;
    const entry: Entry = { filter, slots: [] };
    this.#entries[number] = entry;
    this.#numbers.set(filter.source, number);
    this.#dead += 1;
    this.#makeRoomFor(number);
    this.#file(number, filter);
    return { number, entry };
  }

  #file(number: number, filter: ParsedFilter): void {
    for (const { place, substance, way } of selectorsOf(filter)) {
      const shelf = this.#shelfAt(place);
      const cell = shelf.get(substance) ?? { ways: [], lists: [] };
      if (cell.ways.length === 0) shelf.set(substance, cell);
      const wayNumber = this.#ways.numberOf(way);
      const list = cell.lists[cell.ways.indexOf(wayNumber)];
      if (list) list.push(number);
      else {
        cell.ways.push(wayNumber);
        cell.lists.push([number]);
      }
    }
  }

  #makeRoomFor(number: number): void {
    if (number < this.#found.length) return;
    const larger = new Uint32Array(2 * this.#found.length);
    larger.set(this.#found);
    this.#found = larger;
  }

  #shelfAt(place: string): Shelf {
    const existing = this.#shelves.get(place);
    if (existing) return existing;
    const shelf: Shelf = new Map();
    this.#shelves.set(place, shelf);
    const state = stateOfCounty(place);
    if (state !== null) this.#countiesOf.set(state, (this.#countiesOf.get(state) ?? new Set()).add(place));
    if (place.startsWith(SETTING)) this.#settings.add(place);
    return shelf;
  }

  #sweep(): void {
    const isAlive = (number: number): boolean => (this.#entries[number]?.slots.length ?? 0) > 0;
    for (const [place, shelf] of this.#shelves) {
      for (const [key, cell] of shelf) {
        const kept: Cell = { ways: [], lists: [] };
        cell.lists.forEach((list, at) => {
          const living = list.filter(isAlive);
          if (living.length === 0) return;
          kept.ways.push(cell.ways[at] ?? 0);
          kept.lists.push(living);
        });
        if (kept.ways.length === 0) shelf.delete(key);
        else shelf.set(key, kept);
      }
      if (shelf.size === 0) this.#dropShelf(place);
    }
    // Only now is no list left that would take a new question of such a number for the old one.
    for (const [source, number] of this.#numbers) {
      if (isAlive(number)) continue;
      this.#numbers.delete(source);
      this.#entries[number] = undefined;
      this.#freeNumbers.push(number);
    }
    this.#dead = 0;
  }

  #dropShelf(place: string): void {
    this.#shelves.delete(place);
    const state = stateOfCounty(place);
    if (state !== null) this.#countiesOf.get(state)?.delete(place);
    this.#settings.delete(place);
  }
}

const COUNTY = placeKey('county', '');
const SETTING = placeKey('setting', '');

function stateOfCounty(place: string): string | null {
  return place.startsWith(COUNTY) ? place.slice(COUNTY.length, COUNTY.length + 2) : null;
}
