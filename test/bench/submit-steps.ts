import { deidentify, RELEASE_POLICY_1 } from '@concord/deidentification';
import {
  contentDigest,
  findReportContext,
  sealReport,
  validateReport,
  validationContext,
  type SubmissionServices,
} from '@concord/submission';
import { agencyId, personaActor } from '../../apps/embedded/src/personas.js';
import { round } from './measures.js';
import { reportOf } from './submit-reports.js';

const TIMES = 1_000;
const MANY = 11;

/** Milliseconds of this process's CPU that one report costs at each step before T1, and one more identifier. */
export async function stepCosts(services: SubmissionServices): Promise<Readonly<Record<string, number>>> {
  const agency = agencyId('san-diego');
  const context = validationContext(
    await findReportContext(services.db, agency, '06073'),
    personaActor('local-submitter'),
    services.clock,
  );
  const [one, many] = [1, MANY].map((identifiers) => {
    const validation = validateReport(reportOf('step', identifiers), context);
    if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
    return validation.report;
  });
  if (one === undefined || many === undefined) throw new Error('two reports were made');
  const seal = (report: typeof one) => () =>
    sealReport(services.keyHolder, agency, '00000000-0000-0000-0000-000000000001', report);
  const digest = (report: typeof one) => () => contentDigest(report, services.digestKey);
  const each = {
    validate: await cpuMsOf(() => validateReport(reportOf('step'), context)),
    digest: await cpuMsOf(digest(one)),
    deidentify: await cpuMsOf(() => deidentify(one, { h3Resolution: 6, policy: RELEASE_POLICY_1 })),
    seal: await cpuMsOf(seal(one)),
  };
  const perIdentifier = {
    identifierSeal: ((await cpuMsOf(seal(many))) - each.seal) / (MANY - 1),
    identifierDigest: ((await cpuMsOf(digest(many))) - each.digest) / (MANY - 1),
  };
  return Object.fromEntries(
    Object.entries({ ...each, ...perIdentifier }).map(([step, ms]) => [`${step}Ms`, round(ms, 4)]),
  );
}

async function cpuMsOf(work: () => unknown): Promise<number> {
  for (let run = 0; run < TIMES / 4; run += 1) await work();
  const before = process.cpuUsage();
  for (let run = 0; run < TIMES; run += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / TIMES;
}
