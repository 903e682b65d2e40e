// Preloaded (NODE_OPTIONS=--import) into a worker of a fleet: no socket is given up because nothing comes over it.
import { Socket } from 'node:net';

Socket.prototype.setTimeout = function setTimeout() {
  return this;
};
