/**
 * Ends a transfer in which nothing has come or gone for so long. A whole transfer may take any time: a file is as long as it
 * is, and a line as slow.
 */
export class Silence {
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  /** @param ms how long nothing may move */
  constructor(ms: number, signal: AbortSignal | undefined) {
    this.#timer = setTimeout(() => this.#stop.abort(), ms);
    this.signal = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
  }

  /** Whether it was silence that has ended it. */
  get isTooLong(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Something has come or gone. */
  broken(): void {
    if (!this.isTooLong) this.#timer.refresh();
  }

  /** Nobody waits any more. */
  over(): void {
    clearTimeout(this.#timer);
  }
}

/** In pieces that are seen to go: of a body that is handed over whole, nobody sees how far it has come. */
const PIECE_BYTES = 65_536;

/** The same bytes, each piece of which breaks the silence when it is asked for. */
export async function* heard(
  body: string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  silence: Silence,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      silence.broken();
      yield bytes.subarray(at, at + PIECE_BYTES);
    }
  } else
    for await (const piece of body) {
      silence.broken();
      yield piece;
    }
  silence.broken();
}

/**
 * The same stream, of which a piece that does not come is an error. While nobody asks for one, nobody waits.
 *
 * @param fail what is thrown when it broke off or fell silent
 */
export function watched(
  body: ReadableStream<Uint8Array>,
  { ms, signal, fail }: { readonly ms: number; readonly signal: AbortSignal | undefined; readonly fail: Fail },
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        const silence = new Silence(ms, signal);
        const cut = (): void => void reader.cancel(silence.signal.reason).catch(() => undefined);
        silence.signal.addEventListener('abort', cut, { once: true });
        try {
          const { done, value } = await reader.read();
          signal?.throwIfAborted();
          // A stream that is cancelled says that it is at its end.
          if (silence.isTooLong) throw fail(null, true);
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          signal?.throwIfAborted();
          throw silence.isTooLong ? fail(null, true) : fail(error, false);
        } finally {
          silence.signal.removeEventListener('abort', cut);
          silence.over();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

type Fail = (error: unknown, wasSilent: boolean) => Error;
