/** The door of testing: real databases and queues that live as long as a test, and people and agencies to fill them. */
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { freePort } from './free-port.js';
export { FaultProxy, type Fault } from './fault-proxy.js';
export { locateRedisServer, startTestRedis, type TestRedis } from './test-redis.js';
export { testQueueBackends, type RunningTestQueue, type TestQueueBackend } from './test-queue-backends.js';
export {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  addRegion,
  addTaskForce,
  addTaskForceAgency,
  addTaskForceMember,
  END_OF_TIME,
  type Validity,
} from './test-directory.js';
