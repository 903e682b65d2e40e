import { processTerminal } from './config.js';
import { runProgram } from './run-command.js';

/** `concord <command>`: what is done at a terminal, beside the running processes. */
process.exitCode = await runProgram(process.argv.slice(2), processTerminal);
