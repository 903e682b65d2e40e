/** What may be wrong with a backup, a database to restore into, or a restored one. Stable. */
export type BackupFaultCode =
  | 'NOT_A_BACKUP'
  | 'MANIFEST_CHANGED'
  | 'FORMAT_UNKNOWN'
  | 'KEY_NEEDED'
  | 'KEY_WRONG'
  | 'FILE_MISSING'
  | 'FILE_UNEXPECTED'
  | 'FILE_CHANGED'
  | 'CONTENT_CHANGED'
  | 'TARGET_EXISTS'
  | 'RIGHTS_MISSING'
  | 'NOT_MIGRATED'
  | 'NEWER_THAN_CODE'
  | 'MIGRATION_CHANGED'
  | 'NOT_EMPTY'
  | 'SCHEMA_DIFFERS'
  | 'UNSOUND';

export interface BackupFault {
  readonly code: BackupFaultCode;
  /** The file or table that it is about, when it is about one. */
  readonly subject?: string;
  /** For people: what is wrong, and what would be right. Never content of a row. */
  readonly message: string;
}

/** Nothing was written, or what was written was taken back; every fault that was found. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly faults: readonly BackupFault[];

  constructor(...faults: readonly [BackupFault, ...BackupFault[]]) {
    super(
      faults.map(({ subject, message }) => (subject === undefined ? message : `${subject}: ${message}`)).join('\n'),
    );
    this.faults = faults;
  }
}

/** Throws what was found, if anything was. @throws BackupError */
export function refuseFaults(faults: readonly BackupFault[]): void {
  const [first, ...others] = faults;
  if (first !== undefined) throw new BackupError(first, ...others);
}
