import type { TrustedDocuments } from './trusted-documents.js';

/** Printed by `node scripts/print-trusted-documents.mjs` from apps/api/trusted-documents: all that a stranger may ask. */
export const TRUSTED_DOCUMENTS: TrustedDocuments = new Map([
  ['6015f34847b9b83e2e2f6fe806eb26c61f3c790cc88eafa28eec79ed846b663a', 'Service'],
]);
