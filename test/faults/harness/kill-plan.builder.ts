import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import type { Fleet } from './fleet.builder.js';

export type Victim = 'api' | 'worker' | 'PostgreSQL' | 'Redis';

export interface Kill {
  readonly victim: Victim;
  /** Due when this many operations are settled. */
  readonly after: number;
  /** And this much later, in milliseconds: anywhere in a request. */
  readonly delayMs: number;
  /** How long it stays dead, in milliseconds. */
  readonly deadMs: number;
}

/** Kills spread over a load, every kind as often as any other and in an order of the seed's. */
export function planKills(
  random: SeededRandom,
  options: { readonly kills: number; readonly submissions: number; readonly victims: readonly Victim[] },
): Kill[] {
  const { kills, submissions, victims } = options;
  // The api first: a short load may be over by the time that anything else stands again, and nobody lost an answer then.
  const order: Victim[] = ['api'];
  while (order.length < kills) order.push(...shuffled(random, victims));
  return order.slice(0, kills).map((victim, n) => ({
    victim,
    after: Math.floor((submissions / kills) * (n + 0.2 + 0.6 * random.next())),
    delayMs: Math.round(random.next() * 50),
    deadMs: Math.round(random.next() * 500),
  }));
}

/** kill -9, and the start of another in its place. */
export async function kill(fleet: Fleet, { victim, deadMs }: Pick<Kill, 'victim' | 'deadMs'>): Promise<void> {
  const dead = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, deadMs));
  switch (victim) {
    case 'api':
    case 'worker': {
      const { process } = fleet[victim];
      await process.kill();
      await dead();
      return process.start();
    }
    case 'PostgreSQL':
      await fleet.killPostgres();
      await dead();
      return fleet.startPostgres();
    case 'Redis':
      await fleet.redis?.kill();
      await dead();
      return fleet.redis?.start();
  }
}

function shuffled<T>(random: SeededRandom, items: readonly T[]): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.between(0, left.length - 1), 1));
}
