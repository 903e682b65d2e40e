// Preloaded (NODE_OPTIONS=--import) into a worker of a fleet: BullMQ's worker as it comes, which asks a store that answers
// with an error again at once.
import { Worker } from 'bullmq';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = join(process.env.FLEET_DIST, 'libs/platform/src/queue/patient-worker.js');
const { PatientWorker } = await import(pathToFileURL(file).href);
PatientWorker.prototype.moveToActive = Worker.prototype.moveToActive;
