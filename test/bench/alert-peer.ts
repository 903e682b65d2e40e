import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Pool } from 'pg';
import { WebSocket, WebSocketServer } from 'ws';
import { wallClock } from './alert-steps.js';
import type { Sent } from './offered-load.js';

/** The least that can carry news from a table to a socket: an insert with pg_notify, a LISTEN and a `ws` send. */
export interface Peer {
  readonly send: (n: number) => Promise<Sent>;
  readonly arrivals: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function openPeer(superuserUrl: string): Promise<Peer> {
  const pool = new Pool({ connectionString: superuserUrl, max: 8 });
  await pool.query('create table bench_peer (id uuid primary key default gen_random_uuid(), content jsonb not null)');
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const listener = new Client({ connectionString: superuserUrl });
  await listener.connect();
  await listener.query('listen bench_peer');
  listener.on('notification', ({ payload }) => {
    for (const client of server.clients) client.send(JSON.stringify({ id: payload }));
  });
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  await once(socket, 'open');
  const arrivals = new Map<string, number>();
  socket.on('message', (data: Buffer) => arrivals.set((JSON.parse(data.toString()) as { id: string }).id, wallClock()));
  return {
    arrivals,
    async send(n) {
      const at = wallClock();
      const { rows } = await pool.query<{ id: string }>({
        name: 'peer',
        text: `with i as (insert into bench_peer (content) values ($1) returning id) select id, pg_notify('bench_peer', id::text) from i`,
        values: [JSON.stringify({ n, text: 'x'.repeat(1_000) })],
      });
      return { id: rows[0]?.id ?? '', n, at, answered: wallClock() };
    },
    async close() {
      socket.close();
      server.close();
      http.close();
      await listener.end();
      await pool.query('drop table bench_peer');
      await pool.end();
    },
  };
}
