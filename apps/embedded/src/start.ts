import { DataDirectoryInUseError } from '@concord/platform/embedded-postgres';
import { createLogger, logCrashes } from '@concord/platform/logging';
import { createServer } from 'node:net';
import { HELP, readStartConfig, type StartConfig } from './config.js';
import { startStack, type Stack } from './stack.js';

const SYNTHETIC_REPORTS = 200;

/** `npm start`: the stack, staying up. Only the ready line goes to stdout. */
async function main(): Promise<void> {
  const config = readStartConfig(process.argv.slice(2));
  if (config === 'help') {
    process.stdout.write(HELP);
    return;
  }
  logCrashes(createLogger({ name: 'concord', level: config.logLevel }));
  await refuseTakenPort(config.port);
  const unwanted = new AbortController();
  const starting = startStack({ ...config, syntheticReports: SYNTHETIC_REPORTS, signal: unwanted.signal });
  stopOnSignal(async () => {
    unwanted.abort();
    const started = await starting.catch(() => null);
    await started?.stop();
  });
  const stack = await starting;
  if (unwanted.signal.aborted) return;
  const { api } = stack;
  const page = new URL('/', api.url).href;
  process.stdout.write(
    `${JSON.stringify({ event: 'ready', url: api.url, graphiql: page, signIn: stack.issuer, personas: stack.personasFile, dataDir: config.dataDir, queue: config.redisUrl === null ? 'postgresql' : 'redis' })}\n`,
  );
  tellPeople(config, page, stack);
}

function tellPeople(config: StartConfig, page: string, { personasFile, issuer }: Stack): void {
  const lines = [
    `Concord serves. Open ${page} in a browser: GraphiQL with ready-made operations.`,
    ...(personasFile === null || issuer === null
      ? [
          'No personas here: nobody can sign in until an issuer is configured. Add --personas to get them on this machine.',
        ]
      : [
          `Tokens and passwords of the personas: ${personasFile}`,
          `"Sign in with a password" on that page leads to ${issuer}, the issuer of this machine.`,
        ]),
    `Data: ${config.dataDir}. Stop with Ctrl-C.`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Said before anything is started, and not after PostgreSQL has been. */
async function refuseTakenPort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}

/** Also while it starts: PostgreSQL is in a process group of its own and would be left behind. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (): void => {
    // Somebody who asks twice does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function fail(error: unknown): never {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
}

function reasonOf(error: unknown): string {
  if (error instanceof DataDirectoryInUseError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const port: unknown = Reflect.get(error, 'port');
  if (Reflect.get(error, 'code') === 'EADDRINUSE')
    return `Port ${String(port)} is taken. Choose another: npm start -- --port 4001`;
  return `Concord could not start: ${error.message}`;
}

main().catch((error: unknown) => {
  // Stopped while it started: the signal's handler ends the process.
  if (!(error instanceof Error && error.name === 'AbortError')) fail(error);
});
