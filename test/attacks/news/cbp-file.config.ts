/** CBP's published table of seizures, FY2019 to FY2022 (docs/synthetic-data.md says where it is from); null: not here. */
export const cbpFile = (): string | null => process.env['CONCORD_CBP_FILE'] ?? null;
