export { openRateStore, type Budget, type Charge, type RateStore, type Spent } from './rate-store.js';
