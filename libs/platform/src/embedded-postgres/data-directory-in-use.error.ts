/** Another live Concord process works in the data directory. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  constructor(
    /** The data directory that was asked for. */
    readonly dataDir: string,
    /** The process that holds it. */
    readonly pid: number,
  ) {
    super(`The data directory ${dataDir} is in use by another Concord process (pid ${pid}).`);
  }
}
