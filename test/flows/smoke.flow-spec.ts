import { FlowStack } from './stack.builder.js';
import { faultyReport, sanDiegoReport } from './reports.builder.js';
test('smoke', async () => {
  const t0=Date.now();
  const stack = await FlowStack.start();
  const t1=Date.now();
  await stack.as('state-analyst').rule('all');
  const live = await stack.live('state-analyst');
  await stack.as('local-submitter').report(sanDiegoReport());
  const e = await live.next();
  const t2=Date.now();
  console.log(JSON.stringify(e), JSON.stringify((await stack.as('local-submitter').submit(faultyReport())).issues));
  await stack.drain();
  const t3=Date.now();
  await stack.stop();
  console.log(t1-t0,t2-t1,t3-t2,Date.now()-t3);
});
