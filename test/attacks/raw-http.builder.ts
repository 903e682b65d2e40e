import { connect } from 'node:net';

/** What came back on one connection, and whether the server closed it. */
export interface RawAnswer {
  readonly status: number | null;
  readonly text: string;
}

/**
 * Writes bytes to a port as they are, in the order given, and reads until the server has closed the connection or has
 * said nothing for a while.
 */
export function sendRaw(port: number, parts: readonly (string | Buffer)[], quietMs = 1_500): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    const finish = (): void => {
      socket.destroy();
      const text = Buffer.concat(chunks).toString('utf8');
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
      resolve({ status: status === undefined ? null : Number(status), text });
    };
    socket.setTimeout(quietMs, finish);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', finish);
  });
}
