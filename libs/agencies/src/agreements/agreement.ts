import type { PurposeCode, SharingCode } from '@concord/codes';

/**
 * What an agreement covers. A class stands here when there is something of it to share: the records of seizures, their
 * alerts and the counts over them.
 */
export const DATA_CLASSES = ['SEIZURE_RECORDS'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** Whom to ask about it. */
export interface AgreementContact {
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
}

/** An agency that an agreement names. It carries keys under it from `signedAt` on, and until `until`. */
export interface AgreementParty {
  readonly ori: string | null;
  readonly name: string;
  /** Null: it has not signed, or signed before signatures were kept; see `signed`. */
  readonly signedAt: Date | null;
  readonly signed: boolean;
  readonly until: Date | null;
}

export interface Agreement {
  readonly id: string;
  readonly name: string;
  readonly parties: readonly AgreementParty[];
  readonly purposes: readonly PurposeCode[];
  /** How widely its parties may share their own records. */
  readonly widestSharing: SharingCode;
  readonly dataClasses: readonly DataClass[];
  readonly from: Date;
  /** Null: until somebody ends it. */
  readonly until: Date | null;
  readonly contact: AgreementContact;
  /** SHA-256 of the signed text, which is kept by those who signed it. */
  readonly textDigest: string;
  readonly endedReason: string | null;
}
