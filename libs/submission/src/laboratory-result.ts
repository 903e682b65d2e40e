type Given<T> = T | null | undefined;

/** What a laboratory found of one substance, as a client sends it. What is left out stays as it was reported. */
export interface LaboratoryResult {
  /** Which substance of the report, from 0. */
  readonly substance?: Given<number>;
  readonly deaCode?: Given<string>;
  readonly name?: Given<string>;
  readonly category?: Given<string>;
  readonly laboratoryStatus?: Given<string>;
  /** 0 to 100. */
  readonly purityPercent?: Given<number>;
  readonly quantity?: Given<number>;
  readonly quantityReason?: Given<string>;
  readonly unit?: Given<string>;
  readonly adulterants?: Given<readonly Given<string>[]>;
}
