/** One revision of an alert on its way to one recipient over one channel; carries ids and no content. */
export interface OutgoingAlert {
  /** Stable over attempts: what a receiver knows a second one by. */
  readonly id: string;
  readonly alertId: string;
  readonly revision: number;
  readonly change: string;
  /** When it came into the inbox. */
  readonly toldAt: Date;
}

/** What became of one attempt. */
export type SendOutcome =
  | { readonly kind: 'delivered'; readonly status: number }
  /** Tried again; not before `afterMs`, where the receiver said so. */
  | { readonly kind: 'failed'; readonly reason: SendFault; readonly status: number | null; readonly afterMs?: number }
  /** The receiver wants no more of it. */
  | { readonly kind: 'ended'; readonly reason: SendFault; readonly status: number | null };

/** Why an attempt failed. Nothing that a receiver wrote is in it. */
export const SEND_FAULTS = [
  'ADDRESS_FORBIDDEN',
  'NAME_NOT_RESOLVED',
  'HTTPS_REQUIRED',
  'TIMED_OUT',
  'NOT_REACHED',
  'REDIRECTED',
  'REFUSED',
  'GONE',
  'NOT_ECHOED',
  'SECRET_BROKEN',
] as const;
export type SendFault = (typeof SEND_FAULTS)[number];
