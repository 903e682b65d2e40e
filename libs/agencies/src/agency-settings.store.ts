import type { SharingCode, TimePrecision, TlpCode, WithholdCode } from '@concord/codes';
import type { Prisma, PrismaClient } from '@concord/platform/database';
import { NO_DEFAULTS, type ReportDefaults } from './report-defaults.js';

/** What an agency decides for itself. */
export interface AgencySettings {
  /** H3 resolution at which task forces see its places: 6 (36 km2) or 7 (5 km2). */
  readonly h3Resolution: 6 | 7;
  /** What its reports say where they leave something out. */
  readonly defaults: ReportDefaults;
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
  defaults: NO_DEFAULTS,
  review: { holdFirstReports: 0, holdSharingPartners: false },
  version: 0,
};

export interface SettingsChange {
  readonly personId: string;
  readonly agencyId: string;
  /** The version that the change was made against. */
  readonly version: number;
  /** What is left out stays as it is. */
  readonly h3Resolution?: 6 | 7;
  readonly defaults?: ReportDefaults;
  readonly review?: Partial<ReviewSettings>;
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
    const changed = await write(tx, change, columnsOf(change));
    if (changed) await book(tx);
    return {
      changed,
      settings: asSettings(await tx.agencySettings.findUnique({ where: { agencyId: change.agencyId } })),
    };
  });
}

type Columns = Omit<Prisma.AgencySettingsUncheckedCreateInput, 'agencyId'>;

function columnsOf({ version, h3Resolution, defaults, review = {} }: SettingsChange): Columns {
  return {
    version: version + 1,
    updatedAt: new Date(),
    ...(h3Resolution === undefined ? {} : { h3Resolution }),
    ...review,
    ...(defaults === undefined
      ? {}
      : {
          defaultSharing: defaults.sharing,
          defaultTlp: defaults.tlp,
          defaultWithhold: [...defaults.withhold],
          defaultTimePrecision: defaults.timePrecision,
          defaultEmbargoHours: defaults.embargoHours,
          defaultHoldUntilReleased: defaults.holdUntilReleased,
        }),
  };
}

/** The version is part of the condition: of two changes at the same moment one finds nothing to change. */
async function write(tx: Prisma.TransactionClient, change: SettingsChange, data: Columns): Promise<boolean> {
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

type SettingsRow = Prisma.AgencySettingsGetPayload<object>;

/** Codes are checked by the database. */
const asSettings = (row: SettingsRow | null): AgencySettings =>
  row === null
    ? DEFAULT_SETTINGS
    : {
        h3Resolution: row.h3Resolution === 7 ? 7 : 6,
        defaults: {
          sharing: row.defaultSharing as SharingCode | null,
          tlp: row.defaultTlp as TlpCode | null,
          withhold: row.defaultWithhold as WithholdCode[],
          timePrecision: row.defaultTimePrecision as TimePrecision | null,
          embargoHours: row.defaultEmbargoHours,
          holdUntilReleased: row.defaultHoldUntilReleased,
        },
        review: { holdFirstReports: row.holdFirstReports, holdSharingPartners: row.holdSharingPartners },
        version: row.version,
      };
