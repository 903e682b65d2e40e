// Many subscribers in a process of their own: plain sockets that subscribe, and keep a book of what came when. Commands
// come as JSON lines, answers go out as JSON lines.
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const { url, tokens, count, query, localAddress } = JSON.parse(process.argv[2]);
const AT_ONCE = 20;
/** By subscriber: alerts in the order in which they came, `id revision`. */
const told = Array.from({ length: count }, () => []);
/** By alert: how many have it, and when the last of them got it. */
const arrivals = {};
/** How sockets ended: code, reason, when, and whose. */
const closings = [];

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function open(n) {
  const whose = n % tokens.length;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false, localAddress });
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'connection_init',
          payload: { authorization: `Bearer ${tokens[whose]}`, purpose: 'INVESTIGATION; ref=TEST-2026-001' },
        }),
      ),
    );
    const subscribe = () => socket.send(JSON.stringify({ id: 's', type: 'subscribe', payload: { query } }));
    // As docs/live.md asks for: what says "come back in a moment" is come back to.
    const refused = (errors) => {
      if (errors.some(({ extensions }) => extensions.code !== 'UNAVAILABLE')) throw new Error(JSON.stringify(errors));
      setTimeout(subscribe, 250);
    };
    socket.on('error', reject);
    socket.on('close', (code, reason) => {
      closings.push({ whose, code, reason: reason.toString(), at: Date.now() });
      reject(new Error(`closed: ${code} ${reason}`));
    });
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.type === 'connection_ack') {
        subscribe();
        resolve();
      } else if (message.type === 'next') {
        if (message.payload.errors) return refused(message.payload.errors);
        const { id, revision } = message.payload.data.alertRaised.alert;
        told[n].push(`${id} ${revision}`);
        const arrival = (arrivals[id] ??= { sockets: 0, lastAt: 0 });
        arrival.sockets += 1;
        arrival.lastAt = Date.now();
      } else if (message.type === 'error') reject(new Error(JSON.stringify(message)));
    });
  });
}

async function comesBack(error) {
  if (!/closed: 1013/.test(error.message)) throw error;
  closings.length = 0;
  await new Promise((resolve) => setTimeout(resolve, 250));
  return false;
}

let next = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let n = next++; n < count; n = next++) {
      while (
        !(await open(n).then(
          () => true,
          (error) => comesBack(error),
        ))
      );
    }
  }),
);
say({ event: 'open' });
createInterface({ input: process.stdin }).on('line', (line) => {
  const wanted = JSON.parse(line).wanted;
  if (wanted === 'arrivals') say({ arrivals });
  else if (wanted === 'closings') say({ closings });
  else if (wanted === 'told') say({ told });
});
