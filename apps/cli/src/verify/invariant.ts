/** Something that holds of all rows, as the rows of which it does not. */
export interface Invariant {
  readonly subject: string;
  /** What is wrong with each row that `from` finds. */
  readonly message: string;
  readonly from: string;
}
