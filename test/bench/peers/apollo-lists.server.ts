import { findActor } from '@concord/access';
import { createPrisma } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import { Args, Context, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { UseGuards } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Pool } from 'pg';
import { CurrentReader, serveApollo, tokenGuard, type Reader } from './apollo-app.js';
import {
  connectionOf,
  Contributor,
  Occurred,
  Place,
  quantityOf,
  SeizureRecord,
  SeizureRecordConnection,
  Substance,
} from './apollo-types.js';
import { ISSUER, POOL_SIZE, PURPOSE, readOptions } from './page-request.js';
import type { RecordCardRow } from './page-rows.js';

/**
 * NestJS, Apollo and Prisma on Concord's own lists and policies: the same functions under row-level security, within
 * Prisma's interactive transaction with the entry in the books; a resolver a field, a DataLoader for agencies.
 */
const { databaseUrl } = readOptions();
const pool = new Pool({
  connectionString: databaseUrl,
  max: POOL_SIZE,
  options: '-c role=concord_api',
  idleTimeoutMillis: 60_000,
});
const prisma = createPrisma(pool);

type AgencyFacts = { name: string; level: string };
type Loaded = { agencies?: DataLoader<string, AgencyFacts | null> };
type PageRecord = SeizureRecord & { readonly row: RecordCardRow };

async function findReader(subject: string, tokenId: string): Promise<Reader | null> {
  const found = await findActor(pool, { issuer: ISSUER, subject, tokenId, session: null });
  if (found.kind === 'unseated') return null;
  const [{ personId, agency, roles }] = found.seats;
  return { personId, agencyId: agency?.id ?? '', roles };
}

const agencyLoader = (): DataLoader<string, AgencyFacts | null> =>
  new DataLoader(async (oris: readonly string[]) => {
    const found = await prisma.agency.findMany({
      where: { ori: { in: [...oris] } },
      select: { ori: true, name: true, level: true },
    });
    const byOri = new Map(found.map((agency) => [agency.ori, agency]));
    return oris.map((ori) => byOri.get(ori) ?? null);
  });

@Resolver(() => SeizureRecord)
class RecordResolver {
  @Query(() => SeizureRecordConnection)
  @UseGuards(tokenGuard(findReader))
  async seizureRecords(
    @CurrentReader() reader: Reader,
    @Args('first', { type: () => Int, defaultValue: 50 }) first: number,
  ): Promise<SeizureRecordConnection> {
    const rows = await prisma.$transaction(async (tx) => {
      const page = await tx.$queryRaw<RecordCardRow[]>`
        select * from seizure_record_page(with_purpose(${reader.personId}::uuid, ${PURPOSE.code}), ${reader.agencyId}::uuid, ${first + 1}::int, '9999-12-31'::timestamptz, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, null)`;
      const id = newId();
      const at = new Date();
      const canonical = JSON.stringify({
        action: 'record.list', agency: reader.agencyId, at, id, outcome: 'DONE', person: reader.personId, purpose: PURPOSE, roles: reader.roles,
        subjects: page.slice(0, first).map((row) => ({ id: row.record_id, kind: 'record', precision: row.precision, version: row.version })), v: 1,
      }); // prettier-ignore
      await tx.$executeRaw`insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
        values (${id}::uuid, ${at}::timestamptz, ${reader.personId}::uuid, ${reader.agencyId}::uuid, 'record.list', 'DONE', ${canonical})`;
      return page;
    });
    return connectionOf(rows.map(recordOf), first);
  }

  @ResolveField(() => Occurred)
  occurred(@Parent() { row }: PageRecord): Occurred {
    return { from: row.occurred_from, to: row.occurred_to };
  }

  @ResolveField(() => Place)
  place(@Parent() { row }: PageRecord): Place {
    return { stateFips: row.state_fips, countyFips: row.county_fips, setting: row.setting };
  }

  @ResolveField(() => [Substance])
  substances(@Parent() { row }: PageRecord): Substance[] {
    return (row.substances ?? []).map(({ unit, ...substance }) => ({
      deaCode: substance.deaCode,
      name: substance.name,
      category: substance.category,
      form: substance.form,
      quantity: quantityOf(
        unit,
        [substance.minMilligrams, substance.maxMilligrams],
        [substance.minUnits, substance.maxUnits],
      ),
    }));
  }

  @ResolveField(() => Contributor, { nullable: true })
  async contributor(@Parent() { row }: PageRecord, @Context() loaded: Loaded): Promise<Contributor> {
    if (row.contributor_ori === null) return { name: null, level: null };
    const agency = await (loaded.agencies ??= agencyLoader()).load(row.contributor_ori);
    return { name: agency?.name ?? null, level: agency?.level ?? null };
  }
}

const recordOf = (row: RecordCardRow): PageRecord => ({
  row,
  id: row.record_id,
  version: row.version,
  precision: row.precision,
  tlp: row.tlp,
  releasedAt: row.released_at,
  synthetic: row.synthetic,
  conveyance: row.conveyance,
});

await serveApollo([RecordResolver], () => prisma.$disconnect().then(() => pool.end()));
