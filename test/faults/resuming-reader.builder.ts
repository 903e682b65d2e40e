import type { AlertEvent, LiveStream } from '../flows/flow-client.builder.js';

/** A client as docs/live.md asks for: whenever its stream ends it comes back with the last cursor. */
export class ResumingReader {
  readonly done: AlertEvent[] = [];
  /** How its streams ended: close codes, `completed`, `cut` by itself, or an error. */
  readonly endings: (number | string)[] = [];
  connections = 0;
  #live: LiveStream | null = null;
  #stopped = false;
  #reading: Promise<void> = Promise.resolve();

  /**
   * @param open a new connection, to whatever is in service
   * @param cutAfter so many events of one connection it takes, and then it cuts that itself
   */
  constructor(
    private readonly open: (after: string | null) => LiveStream,
    private readonly options: {
      readonly from: string | null;
      readonly cutAfter?: () => number;
      /** Switched off, to see that it is needed. */
      readonly forgetsItsCursor?: boolean;
    },
  ) {
    this.#reading = this.#read();
  }

  /** The cursor from which all counts. */
  get first(): string {
    return this.options.from ?? '';
  }

  get got(): AlertEvent[] {
    return [...this.done, ...(this.#live?.events ?? [])];
  }

  /** `alert revision`, in the order in which they came. */
  get told(): string[] {
    return this.got.map(({ alert }) => `${alert.id} ${alert.revision}`);
  }

  cut(): void {
    this.#live?.cut();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.cut();
    await this.#reading;
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      this.connections += 1;
      const kept = this.done.at(-1)?.cursor ?? this.options.from;
      const live = this.open(this.options.forgetsItsCursor === true && this.connections > 1 ? null : kept);
      this.#live = live;
      const enough = this.options.cutAfter?.() ?? Number.POSITIVE_INFINITY;
      let ending: unknown = undefined;
      void live.ended.then((value) => (ending = value ?? 'completed'));
      while (ending === undefined && !this.#stopped && live.isOpen && live.events.length < enough) await turn(2);
      live.cut();
      this.#live = null;
      this.done.push(...live.events);
      this.endings.push(codeOf(ending));
      // Whoever is refused does not knock at once.
      if (live.events.length === 0) await turn(50);
    }
  }
}

const turn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function codeOf(ending: unknown): number | string {
  if (ending === undefined) return 'cut';
  if (typeof ending === 'string') return ending;
  if (typeof ending === 'object' && ending !== null) {
    const code: unknown = Reflect.get(ending, 'code');
    if (typeof code === 'number' || typeof code === 'string') return code;
    if (Array.isArray(ending)) return `error ${String(ending[0]?.extensions?.code)}`;
  }
  return 'another error';
}
