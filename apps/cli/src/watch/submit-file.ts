/** How many reports to be a file held, by what became of them. */
export interface FileCounts {
  readonly accepted: number;
  readonly held: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly questions: number;
}

/** A file that stands still, and by what its content is known. */
export interface OfferedFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  /** The import that was begun for this content before this process was; null where there is none. */
  readonly importId: string | null;
}

/** What became of a file, once nothing more will. */
export type SubmittedFile =
  /** Every row has been judged. */
  | {
      readonly kind: 'judged';
      readonly importId: string;
      readonly counts: FileCounts;
      /** Rows to be mended, as a file; null where all of them count. */
      readonly refusedRows: ((signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>) | null;
    }
  /** Something of this file alone has to happen first, by somebody else; it is offered again, later. */
  | { readonly kind: 'waiting'; readonly message: string }
  /** Nothing of it counts, or not the whole of it was read: the code says why. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/**
 * Sends one file and waits until its rows are judged. `begun` is called, and its end awaited, before anything of the file
 * can count: whoever calls again with that `importId` never sends the content as new.
 *
 * @throws any error for what may pass: the network, a busy service. The file is offered again, later, and no other meanwhile
 */
export type SubmitFile = (
  file: OfferedFile,
  begun: (importId: string) => Promise<void>,
  signal: AbortSignal,
) => Promise<SubmittedFile>;
