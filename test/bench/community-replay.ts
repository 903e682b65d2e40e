import { quantile, round } from './measures.js';

/** A record in a class, at the moment of its submission. */
export interface Arrival {
  readonly record: number;
  readonly agency: string;
  readonly at: number;
  readonly name: string;
  readonly fiscalYear: number;
}

const WEEK_MS = 7 * 86_400_000;
/** A Monday, 06:00 UTC. */
const SOME_MONDAY = Date.UTC(2018, 0, 1, 6);
const mondayAfter = (at: number, weeks = 1): number => {
  const length = weeks * WEEK_MS;
  return SOME_MONDAY + Math.ceil((at - SOME_MONDAY) / length) * length;
};

/** What batches let out of a stream of submissions, and what one release would. */
export class CommunityReplay {
  readonly #classes = new Map<string, Arrival[]>();

  constructor(private readonly arrivals: readonly Arrival[]) {
    for (const it of [...arrivals].sort((a, b) => a.at - b.at)) {
      const others = this.#classes.get(it.name);
      if (others) others.push(it);
      else this.#classes.set(it.name, [it]);
    }
  }

  result() {
    const oneShot = this.#oneShot();
    const weekly = this.#batches(1);
    const years = [...new Set(this.arrivals.map(({ fiscalYear }) => fiscalYear))].sort();
    const share = (released: ReadonlyMap<Arrival, unknown>, year: number | null): number => {
      const of = this.arrivals.filter(({ fiscalYear }) => year === null || fiscalYear === year);
      return round(of.filter((it) => released.has(it)).length / of.length, 4);
    };
    const shares = (released: ReadonlyMap<Arrival, unknown>) => ({
      all: share(released, null),
      ...Object.fromEntries(years.map((year) => [`FY${year}`, share(released, year)])),
    });
    const waits = [...weekly].map(([it, at]) => (at - it.at) / 86_400_000);
    return {
      candidates: this.arrivals.length,
      classes: this.#classes.size,
      oneRelease: shares(oneShot),
      weeklyBatches: shares(weekly),
      /** Compared, and not what is done. */
      batchesEvery4Weeks: shares(this.#batches(4)),
      /** The yearly rebuild lets out whole classes: what had waited in them is there from January on. */
      afterRebuild: shares(oneShot),
      daysUntilLetOut: { p50: round(quantile(waits, 0.5), 1), p90: round(quantile(waits, 0.9), 1) },
    };
  }

  #oneShot(): Map<Arrival, number> {
    const released = new Map<Arrival, number>();
    for (const members of this.#classes.values())
      if (hasCompany(members)) for (const it of members) released.set(it, it.at);
    return released;
  }

  /** Whatever waits in a class goes out with the first batch in which it has company by itself. */
  #batches(weeks: number): Map<Arrival, number> {
    const released = new Map<Arrival, number>();
    for (const members of this.#classes.values()) {
      let waiting: Arrival[] = [];
      for (const [n, it] of members.entries()) {
        waiting.push(it);
        const batch = mondayAfter(it.at, weeks);
        const next = members[n + 1];
        if (next !== undefined && mondayAfter(next.at, weeks) === batch) continue;
        if (!hasCompany(waiting)) continue;
        for (const one of waiting) released.set(one, batch);
        waiting = [];
      }
    }
    return released;
  }
}

function hasCompany(members: readonly Arrival[]): boolean {
  return (
    new Set(members.map(({ record }) => record)).size >= 5 && new Set(members.map(({ agency }) => agency)).size >= 2
  );
}
