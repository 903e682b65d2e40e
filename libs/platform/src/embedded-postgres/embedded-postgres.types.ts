/** What {@link startEmbeddedPostgres} needs to know. */
export interface EmbeddedPostgresOptions {
  /** Concord's data directory; made when missing. The caller should hold {@link lockDataDirectory} on it. */
  readonly dataDir: string;
  /**
   * Server settings (`postgresql.conf` names) over Concord's defaults; meant for tests. They take effect when
   * this call starts the server; a server that is adopted keeps the settings it was started with.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Receives one line for each step of the launcher (not the server's own log, which goes to
   * `<dataDir>/postgres.log`).
   */
  readonly onLog?: (line: string) => void;
}

/** A running PostgreSQL server that belongs to one data directory. */
export interface EmbeddedPostgres {
  /** Always the loopback address: the server listens nowhere else. */
  readonly host: '127.0.0.1';
  /** TCP port; chosen anew whenever the server is started. */
  readonly port: number;
  /** Name of the role that may do everything. */
  readonly superuser: 'postgres';
  /** Password of {@link superuser}. */
  readonly password: string;
  /** Whether a server was found running (its Node process had been killed) and taken over. */
  readonly adopted: boolean;
  /** Whether this start made the cluster: it holds no application data yet. */
  readonly firstStart: boolean;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** A connection URL; user and password are those of the superuser unless given. */
  url(database: string, user?: string, password?: string): string;
  /** Shuts the server down in an orderly way and waits until it is gone; may be called more than once. */
  stop(): Promise<void>;
  /** Ends all of the server's processes with SIGKILL, as a power cut would, and waits until they are gone. */
  kill(): Promise<void>;
}

/** Unprivileged account under which root runs the server. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Receives the launcher's progress lines. */
export type LogLine = (line: string) => void;
