import { MAX_BODY_BYTES } from '../graphql/limits.js';

/** What a socket, a person, an address and all of them together may take. All on by default; docs/live.md lists them. */
export interface LiveLimits {
  /** From the handshake to connection_init; then 4408. */
  readonly initTimeoutMs: number;
  /** Sockets of this process, those that are not signed in yet, and those of one person; one more gets 1013. */
  readonly sockets: number;
  readonly socketsPending: number;
  readonly socketsPerPerson: number;
  /** Operations that run at once on one socket; one more gets LIMIT_EXCEEDED. */
  readonly operationsPerSocket: number;
  /** Handshakes a minute from one address (IPv6: from one /64); one more gets HTTP 429. */
  readonly handshakesPerMinute: number;
  /** Largest message, in bytes, and largest one of somebody who is not signed in yet; then 1009. */
  readonly messageBytes: number;
  readonly strangerMessageBytes: number;
  /** Longest operation id, in characters: every answer repeats it. Then 4400. */
  readonly idLength: number;
  /** What comes in on one socket: frames and bytes a second, twice that at once; then 1008. */
  readonly framesPerSecond: number;
  readonly bytesPerSecond: number;
  /** What one socket, and all together, may let pile up unread, in bytes; then 1013. */
  readonly bufferedBytes: number;
  readonly bufferedBytesInTotal: number;
  /** Time from a ping's answer to the next ping, and for its answer; then the socket is cut. */
  readonly pingEveryMs: number;
  readonly pongTimeoutMs: number;
  /** A signed-in socket on which nothing runs for this long is closed with 1000. */
  readonly idleMs: number;
  /** What a client has for its half of the closing handshake. */
  readonly closeTimeoutMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  initTimeoutMs: 5_000,
  sockets: 2_000,
  socketsPending: 500,
  socketsPerPerson: 20,
  operationsPerSocket: 20,
  handshakesPerMinute: 1_200,
  messageBytes: MAX_BODY_BYTES,
  strangerMessageBytes: 16 * 1024,
  idLength: 128,
  framesPerSecond: 100,
  bytesPerSecond: 1024 * 1024,
  bufferedBytes: 1024 * 1024,
  bufferedBytesInTotal: 64 * 1024 * 1024,
  pingEveryMs: 20_000,
  pongTimeoutMs: 20_000,
  // CJIS SC-10: a connection ends with its session, or after an hour without use.
  idleMs: 60 * 60 * 1_000,
  closeTimeoutMs: 2_000,
};
