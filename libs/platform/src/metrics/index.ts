export { countEvents, createMetrics, type MetricsRegistry } from './registry.js';
export { sampledGauges, type Sample } from './sampled-gauges.js';
export { observePool } from './pool-gauges.js';
export { listenForOperators, type OperationsListener } from './operations-listener.js';
