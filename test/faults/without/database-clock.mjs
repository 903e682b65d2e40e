// Preloaded (NODE_OPTIONS=--import) into a process of a fleet: it goes by its own machine's clock, as before there was one
// for all. FLEET_DIST is the build it runs.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const door = join(process.env.FLEET_DIST, 'libs/platform/src/database-link/index.js');
const { DatabaseClock } = await import(pathToFileURL(door).href);
DatabaseClock.prototype.now = () => new Date();
