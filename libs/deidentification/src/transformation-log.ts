import type { Transformation } from './record-view.js';

/**
 * Collects what was done to one view. Only what became coarser and is still there is noted: an entry for something
 * that was dropped would tell the reader that the report had it (design.md section 6, "absent means ... readers
 * cannot tell which").
 */
export class TransformationLog {
  private readonly byField = new Map<string, Transformation>();

  /** Several substances or people share one entry for each field. */
  note(field: string, from: string, to: string): void {
    if (!this.byField.has(field)) this.byField.set(field, { field, from, to });
  }

  entries(): readonly Transformation[] {
    return [...this.byField.values()];
  }
}
