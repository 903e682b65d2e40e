import { Agent, request } from 'node:http';

/**
 * Floods from one token with as many connections as it is told, each asking again as soon as it has its answer. A
 * process of its own: arguments are one JSON document, SIGTERM ends it, and what it was answered goes to standard output.
 */
interface Flood {
  readonly url: string;
  readonly connections: number;
  /** Bodies that are sent in turn. */
  readonly bodies: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Whether each request carries a token that nobody issued, another each time. */
  readonly strangers: boolean;
}

const flood = JSON.parse(process.argv[2] ?? '{}') as Flood;
const agent = new Agent({ keepAlive: true, maxSockets: flood.connections });
const answers: Record<string, number> = {};
let sent = 0;
let over = false;

function ask(): Promise<string> {
  const number = (sent += 1);
  const body = flood.bodies[number % flood.bodies.length] ?? '';
  const stranger = flood.strangers ? { authorization: `Bearer ${forged(number)}` } : {};
  return new Promise((resolve) => {
    const asked = request(
      flood.url,
      { agent, method: 'POST', headers: { ...flood.headers, ...stranger } },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(String(answer.statusCode)));
        answer.on('error', () => resolve('broken'));
      },
    );
    asked.on('error', () => resolve('broken'));
    asked.end(body);
  });
}

/** Well formed, so that its signature is looked at. */
function forged(number: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = Buffer.alloc(64, number).toString('base64url');
  return `${part({ alg: 'ES256', typ: 'at+jwt' })}.${part({ sub: `nobody-${number}`, jti: String(number) })}.${signature}`;
}

async function connection(): Promise<void> {
  while (!over) {
    const answer = await ask();
    if (!over) answers[answer] = (answers[answer] ?? 0) + 1;
  }
}

process.once('SIGTERM', () => {
  over = true;
  process.stdout.write(JSON.stringify(answers), () => process.exit(0));
});
for (let n = 0; n < flood.connections; n += 1) void connection();
