import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to bytes on their way. Applies to connections that are open and to those that come. */
export type Fault =
  | { readonly kind: 'none' }
  /** Each chunk arrives this much later, either way. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Bytes vanish both ways, connections stay open, new ones are accepted and stay silent: no RST, no FIN. */
  | { readonly kind: 'black-hole' }
  /** One byte at a time. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

const NONE: Fault = { kind: 'none' };
const BLACK_HOLE: Fault = { kind: 'black-hole' };
const SLOW_STEP_MS = 20;

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Of this link alone. */
  fault: Fault | null;
  /** One side has left and the other has not heard of it. */
  parting: boolean;
  /** Bytes of it vanished: TCP does not go on after a gap, so nothing is carried any more, healed or not. */
  lost: boolean;
}

/** A TCP proxy in front of PostgreSQL or Redis that does to the link what networks do. */
export class FaultProxy {
  readonly #links = new Set<Link>();
  #server: Server | null = null;
  #fault: Fault = NONE;
  #port = 0;
  #bytesFromServer = 0;
  #cutAnswers: number | null = null;

  private constructor(
    private target: { readonly host: string; readonly port: number },
    private readonly url: URL,
  ) {}

  /** @param address of what it stands before: `postgres://…`, `redis://…` */
  static async before(address: string): Promise<FaultProxy> {
    const url = new URL(address);
    const port = Number(url.port || (url.protocol.startsWith('redis') ? 6379 : 5432));
    const proxy = new FaultProxy({ host: url.hostname, port }, url);
    await proxy.listen();
    return proxy;
  }

  /** An address (the same, or another user's or database's) by way of this proxy. */
  through(address: string = this.url.href): string {
    const url = new URL(address);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  /** What it stands before from now on: a server that came back on another port. */
  retarget(address: string): void {
    const url = new URL(address);
    this.target = { host: url.hostname, port: Number(url.port) };
  }

  get links(): number {
    return this.#links.size;
  }

  /** So far, for cutting somewhere in the middle of what is known to come. */
  get bytesFromServer(): number {
    return this.#bytesFromServer;
  }

  set(fault: Fault): void {
    this.#fault = fault;
  }

  /** Breaks the connection that was made last, and no other, for as long as it is open. */
  breakNewest(fault: Fault): void {
    const newest = [...this.#links].at(-1);
    if (newest !== undefined) newest.fault = fault;
  }

  /** Cuts every connection now (RST); those that come are let through. */
  cut(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Lets this many more bytes of answers through and then cuts everything: what was asked is done, and nobody is told. */
  cutAfterAnswers(bytes: number): void {
    this.#cutAnswers = bytes;
  }

  /** Cuts everything and refuses what comes (ECONNREFUSED), until `listen`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    this.heal();
    this.cut();
    await closed;
  }

  /** Listens again on the same port, and heals. */
  async listen(): Promise<void> {
    this.heal();
    if (this.#server !== null) return;
    const server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    this.#port = address.port;
  }

  /** Heals. What was swallowed stays lost: connections on which bytes vanished are dead, and only their owners can know. */
  heal(): void {
    this.#fault = NONE;
    for (const link of this.#links) if (link.parting) this.#part(link);
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  #join(client: Socket): void {
    const server = connect(this.target);
    const link: Link = { client, server, fault: null, parting: false, lost: false };
    this.#links.add(link);
    const part = (): void => {
      // A goodbye is bytes too: in a black hole the other side does not hear of it, until it heals.
      if ((link.fault ?? this.#fault).kind === 'black-hole') link.parting = true;
      else this.#part(link);
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', part);
      socket.on('end', part);
    }
    const fault = (): Fault => {
      const now = link.lost ? BLACK_HOLE : (link.fault ?? this.#fault);
      // Asked when there is something to carry.
      link.lost = now.kind === 'black-hole';
      return now;
    };
    const towardsServer = new Lane(server, fault);
    const towardsClient = new Lane(client, fault);
    client.on('data', (bytes) => towardsServer.carry(bytes));
    server.on('data', (bytes) => {
      this.#bytesFromServer += bytes.length;
      if (this.#cutAnswers !== null && bytes.length > this.#cutAnswers) {
        this.#cutAnswers = null;
        this.cut();
        return;
      }
      if (this.#cutAnswers !== null) this.#cutAnswers -= bytes.length;
      towardsClient.carry(bytes);
    });
  }

  #part(link: Link): void {
    this.#links.delete(link);
    link.client.destroy();
    link.server.destroy();
  }
}

/** One direction of a link: bytes arrive in the order in which they were sent, whatever happens to them. */
class Lane {
  #tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly to: Socket,
    private readonly fault: () => Fault,
  ) {}

  carry(bytes: Buffer): void {
    const fault = this.fault();
    if (fault.kind === 'black-hole') return;
    const due = fault.kind === 'latency' ? performance.now() + fault.ms : 0;
    this.#tail = this.#tail.then(async () => {
      await sleep(due - performance.now());
      await this.#deliver(bytes);
    });
  }

  async #deliver(bytes: Buffer): Promise<void> {
    let rest = bytes;
    for (let fault = this.fault(); fault.kind === 'slow' && rest.length > 0; fault = this.fault()) {
      const step = Math.max(1, Math.round((fault.bytesPerSecond * SLOW_STEP_MS) / 1_000));
      this.#send(rest.subarray(0, step));
      rest = rest.subarray(step);
      await sleep((step * 1_000) / fault.bytesPerSecond);
    }
    // What was under way when the hole opened is lost in it.
    if (this.fault().kind !== 'black-hole') this.#send(rest);
  }

  #send(bytes: Buffer): void {
    if (!this.to.destroyed && bytes.length > 0) this.to.write(bytes);
  }
}

const sleep = (ms: number): Promise<void> =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
