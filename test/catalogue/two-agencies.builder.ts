import { randomBytes } from 'node:crypto';
import type { AgencyActor } from '@concord/access';
import { createLocalKeyHolder, PostgresAgencyKeyStore } from '@concord/blinding';
import { systemClock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import { correctReport, submitReport, type SubmittedReport } from '@concord/submission';
import { Client, type Pool } from 'pg';

/** Two local agencies of one county under one agreement; the first has reported a seizure and shares it widely. */
export interface TwoAgencies {
  readonly database: TestDatabase;
  /** Superuser's. */
  readonly admin: Client;
  /** As the API opens it, with one connection, so that what one transaction leaves behind meets the next. */
  readonly api: Pool;
  readonly worker: Pool;
  readonly owner: AgencyActor;
  readonly stranger: AgencyActor;
  readonly reportId: string;
  readonly recordId: string;
  close(): Promise<void>;
}

const REPORT: SubmittedReport = {
  submitterReference: 'catalogue-1',
  occurredAt: '2026-01-20T03:15:00-08:00',
  sharing: 'PARTNERS',
  place: { countyFips: '06073', latitude: 32.556, longitude: -117.047, setting: 'HIGHWAY' },
  substances: [{ deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG', laboratoryStatus: 'CONFIRMED' }],
  concealment: ['VEHICLE_COMPARTMENT'],
  identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
  basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for a test.', decidedBy: 'unit 0' },
  narrative: 'Invented for a test.',
};

export async function openTwoAgencies(): Promise<TwoAgencies> {
  const database = await createTestDatabase();
  const admin = new Client({ connectionString: database.superuserUrl });
  await admin.connect();
  const statementTimeoutMs = 10_000;
  const api = openPool({ url: database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs });
  const worker = openPool({ url: database.appUrl, role: 'concord_worker', max: 1, statementTimeoutMs });
  const owner = await analyst(admin);
  const stranger = await analyst(admin);
  await addAgreement(admin, { parties: [owner.agency.id, stranger.agency.id] });
  const kek = { id: 'test', key: randomBytes(32) };
  const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(api) });
  const services = { db: api, keyHolder, clock: systemClock, digestKey: randomBytes(32) };
  const outcome = await submitReport(services, owner, REPORT);
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  const { reportId, recordId } = outcome.stored;
  const corrected = await correctReport(services, owner, {
    id: reportId,
    version: 1,
    input: { ...REPORT, conveyance: 'BUS' },
    reason: 'Invented for a test.',
  });
  if (corrected.kind !== 'accepted') throw new Error(JSON.stringify(corrected));
  return {
    ...{ database, admin, api, worker, owner, stranger, reportId, recordId },
    async close() {
      await api.end();
      await worker.end();
      await admin.end();
      await database.drop();
    },
  };
}

async function analyst(admin: Client): Promise<AgencyActor> {
  const agencyId = await addAgency(admin, { level: 'LOCAL', places: ['county:06073'] });
  const personId = await addPerson(admin);
  await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
  return {
    personId,
    displayName: 'analyst',
    agency: { id: agencyId, ori: null, name: 'agency', level: 'LOCAL' },
    roles: new Set(['ANALYST']),
    purpose: { code: 'INVESTIGATION', reference: newId() },
  };
}
