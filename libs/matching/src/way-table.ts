import { NOT_KNOWN, type FilterableView } from '@concord/records';
import { ANY, type WayKind } from './rule-selector.js';
import { weightStep } from './weight-step.js';

/** The number of the way that demands nothing. */
const ANY_WAY = 0;

interface Kind {
  readonly numbers: Map<string, number>;
}

/** The ways that rules demand, as small numbers, and which of them a view may meet. */
export class WayTable {
  readonly #kinds: Readonly<Record<WayKind, Kind>> = {
    conveyance: { numbers: new Map() },
    setting: { numbers: new Map() },
    concealment: { numbers: new Map() },
    form: { numbers: new Map() },
    milligrams: { numbers: new Map() },
    units: { numbers: new Map() },
    lacksCode: { numbers: new Map() },
    lacksCategory: { numbers: new Map() },
  };
  #size = 1;

  numberOf(key: string): number {
    if (key === ANY) return ANY_WAY;
    const [kind, code = ''] = key.split(':') as [WayKind, string];
    const { numbers } = this.#kinds[kind];
    const known = numbers.get(code);
    if (known !== undefined) return known;
    const number = this.#size;
    this.#size += 1;
    numbers.set(code, number);
    return number;
  }

  /** 1 at the number of each way that is not FALSE on the view, whatever its substances are: `openTo` adds theirs. */
  openToAll(view: FilterableView): Uint8Array {
    const open = new Uint8Array(this.#size);
    open[ANY_WAY] = 1;
    this.#code(open, 'conveyance', view.conveyance);
    this.#code(open, 'setting', view.place.setting);
    if (!view.concealment?.length) this.#code(open, 'concealment', null);
    else for (const method of view.concealment) this.#code(open, 'concealment', method);
    const { lacksCode, lacksCategory } = this.#kinds;
    for (const [code, number] of lacksCode.numbers)
      open[number] = view.substances.some(({ deaCode }) => deaCode === code) ? 0 : 1;
    for (const [code, number] of lacksCategory.numbers)
      open[number] = view.substances.some(({ category }) => category === code) ? 0 : 1;
    return open;
  }

  /** Opens what one of the substances may meet: what they do not tell may be anything. */
  openTo(substances: FilterableView['substances'], open: Uint8Array): Uint8Array {
    for (const { form, quantity } of substances) {
      this.#code(open, 'form', form);
      this.#atMost(open, 'milligrams', quantity?.milligrams?.max ?? null);
      this.#atMost(open, 'units', quantity?.units?.max ?? null);
    }
    return open;
  }

  #code(open: Uint8Array, kind: WayKind, code: string | null): void {
    const { numbers } = this.#kinds[kind];
    if (code === null || code === NOT_KNOWN) for (const number of numbers.values()) open[number] = 1;
    else {
      const number = numbers.get(code);
      if (number !== undefined) open[number] = 1;
    }
  }

  #atMost(open: Uint8Array, kind: 'milligrams' | 'units', most: bigint | null): void {
    const highest = most === null ? Infinity : weightStep(most);
    for (const [step, number] of this.#kinds[kind].numbers) if (Number(step) <= highest) open[number] = 1;
  }
}
