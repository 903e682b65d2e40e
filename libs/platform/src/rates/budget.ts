/** How many points each key may spend in a window that begins with its first. */
export interface Budget {
  readonly name: string;
  readonly points: number;
  /** Whole seconds, at least 1. */
  readonly seconds: number;
  /** Whether all processes count together where they can; else each counts what it did itself. */
  readonly shared: boolean;
}
