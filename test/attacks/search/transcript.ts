/**
 * Everything that an adversary asked and heard, without what is random or tells when the test ran: ids and cursors by the
 * order in which they were first seen, and the instants of release and alerts likewise. What is equal in two worlds is
 * equal to the byte.
 */
export class Transcript {
  readonly lines: string[] = [];
  readonly #ids = new Names('id');
  readonly #cursors = new Names('cursor');
  readonly #instants = new Names('instant');

  /** @param heard JSON */
  note(asked: string, variables: unknown, heard: unknown): void {
    this.lines.push(JSON.stringify({ asked, variables: this.#plain(variables), heard: this.#plain(heard) }));
  }

  /** How an id is called here. */
  nameOf(id: string): string {
    return this.#ids.of(id);
  }

  #plain(value: unknown, key = ''): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#plain(one, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#plain(one, name)]));
    if (typeof value !== 'string') return value;
    if (CURSORS.has(key)) return this.#cursors.of(value);
    if (INSTANTS.has(key)) return this.#instants.of(value);
    return value.replace(UUID, (id) => this.#ids.of(id));
  }
}

/** Where two transcripts part, with what stands around it in both; null where they are equal to the byte. */
export function firstDifference(
  one: readonly string[],
  other: readonly string[],
): { readonly line: number; readonly asked: string; readonly one: string; readonly other: string } | null {
  for (let line = 0; line < Math.max(one.length, other.length); line++) {
    const [a, b] = [one[line] ?? '', other[line] ?? ''];
    if (a === b) continue;
    let at = 0;
    while (a[at] === b[at]) at += 1;
    const around = (text: string): string => text.slice(Math.max(0, at - AROUND), at + AROUND);
    return { line, asked: a.slice(0, AROUND), one: around(a), other: around(b) };
  }
  return null;
}
const AROUND = 120;

const CURSORS: ReadonlySet<string> = new Set(['cursor', 'startCursor', 'endCursor', 'after']);
/** When something became visible: a fact of its own that every reader is shown, and other in every run. */
const INSTANTS: ReadonlySet<string> = new Set([
  'releasedAt',
  'raisedAt',
  'updatedAt',
  'since',
  'asOf',
  'createdAt',
  'at',
  'nextAttemptAt',
]);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

class Names {
  readonly #names = new Map<string, string>();

  constructor(private readonly kind: string) {}

  of(value: string): string {
    const known = this.#names.get(value) ?? `${this.kind} ${this.#names.size + 1}`;
    this.#names.set(value, known);
    return known;
  }
}
