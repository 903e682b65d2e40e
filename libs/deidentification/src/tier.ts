import type { Precision } from './record-view.js';

/** The precisions that are derived from one report alone; COMMUNITY needs other records beside it (k-anonymity). */
export const TIERS = ['OWNER', 'TASK_FORCE', 'PARTNER'] as const satisfies readonly Precision[];
export type Tier = (typeof TIERS)[number];
