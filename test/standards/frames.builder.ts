import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import { eventually, type AlertEvent } from '../flows/flow-client.builder.js';

export const PROTOCOL = 'graphql-transport-ws';

/** A message of the protocol as it came. */
export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: {
    readonly mark?: string;
    readonly data?: { readonly alertRaised?: AlertEvent };
    readonly errors?: readonly unknown[];
  };
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A plain `ws` client: it knows frames and nothing of graphql-transport-ws, so that a test may break every rule of it. */
export class FrameSocket {
  readonly messages: Message[] = [];
  readonly closed: Promise<Closed>;
  isClosed = false;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.isClosed = true;
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as Message));
    socket.on('error', () => undefined);
  }

  static async open(
    url: string,
    protocols: string | string[] = PROTOCOL,
    options: ClientOptions = {},
  ): Promise<FrameSocket> {
    const socket = new WebSocket(url.replace('http', 'ws'), protocols, { perMessageDeflate: false, ...options });
    const frames = new FrameSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return frames;
  }

  /** A string as it is, bytes as a binary frame, anything else as JSON. */
  send(...frames: readonly unknown[]): this {
    for (const frame of frames) {
      if (this.socket.readyState !== WebSocket.OPEN) return this;
      this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
    }
    return this;
  }

  async signIn(token: string, purpose = 'INVESTIGATION; ref=TEST-2026-001'): Promise<this> {
    this.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}`, purpose } });
    await this.until((messages) => messages.some(({ type }) => type === 'connection_ack'));
    return this;
  }

  async until(enough: (messages: readonly Message[]) => boolean): Promise<readonly Message[]> {
    return eventually(`enough frames; came: ${JSON.stringify(this.messages).slice(0, 500)}`, () =>
      enough(this.messages) ? this.messages : this.isClosed && ended(this),
    );
  }

  /** Waits until the server has answered a ping: it has then looked at all that was sent before. */
  async settled(): Promise<void> {
    const mark = randomBytes(6).toString('hex');
    this.send({ type: 'ping', payload: { mark } });
    await this.until((messages) => messages.some(({ payload }) => payload?.mark === mark));
    this.messages.splice(
      this.messages.findIndex(({ payload }) => payload?.mark === mark),
      1,
    );
  }

  async close(): Promise<void> {
    if (!this.isClosed) this.socket.terminate();
    await this.closed;
  }
}

function ended(frames: FrameSocket): never {
  throw new Error(`the socket is closed; came: ${JSON.stringify(frames.messages).slice(0, 500)}`);
}

/** Opcodes of RFC 6455, 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WireFrame {
  readonly opcode: number;
  readonly payload: Buffer | string;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly masked?: boolean;
  /** A length that the frame claims, where it is not the payload's. */
  readonly claims?: number;
}

/** One frame, byte by byte. */
export function frame({ opcode, payload, fin = true, rsv1 = false, masked = true, claims }: WireFrame): Buffer {
  const body = Buffer.from(payload);
  const length = claims ?? body.length;
  const head = [(fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode];
  const mask = masked ? randomBytes(4) : Buffer.alloc(0);
  const covered = masked ? body.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : body;
  return Buffer.concat([Buffer.from(head), sizeOf(length, masked), mask, covered]);
}

function sizeOf(length: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (length < 126) return Buffer.from([bit | length]);
  const size = Buffer.alloc(length < 65_536 ? 3 : 9);
  size.writeUInt8(bit | (size.length === 3 ? 126 : 127), 0);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  else size.writeBigUInt64BE(BigInt(length), 1);
  return size;
}

/** A TCP connection that shook hands by hand: for what no WebSocket client sends. */
export class WireSocket {
  #received = Buffer.alloc(0);
  isClosed = false;

  private constructor(
    readonly socket: Socket,
    readonly response: string,
  ) {
    socket.on('data', (data: Buffer) => (this.#received = Buffer.concat([this.#received, data])));
    socket.on('close', () => (this.isClosed = true));
    socket.on('error', () => undefined);
  }

  static async open(url: string, headers: readonly string[] = []): Promise<WireSocket> {
    const { port, host } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      [
        'GET /graphql HTTP/1.1',
        `Host: ${host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        `Sec-WebSocket-Protocol: ${PROTOCOL}`,
        ...headers,
        '\r\n',
      ].join('\r\n'),
    );
    const response = await new Promise<string>((resolve, reject) => {
      socket.once('data', (data: Buffer) => resolve(data.toString('latin1')));
      socket.once('error', reject);
    });
    return new WireSocket(socket, response);
  }

  send(...shapes: readonly (WireFrame | Buffer)[]): this {
    for (const shape of shapes) this.socket.write(Buffer.isBuffer(shape) ? shape : frame(shape));
    return this;
  }

  text(message: unknown): this {
    return this.send({ opcode: OPCODE.text, payload: JSON.stringify(message) });
  }

  /** Frames that came whole; the server's are not masked. */
  get frames(): { opcode: number; payload: Buffer }[] {
    const frames = [];
    for (let at = 0; at + 2 <= this.#received.length;) {
      const opcode = (this.#received[at] ?? 0) & 0x0f;
      const short = (this.#received[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + header > this.#received.length) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? this.#received.readUInt16BE(at + 2)
            : Number(this.#received.readBigUInt64BE(at + 2));
      if (at + header + length > this.#received.length) break;
      frames.push({ opcode, payload: this.#received.subarray(at + header, at + header + length) });
      at += header + length;
    }
    return frames;
  }

  /** The close frame that came; null when the connection ended without one. */
  async closing(): Promise<Closed | null> {
    return eventually('a close frame', () => {
      const close = this.frames.find(({ opcode }) => opcode === OPCODE.close);
      if (close !== undefined)
        return { code: close.payload.readUInt16BE(0), reason: close.payload.subarray(2).toString() };
      if (this.isClosed) throw new Error('closed without a close frame');
      return null;
    });
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await eventually('closed', () => this.isClosed);
  }
}
