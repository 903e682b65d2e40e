import type { Prisma, PrismaClient } from '@concord/platform/database';

/** What an agency decides for itself. */
export interface AgencySettings {
  /** H3 resolution at which task forces see its places: 6 (36 km2) or 7 (5 km2). */
  readonly h3Resolution: 6 | 7;
  readonly review: ReviewSettings;
  readonly version: number;
}

/** Which reports a supervisor looks at, besides those whose texts seem to name somebody. */
export interface ReviewSettings {
  /** So many first reports of each new member; 0: none. */
  readonly holdFirstReports: number;
  /** Whatever is shared with partners. */
  readonly holdSharingPartners: boolean;
}

export const DEFAULT_SETTINGS: AgencySettings = {
  h3Resolution: 6,
  review: { holdFirstReports: 0, holdSharingPartners: false },
  version: 0,
};

export interface SettingsChange {
  readonly personId: string;
  readonly agencyId: string;
  /** The version that the change was made against. */
  readonly version: number;
  readonly h3Resolution: 6 | 7;
  /** What is left out stays. */
  readonly review: Partial<ReviewSettings>;
}

export async function findAgencySettings(prisma: PrismaClient, agencyId: string): Promise<AgencySettings> {
  return asSettings(await prisma.agencySettings.findUnique({ where: { agencyId } }));
}

/**
 * Changes the settings unless somebody else did meanwhile (optimistic locking); `book` writes the audit entry in the
 * same transaction.
 */
export async function changeAgencySettings(
  prisma: PrismaClient,
  change: SettingsChange,
  book: (tx: Prisma.TransactionClient) => Promise<void>,
): Promise<{ readonly changed: boolean; readonly settings: AgencySettings }> {
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select enter_actor(${change.personId}::uuid, ${change.agencyId}::uuid)`;
    const current = asSettings(await tx.agencySettings.findUnique({ where: { agencyId: change.agencyId } }));
    if (current.version !== change.version) return { changed: false, settings: current };
    const review = { ...current.review, ...change.review };
    const data = { h3Resolution: change.h3Resolution, ...review, version: change.version + 1, updatedAt: new Date() };
    const changed = await write(tx, change, data);
    if (changed) await book(tx);
    return {
      changed,
      settings: asSettings(await tx.agencySettings.findUnique({ where: { agencyId: change.agencyId } })),
    };
  });
}

/** The version is part of the condition: of two changes at the same moment one finds nothing to change. */
async function write(
  tx: Prisma.TransactionClient,
  change: SettingsChange,
  data: ReviewSettings & { h3Resolution: number; version: number; updatedAt: Date },
): Promise<boolean> {
  if (change.version === 0) {
    const { count } = await tx.agencySettings.createMany({
      data: [{ agencyId: change.agencyId, ...data }],
      skipDuplicates: true,
    });
    return count === 1;
  }
  const { count } = await tx.agencySettings.updateMany({
    where: { agencyId: change.agencyId, version: change.version },
    data,
  });
  return count === 1;
}

const asSettings = (row: (ReviewSettings & { h3Resolution: number; version: number }) | null): AgencySettings =>
  row === null
    ? DEFAULT_SETTINGS
    : {
        h3Resolution: row.h3Resolution === 7 ? 7 : 6,
        review: { holdFirstReports: row.holdFirstReports, holdSharingPartners: row.holdSharingPartners },
        version: row.version,
      };
