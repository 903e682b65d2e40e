import type { FastifyInstance } from 'fastify';

/**
 * A server that closes ends the connections that are idle at that moment and waits for the others; one that becomes idle
 * a moment later would keep it waiting for as long as its client likes. So whoever is answered from then on is told that
 * the connection is over, and it is ended when the answer is out.
 */
export function installLastAnswers(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    // Its headers may have gone out before.
    if (closing) request.raw.socket.destroySoon();
    done();
  });
}
