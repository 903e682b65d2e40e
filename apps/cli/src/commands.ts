import { agencyCommand } from './agency.command.js';
import { appointCommand } from './appoint.command.js';
import { backupCommand } from './backup.command.js';
import type { Command } from './command.js';
import { digestCommand } from './digest.command.js';
import { exportCommand } from './export.command.js';
import { importCommand } from './import.command.js';
import { enableCommand } from './enable.command.js';
import { laboratoryCommand } from './laboratory.command.js';
import { migrateCommand } from './migrate.command.js';
import { monthCommand } from './month.command.js';
import { releasePolicyCommand } from './release-policy.command.js';
import { restoreCommand } from './restore.command.js';
import { revokeCommand } from './revoke.command.js';
import { seedCommand } from './seed.command.js';
import { submitCommand } from './submit.command.js';
import { templateCommand } from './template.command.js';
import { verifyCommand } from './verify.command.js';
import { watchCommand } from './watch.command.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  migrateCommand,
  appointCommand,
  revokeCommand,
  enableCommand,
  backupCommand,
  restoreCommand,
  verifyCommand,
  templateCommand,
  submitCommand,
  laboratoryCommand,
  digestCommand,
  monthCommand,
  seedCommand,
  importCommand,
  agencyCommand,
  exportCommand,
  releasePolicyCommand,
  watchCommand,
];
