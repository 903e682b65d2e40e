import { Gauge } from 'prom-client';
import type { MetricsRegistry } from './registry.js';

/** What is asked of a pool of connections. */
export interface ObservedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waiting: number;
}

const pools = new WeakMap<MetricsRegistry, Map<string, ObservedPool>>();

/** Shows a pool under the label `pool`; several processes' worth of pools may share one registry. */
export function observePool(registry: MetricsRegistry, name: string, pool: ObservedPool): void {
  const known = pools.get(registry) ?? declare(registry);
  known.set(name, pool);
}

function declare(registry: MetricsRegistry): Map<string, ObservedPool> {
  const observed = new Map<string, ObservedPool>();
  pools.set(registry, observed);
  const gauge = (name: string, help: string, read: (pool: ObservedPool) => number): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      labelNames: ['pool'],
      registers: [registry],
      collect: () => {
        for (const [label, pool] of observed) made.set({ pool: label }, read(pool));
      },
    });
  };
  gauge('concord_pool_connections', 'Connections to PostgreSQL.', (pool) => pool.totalCount);
  gauge('concord_pool_idle', 'Of these, idle.', (pool) => pool.idleCount);
  gauge('concord_pool_waiting', 'Who waits for a connection.', (pool) => pool.waiting);
  return observed;
}
