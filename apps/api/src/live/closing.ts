import { DomainError } from '@concord/platform/errors';
import { CloseCode } from 'graphql-ws';

/** Why a socket is closed, as its client sees it. `reason` is at most 123 bytes (RFC 6455, 5.5). */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const REASON_BYTES = 123;
const ELLIPSIS = '…';

/** Codes beside those of graphql-transport-ws, from RFC 6455's registry. Clients come back after 1001 and 1013. */
const NORMAL = 1000;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;

/** Every way in which this side ends a socket; docs/live.md has the table. */
export const CLOSINGS = {
  invalid: { code: CloseCode.BadRequest, reason: 'Not a message of graphql-transport-ws.' },
  binary: { code: CloseCode.BadRequest, reason: 'Send text, not binary.' },
  idTooLong: { code: CloseCode.BadRequest, reason: 'The id is too long.' },
  duplicate: { code: CloseCode.SubscriberAlreadyExists, reason: 'Subscriber for this id already exists' },
  broken: { code: CloseCode.InternalServerError, reason: 'INTERNAL: Something went wrong on our side.' },
  sessionOver: { code: CloseCode.Forbidden, reason: 'UNAUTHENTICATED: The session is over; sign in again.' },
  tooBig: { code: TOO_BIG, reason: 'LIMIT_EXCEEDED: The message is too large.' },
  tooMuch: { code: POLICY_VIOLATION, reason: 'LIMIT_EXCEEDED: Too much at once on one socket.' },
  tooSlow: { code: TRY_AGAIN_LATER, reason: 'LIMIT_EXCEEDED: Too slow; come back with your last cursor.' },
  full: { code: TRY_AGAIN_LATER, reason: 'LIMIT_EXCEEDED: Too many sockets are open; come back later.' },
  unavailable: { code: TRY_AGAIN_LATER, reason: 'UNAVAILABLE: Come back in a moment, with your last cursor.' },
  idle: { code: NORMAL, reason: 'Idle; come back when you need it.' },
  goingAway: { code: GOING_AWAY, reason: 'Going away; come back with your last cursor.' },
} as const satisfies Record<string, Closing>;

/**
 * What a refused connection_init is told: its code and what would be right. A stranger learns one thing only, for
 * UNAUTHENTICATED has one message. What is nobody's fault is no refusal: it says to come back.
 */
export function closingFor(error: unknown): Closing {
  if (!(error instanceof DomainError) || error.kind === 'unavailable') return CLOSINGS.unavailable;
  const reason = withinBytes(`${error.code}: ${error.message}`);
  return { code: error.kind === 'limit' ? TRY_AGAIN_LATER : CloseCode.Forbidden, reason };
}

/** Cut to what a close frame carries, at a space where there is one; `ws` throws for more. */
export function withinBytes(reason: string): string {
  const whole = reason.toWellFormed();
  if (Buffer.byteLength(whole) <= REASON_BYTES) return whole;
  let cut = whole;
  while (Buffer.byteLength(cut) > REASON_BYTES - ELLIPSIS.length * 3) cut = cut.slice(0, -1).toWellFormed();
  return cut.replace(/\s+\S*$/u, '') + ELLIPSIS;
}
