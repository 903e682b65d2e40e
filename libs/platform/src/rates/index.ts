export type { Budget } from './budget.js';
export { openRateStore, type Charge, type RateStore, type Spent } from './rate-store.js';
