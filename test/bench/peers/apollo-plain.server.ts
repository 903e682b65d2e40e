import { createPrisma, type Prisma } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import { UseGuards } from '@nestjs/common';
import { Args, Int, Query, Resolver } from '@nestjs/graphql';
import { Pool } from 'pg';
import { CurrentReader, serveApollo, tokenGuard, type Reader } from './apollo-app.js';
import { connectionOf, quantityOf, SeizureRecord, SeizureRecordConnection } from './apollo-types.js';
import { ISSUER, POOL_SIZE, PURPOSE, readOptions } from './page-request.js';

/**
 * NestJS, Apollo and Prisma as most teams would write it over the same rows: models and includes, access as a condition
 * on the audience in the service, no lists, no row-level security; the read is booked by a create. It has indexes of its
 * own, on the release time and on the audience.
 */
const { superuserUrl } = readOptions();
const pool = new Pool({ connectionString: superuserUrl, max: POOL_SIZE, idleTimeoutMillis: 60_000 });
const prisma = createPrisma(pool);

async function findReader(subject: string, tokenId: string): Promise<Reader | null> {
  const now = new Date();
  const [person, revoked] = await Promise.all([
    prisma.person.findUnique({
      where: { issuer_subject: { issuer: ISSUER, subject } },
      include: {
        memberships: {
          where: { validFrom: { lte: now }, OR: [{ validUntil: null }, { validUntil: { gt: now } }] },
        },
      },
    }),
    prisma.revokedToken.count({ where: { issuer: ISSUER, tokenId } }),
  ]);
  const seat = person?.memberships[0];
  if (person?.status !== 'ACTIVE' || revoked > 0 || !seat?.agencyId) return null;
  return { personId: person.id, agencyId: seat.agencyId, roles: seat.roles };
}

const READS_SHARED = ['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'];

/** The keys of a reader's agency: itself and, for those who read what is shared, the places that it is of. */
async function keysOf({ agencyId, roles }: Reader): Promise<number[]> {
  const shared = roles.some((role) => READS_SHARED.includes(role));
  const places = shared ? await prisma.agencyPlace.findMany({ where: { agencyId } }) : [];
  const keys = await prisma.accessKey.findMany({
    where: { key: { in: [`agency:${agencyId}`, ...places.map(({ placeKey }) => placeKey)] } },
  });
  return keys.map(({ id }) => id);
}

function visibleTo(keys: number[]): Prisma.RecordViewWhereInput {
  return { audience: { hasSome: keys }, OR: [{ rank: 0 }, { releasedAt: { lte: new Date() } }] };
}

async function pageOf(keys: number[], take: number) {
  return prisma.seizureRecord.findMany({
    where: { recordViews: { some: visibleTo(keys) } },
    orderBy: [{ releasedAt: 'desc' }, { id: 'desc' }],
    take,
    include: {
      recordViews: {
        where: visibleTo(keys),
        orderBy: { rank: 'asc' },
        take: 1,
        include: {
          contributor: true,
          recordViewSubstances: { orderBy: { ordinal: 'asc' } },
          recordViewConcealments: true,
        },
      },
    },
  });
}

type Row = Awaited<ReturnType<typeof pageOf>>[number];

@Resolver(() => SeizureRecord)
class RecordResolver {
  @Query(() => SeizureRecordConnection)
  @UseGuards(tokenGuard(findReader))
  async seizureRecords(
    @CurrentReader() reader: Reader,
    @Args('first', { type: () => Int, defaultValue: 50 }) first: number,
  ): Promise<SeizureRecordConnection> {
    const rows = await pageOf(await keysOf(reader), first + 1);
    const records = rows.flatMap(recordOf);
    const id = newId();
    const at = new Date();
    await prisma.auditEntry.create({
      data: {
        id,
        at,
        personId: reader.personId,
        agencyId: reader.agencyId,
        action: 'record.list',
        outcome: 'DONE',
        canonical: JSON.stringify({
          id,
          at,
          person: reader.personId,
          purpose: PURPOSE,
          subjects: records
            .slice(0, first)
            .map((record) => ({ id: record.id, version: record.version, precision: record.precision })),
        }),
      },
    });
    return connectionOf(records, first);
  }
}

function recordOf({ id, recordViews: [view] }: Row): SeizureRecord[] {
  if (view === undefined) return [];
  return [
    {
      id,
      version: view.shownVersion,
      precision: view.precision,
      tlp: view.tlp,
      releasedAt: view.releasedAt,
      synthetic: view.synthetic,
      conveyance: view.conveyance,
      occurred: { from: view.occurredFrom, to: view.occurredTo },
      place: { stateFips: view.stateFips, countyFips: view.countyFips, setting: view.setting },
      substances: view.recordViewSubstances.map((one) => ({
        deaCode: one.deaCode,
        name: one.name,
        category: one.category,
        form: one.form,
        quantity: quantityOf(one.unit, [one.minMilligrams, one.maxMilligrams], [one.minUnits, one.maxUnits]),
      })),
      contributor: { name: view.contributor?.name ?? null, level: view.contributor?.level ?? null },
    },
  ];
}

await serveApollo([RecordResolver], () => prisma.$disconnect().then(() => pool.end()));
