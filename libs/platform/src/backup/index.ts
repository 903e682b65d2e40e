/** The door of backup: every table in one snapshot to files, from files into an empty database, and whether both are whole. */
export { BackupError, refuseFaults, type BackupFault, type BackupFaultCode } from './backup.error.js';
export { BackupKey } from './backup-key.js';
export { checkSoundness } from './database-soundness.js';
export type { Manifest, ManifestTable } from './manifest.js';
export { openBackup, verifyBackup, type OpenedBackup } from './read-backup.js';
export { restoreBackup, type RestoreOptions } from './restore-backup.js';
export { writeBackup, type BackupOptions } from './write-backup.js';
