import { projectRoot } from '@concord/platform/project';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where it lies beside the project, as the benches look for it. */
const BESIDE = join(projectRoot(), '..', 'shared', 'data', 'cbp-nationwide-drugs-fy19-fy22.csv');

/** CBP's published table of seizures, FY2019 to FY2022 (docs/synthetic-data.md says where it is from); null: not here. */
export const cbpFile = (): string | null => process.env['CONCORD_CBP_FILE'] ?? (existsSync(BESIDE) ? BESIDE : null);
