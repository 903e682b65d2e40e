import type { FilterableView, ParsedFilter } from '@concord/records';
import { ANY, placeKey, selectorsOf, substanceKey } from './rule-selector.js';

/** A million rules lie in these lists: a rule is a small number in them, its slot. */
type Posting = number[];
/** The rules of one place by what substance they demand. */
type Shelf = Map<string, Posting>;

/** Below this many dead slots sweeping is not worth it. */
const FEWEST_TO_SWEEP = 1024;

/**
 * Finds the rules that a record may meet without looking at those that it cannot: each rule is filed under the place
 * and the substance that it demands (rule-selector.ts). Holds ids only; the filters stay with the caller.
 *
 * What a view does not tell finds every rule on that axis, as such a rule is UNKNOWN there and fires as POSSIBLE.
 */
export class RuleIndex {
  readonly #slots = new Map<string, number>();
  /** The rule in each slot; undefined where it was removed and may still be listed. */
  readonly #ids: (string | undefined)[] = [];
  readonly #free: number[] = [];
  #dead: number[] = [];
  readonly #shelves = new Map<string, Shelf>();
  /** The county keys of each state that have a shelf. */
  readonly #countiesOf = new Map<string, Set<string>>();

  get size(): number {
    return this.#slots.size;
  }

  /** Adds the rule, or files it anew if its filter has changed. */
  upsert(rule: { readonly id: string; readonly filter: ParsedFilter }): void {
    this.remove(rule.id);
    const slot = this.#free.pop() ?? this.#ids.length;
    this.#ids[slot] = rule.id;
    this.#slots.set(rule.id, slot);
    for (const { place, substance } of selectorsOf(rule.filter)) {
      const shelf = this.#shelfAt(place);
      const posting = shelf.get(substance);
      if (posting) posting.push(slot);
      else shelf.set(substance, [slot]);
    }
  }

  /** Takes a rule out; does nothing if it is not there. */
  remove(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#slots.delete(id);
    this.#ids[slot] = undefined;
    this.#dead.push(slot);
    // Lists are not searched for one slot; all dead ones are swept out together once they are a third of the living.
    if (this.#dead.length > Math.max(FEWEST_TO_SWEEP, this.#slots.size / 3)) this.#sweep();
  }

  /**
   * The ids of all rules that may be TRUE or UNKNOWN on at least one of the views, and of few others. Which of them
   * fire, `matchView` says, on the view that the rule's owner may see.
   */
  candidates(views: readonly FilterableView[]): Set<string> {
    const found = new Set<string>();
    for (const view of views) {
      const substances = substanceKeysOf(view);
      for (const place of this.#placeKeysOf(view)) {
        const shelf = this.#shelves.get(place);
        if (shelf) this.#take(shelf, substances, found);
      }
    }
    return found;
  }

  #take(shelf: Shelf, { keys, isAnyCode, isAnyCategory }: SubstanceKeys, into: Set<string>): void {
    for (const key of keys) this.#add(shelf.get(key), into);
    if (!isAnyCode && !isAnyCategory) return;
    for (const [key, posting] of shelf) {
      if (key.startsWith('code:') ? isAnyCode : isAnyCategory) this.#add(posting, into);
    }
  }

  #add(posting: Posting | undefined, into: Set<string>): void {
    if (!posting) return;
    for (const slot of posting) {
      const id = this.#ids[slot];
      if (id !== undefined) into.add(id);
    }
  }

  /** A view without its county may be in any of its state. */
  #placeKeysOf({ place }: FilterableView): string[] {
    const state = placeKey('state', place.stateFips);
    if (place.countyFips !== null) return [placeKey('county', place.countyFips), state, ANY];
    return [...(this.#countiesOf.get(place.stateFips) ?? []), state, ANY];
  }

  #shelfAt(place: string): Shelf {
    const existing = this.#shelves.get(place);
    if (existing) return existing;
    const shelf: Shelf = new Map();
    this.#shelves.set(place, shelf);
    const state = stateOfCounty(place);
    if (state !== null) this.#countiesOf.set(state, (this.#countiesOf.get(state) ?? new Set()).add(place));
    return shelf;
  }

  #sweep(): void {
    for (const [place, shelf] of this.#shelves) {
      for (const [key, posting] of shelf) {
        const living = posting.filter((slot) => this.#ids[slot] !== undefined);
        if (living.length === 0) shelf.delete(key);
        else if (living.length < posting.length) shelf.set(key, living);
      }
      if (shelf.size === 0) this.#dropShelf(place);
    }
    // Only now is no list left that would take a new rule in such a slot for the old one.
    for (const slot of this.#dead) this.#free.push(slot);
    this.#dead = [];
  }

  #dropShelf(place: string): void {
    this.#shelves.delete(place);
    const state = stateOfCounty(place);
    if (state !== null) this.#countiesOf.get(state)?.delete(place);
  }
}

interface SubstanceKeys {
  readonly keys: ReadonlySet<string>;
  /** A substance without a code whose category is not known may be any. */
  readonly isAnyCode: boolean;
  readonly isAnyCategory: boolean;
}

function substanceKeysOf({ substances }: FilterableView): SubstanceKeys {
  const keys = new Set([ANY]);
  for (const { deaCode, category } of substances) {
    if (deaCode !== null) keys.add(substanceKey('code', deaCode));
    keys.add(substanceKey('category', category));
  }
  const unknown = substances.filter(({ category }) => category === 'UNKNOWN');
  return { keys, isAnyCode: unknown.some(({ deaCode }) => deaCode === null), isAnyCategory: unknown.length > 0 };
}

const COUNTY = placeKey('county', '');

function stateOfCounty(place: string): string | null {
  return place.startsWith(COUNTY) ? place.slice(COUNTY.length, COUNTY.length + 2) : null;
}
