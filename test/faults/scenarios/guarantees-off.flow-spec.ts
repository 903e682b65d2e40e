import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { kill } from '../harness/kill-plan.builder.js';
import { byLength, SEED } from '../harness/length.config.js';
import { Load } from '../harness/load.builder.js';
import type { LoadReport } from '../harness/load-report.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';

const SUBMISSIONS = byLength(60, 600);
const QUIET_MS = 60_000;

/** What the harness is for: with a guarantee taken away, from outside and for this run alone, it has to say so. */
describe('#6 a guarantee is missing, queues on PostgreSQL', () => {
  test('without synchronous_commit a kill -9 of PostgreSQL loses what was acknowledged, and it is found', async () => {
    const began = performance.now();
    const settings = { synchronous_commit: 'off', wal_writer_delay: '10s' };
    const fleet = await Fleet.start({
      ...{ backend: 'PostgreSQL', database: 'own', workers: [], postgresSettings: settings },
    });
    let leave = (): Promise<void> => Promise.resolve();
    try {
      // What was there before the load is kept: only what clients were told is to be lost.
      await fleet.sql('checkpoint');
      const journal = new Journal<LoadReport>(null);
      const load = new Load({ fleet, journal, random: new SeededRandom(SEED), submissions: SUBMISSIONS, atOnce: 4 });
      const loading = load.run();
      leave = () => (load.stop(), loading);
      await load.reaches(Math.floor(SUBMISSIONS / 2));
      await kill(fleet, { victim: 'PostgreSQL', deadMs: 0 });
      await loading;
      const counted = await readBack(fleet, journal, { recipients: [] });
      const faults = tell({
        ...{ scenario: [6], name: 'kill -9', backend: 'PostgreSQL', without: 'synchronous_commit', counted },
        seconds: Math.round((performance.now() - began) / 1_000),
      });
      expect(faults.lost).toBeGreaterThan(0);
      expect(faults).toMatchObject({ duplicated: 0, leaked: 0 });
    } finally {
      await leave();
      await fleet.stop();
    }
  }, 240_000);

  test('with a view that is released to one state too many, who was not entitled sees it, and that is found', async () => {
    const began = performance.now();
    const fleet = await Fleet.start({ backend: 'PostgreSQL', database: 'shared' });
    try {
      const streams = await openReaders(fleet);
      await fleet.sql(`
        create function one_too_many() returns trigger language plpgsql as $$
        begin
          if new.precision = 'PARTNER' and new.audience <> '{}' then new.audience := new.audience || (select id from leak); end if;
          return new;
        end $$;
        create table leak as select id from access_key where key = 'state:53';
        grant select on leak to public;
        create trigger one_too_many before insert on record_view for each row execute function one_too_many()`);
      const journal = new Journal<LoadReport>(null);
      const random = new SeededRandom(SEED);
      await new Load({ fleet, journal, random, submissions: SUBMISSIONS, atOnce: 4 }).run();
      await quiesce(fleet, QUIET_MS);
      const counted = await readBack(fleet, journal, { streams });
      const faults = tell({
        ...{ scenario: [6], name: 'load', backend: 'PostgreSQL', without: 'the audience of a view', counted },
        seconds: Math.round((performance.now() - began) / 1_000),
      });
      expect(faults).toMatchObject({ lost: 0, duplicated: 0, unexpected: 0 });
      const leaks = counted
        .filter(({ tally }) => tally.leaked > 0)
        .map(({ reader, channel }) => `${reader} ${channel}`);
      expect(leaks).toEqual(['inbox', 'stream', 'search'].map((channel) => `other-state-analyst ${channel}`));
    } finally {
      await fleet.stop();
    }
  }, 240_000);
});
