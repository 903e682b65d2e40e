import type { Logger } from '@concord/platform/logging';
import { MessageType, parseMessage, type Message, type Server } from 'graphql-ws';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { SignedIn } from '../sign-in/sign-in.js';
import { Allowance } from './allowance.js';
import { CLOSINGS, withinBytes, type Closing } from './closing.js';
import type { LiveLimits } from './live-limits.js';

interface Operation {
  readonly stop: AbortController;
  /** When graphql-ws has let go of its id. */
  readonly over: Promise<void>;
}

interface LiveConnectionOptions {
  readonly client: WebSocket;
  /** The handshake. */
  readonly request: IncomingMessage;
  /** The connection below. */
  readonly transport: Duplex;
  readonly limits: LiveLimits;
  readonly log: Logger;
}

/**
 * One socket between `ws` and graphql-ws: what comes in is counted and looked at first, what goes out may not pile up,
 * and it ends by one of {@link CLOSINGS}. After that nothing that it still sends is looked at.
 */
export class LiveConnection {
  readonly #operations = new Map<string, Operation>();
  readonly #frames: Allowance;
  readonly #bytes: Allowance;
  #hand: (text: string) => Promise<void> = () => Promise.resolve();
  #signedIn: SignedIn | null = null;
  #running = 0;
  #bytesSeen = 0;
  #usedAt = performance.now();
  #ping: { readonly nonce: Buffer | null; readonly at: number } = { nonce: null, at: performance.now() };

  constructor(private readonly options: LiveConnectionOptions) {
    this.#frames = new Allowance(options.limits.framesPerSecond, performance.now());
    this.#bytes = new Allowance(options.limits.bytesPerSecond, performance.now());
  }

  /** Hands the socket to graphql-ws; `gone` is called once, when it is over. */
  open(server: Server<LiveConnection>, gone: () => void): void {
    const { client } = this.options;
    const closed = server.opened(
      {
        protocol: client.protocol,
        send: (text) => this.#send(text),
        close: (code, reason) => this.end({ code: code ?? CLOSINGS.broken.code, reason: reason ?? '' }),
        onMessage: (hand) => {
          this.#hand = hand;
        },
      },
      this,
    );
    client.on('message', (data, isBinary) => this.#receive(data, isBinary));
    client.on('ping', () => this.#count(1));
    client.on('pong', (data) => this.#answered(data));
    // Frames that break RFC 6455 or are too large: `ws` has closed the socket with the code for it.
    client.on('error', () => undefined);
    client.once('close', (code, reason) => {
      for (const { stop } of this.#operations.values()) stop.abort();
      gone();
      void Promise.resolve(closed(code, reason.toString())).catch((error: unknown) => this.#failed(error));
    });
  }

  get isOpen(): boolean {
    return this.options.client.readyState === this.options.client.OPEN;
  }

  get request(): IncomingMessage {
    return this.options.request;
  }

  get signedIn(): SignedIn | null {
    return this.#signedIn;
  }

  /** Operations that run or are about to. */
  get running(): number {
    return this.#running;
  }

  get bufferedBytes(): number {
    return this.options.client.bufferedAmount;
  }

  /** @returns whether the socket is still there for it */
  signIn(signedIn: SignedIn): boolean {
    if (!this.isOpen) return false;
    this.#signedIn = signedIn;
    this.#usedAt = performance.now();
    return true;
  }

  onClosed(told: () => void): void {
    this.options.client.once('close', told);
  }

  /** Aborted when the operation is completed by either side, or the socket is gone. */
  signalOf(id: string): AbortSignal {
    return this.#operations.get(id)?.stop.signal ?? AbortSignal.abort();
  }

  /** Ends the socket and all that runs on it; the client has a moment for its half of the handshake, then it is cut. */
  end({ code, reason }: Closing): void {
    if (!this.isOpen) return;
    this.options.client.close(code, withinBytes(reason));
    for (const { stop } of this.#operations.values()) stop.abort();
  }

  /** What time brings, once a second. */
  look(): void {
    if (!this.isOpen || !this.#count(0)) return;
    const at = performance.now();
    if (this.#signedIn !== null && this.#running === 0 && at - this.#usedAt > this.options.limits.idleMs)
      this.end(CLOSINGS.idle);
    else if (this.#ping.nonce !== null && at - this.#ping.at > this.options.limits.pongTimeoutMs)
      this.options.client.terminate();
    else if (this.#ping.nonce === null && at - this.#ping.at > this.options.limits.pingEveryMs) {
      // Not to be guessed: who answers has read all that was sent before it.
      this.#ping = { nonce: randomBytes(8), at };
      this.options.client.ping(this.#ping.nonce);
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.isOpen || !this.#count(1)) return;
    if (isBinary) return this.end(CLOSINGS.binary);
    const bytes = bytesOf(data);
    if (this.#signedIn === null && bytes.length > this.options.limits.strangerMessageBytes)
      return this.end(CLOSINGS.tooBig);
    const text = bytes.toString('utf8');
    const message = readMessage(text);
    if (message === null) this.end(CLOSINGS.invalid);
    else this.#route(message, text);
  }

  #route(message: Message, text: string): void {
    switch (message.type) {
      case MessageType.Subscribe:
        this.#usedAt = performance.now();
        return this.#start(message.id, text);
      case MessageType.Complete:
        // At once, and not when graphql-ws has waited for what the operation waits for.
        this.#operations.get(message.id)?.stop.abort();
        return void this.#give(text);
      case MessageType.ConnectionInit:
      case MessageType.Ping:
      case MessageType.Pong:
        return void this.#give(text);
      // Only a server sends these.
      case MessageType.ConnectionAck:
      case MessageType.Next:
      case MessageType.Error:
        return this.end(CLOSINGS.invalid);
    }
  }

  /**
   * One operation from its `subscribe` to its end. Its id is free again as soon as the client completes it; graphql-ws
   * would then take what is still being prepared under it for the new one, so the new one waits until it is over.
   */
  #start(id: string, text: string): void {
    // graphql-ws answers it with 4401.
    if (this.#signedIn === null) return void this.#give(text);
    if (id.length > this.options.limits.idLength) return this.end(CLOSINGS.idTooLong);
    const before = this.#operations.get(id);
    if (before !== undefined && !before.stop.signal.aborted) return this.end(CLOSINGS.duplicate);
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      await before?.over;
      if (!stop.signal.aborted) await this.#give(text);
    };
    this.#running += 1;
    const operation = { stop, over: run().finally(() => this.#finish(id, operation)) };
    this.#operations.set(id, operation);
  }

  #finish(id: string, operation: Operation): void {
    this.#running -= 1;
    this.#usedAt = performance.now();
    operation.stop.abort();
    if (this.#operations.get(id) === operation) this.#operations.delete(id);
  }

  async #give(text: string): Promise<void> {
    try {
      await this.#hand(text);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.options.log.error({ err: error }, 'socket.failed');
    this.end(CLOSINGS.broken);
  }

  /** Resolves when the frame is with the kernel, so that a stream waits for its reader. */
  #send(text: string): Promise<void> {
    if (this.isOpen && this.bufferedBytes > this.options.limits.bufferedBytes) this.end(CLOSINGS.tooSlow);
    if (!this.isOpen) return Promise.resolve();
    // An error here is the socket's, which then closes.
    return new Promise((resolve) => this.options.client.send(text, () => resolve()));
  }

  #answered(data: Buffer): void {
    this.#count(1);
    if (this.#ping.nonce?.equals(data)) this.#ping = { nonce: null, at: performance.now() };
  }

  /** Counts frames, and what came in since: bytes are read off the connection, so that no frame hides them. */
  #count(frames: number): boolean {
    const now = performance.now();
    const read = this.options.transport instanceof Socket ? this.options.transport.bytesRead : 0;
    const [before] = [this.#bytesSeen, (this.#bytesSeen = read)];
    if (this.#frames.take(frames, now) && this.#bytes.take(read - before, now)) return true;
    this.end(CLOSINGS.tooMuch);
    return false;
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function readMessage(text: string): Message | null {
  try {
    return parseMessage(text);
  } catch {
    return null;
  }
}
