import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { CommunityBatches, dueAt } from './news/community-batches.js';
import { communityWorldOf } from './search/community-worlds.builder.js';
import { stepsOf } from './sequence/real-history.builder.js';
import { drawReport, kindsOf, otherControls, otherFacts, belowTheViews, SUBMITTERS, type RealInput, type RealRecord } from './sequence/real-records.builder.js';
import { DISGUISES, PLANTS } from './survival/disguises.js';
import { fateOf, OURS, reportWith, plain } from './survival/survival.js';
import { TEXT_FIELDS } from './survival/text-fields.js';

const WEEK_MS = 7 * 86_400_000;
const START = dueAt(Date.UTC(2027, 1, 8)) + 1;
function play(seed: number) {
  const random = new SeededRandom(seed);
  const popular = drawReport(random, 'other-local-submitter');
  const steps = stepsOf(random, 30);
  const model = new CommunityBatches();
  model.batch(Date.now());
  const records: RealRecord[] = [];
  let week = 0, released = 0;
  const editions = new Set<number>();
  const instant = (weeks: number) => START + (week + weeks) * WEEK_MS;
  const tell = (at: number) => { const r = records[at]!; model.put(at, { agency: r.by, kinds: kindsOf(r), releasedAt: r.releaseAfter?.getTime() ?? 0 }); };
  let visible = 0;
  const store = (by: any, input: RealInput, releaseAfter: Date | null) => { records.push({ by, reportId: '', recordId: '', releaseAfter, input, version: 1, recalled: false, epoch: 0 }); tell(records.length - 1); if (!releaseAfter) visible++; };
  const take = (step: string) => {
    if (step === 'company') {
      const { substances, occurredAt } = drawReport(random, SUBMITTERS[0]);
      for (const by of [SUBMITTERS[0], SUBMITTERS[1], ...[0, 1, 2].map(() => random.pick(SUBMITTERS))]) store(by, { ...drawReport(random, by), substances, occurredAt, tlp: 'AMBER' }, null);
    } else if (step === 'alone') {
      store(SUBMITTERS[0], { ...drawReport(random, SUBMITTERS[0]), occurredAt: '2026-02-10T04:15:00-08:00', tlp: 'AMBER' }, null);
    } else if (step === 'submit') {
      const like = random.chance(0.5) ? popular : drawReport(random, 'other-local-submitter');
      const alone = random.chance(0.25);
      for (let n = random.between(2, 5); n > 0; n--) {
        const by = alone ? SUBMITTERS[0] : random.pick(SUBMITTERS);
        const drawn = drawReport(random, by);
        const weeks = random.chance(0.1) ? random.between(1, 3) : 0;
        const releaseAfter = weeks === 0 ? null : new Date(instant(weeks) - 1_000);
        const input: RealInput = { ...drawn, substances: like.substances, occurredAt: like.occurredAt };
        store(by, input, releaseAfter);
      }
    } else if (step === 'batch' || step === 'january') {
      week += step === 'batch' ? 1 : 53;
      const b = model.batch(instant(0))!;
      released += b.increments.reduce((s, { members }) => s + members.length, 0);
      editions.add(b.edition);
    } else if (step === 'policy') { for (let i = 0; i < 8; i++) random.next(); }
    else {
      const standing = records.flatMap((it, n) => (it.recalled ? [] : [n]));
      const at = standing[random.between(0, Math.max(0, standing.length - 1))] ?? -1;
      const record = records[at];
      if (!record) return;
      if (step === 'recall') record.recalled = true;
      else if (step === 'below') record.input = { ...record.input, ...belowTheViews(random, record.input) };
      else { record.input = { ...record.input, ...(step === 'control' ? otherControls(random) : otherFacts(random, record.input)) }; if (step === 'facts') record.epoch += 1; }
      tell(at);
    }
  };
  for (const s of steps) take(s);
  const editionsN = editions.size, releasedN = released;
  const visible0 = visible; const standing0 = records.some(({ recalled, epoch }) => !recalled && epoch === 0);
  // the leaky end: what stands without company, as SQL with company of one would let out
  take('submit'); take('alone');
  week += 1;
  const before = records.flatMap((r, n) => (r.releaseAfter?.getTime() ?? 0) <= instant(0) && kindsOf(r).length ? [n] : []);
  const b = model.batch(instant(0))!;
  const listed = new Set(model.list.map((x) => x.record));
  const leak = before.some((n) => !listed.has(n));
  return { editionsN, releasedN, standing0, leak, records: visible0 };
}
it('sequence', () => {
  const N = 20000; let e = 0, r = 0, s = 0, l = 0, few = 0; let minRec = 1e9;
  for (let seed = 1; seed <= N; seed++) { const p = play(seed); if (p.editionsN <= 1) e++; if (p.releasedN < 5) r++; if (!p.standing0) s++; if (!p.leak) l++; minRec = Math.min(minRec, p.records); if (p.records < 11) few++; }
  process.stderr.write(`sequence of ${N}: editions<=1 ${e}, released<5 ${r}, none standing ${s}, no leak ${l}, minRecords ${minRec}, <16 ${few}\n`);
});
it('community worlds', () => {
  const N = 500; let same = 0; let fewRows = 0;
  const rowsOf = (seed: number, draw: number) => communityWorldOf(seed, draw).batches.flat().filter((r) => r.withdrawn === null && r.input['sharing'] === 'PARTNERS' && r.input['tlp'] !== 'AMBER_STRICT' && !r.input['holdUntilReleased']).map((r) => {
    const s = (r.input['substances'] as any[])[0]; const g = s.quantity ?? 0; const band = g >= 1000 ? 'L' : g >= 100 ? 'M' : 'S';
    return `${String(r.input['occurredAt']).slice(0, 7)} ${s.deaCode ?? s.category} ${band}`; }).sort().join();
  for (let seed = 1; seed <= N; seed++) { const all = [0, 1, 2].map((d) => rowsOf(seed, d)); if (new Set(all).size < 3) same++; }
  process.stderr.write(`community of ${N}: same ${same}\n`);
});
it('survival', () => {
  const SHARED = TEXT_FIELDS.filter(({ shared }) => shared);
  return; let clash = 0, clashOther = 0, minHeld = 1e9, minThrough = 1e9; const N = 300; const fewPaths: Record<string, number> = {};
  for (let seed = 1; seed <= N; seed++) {
    const random = new SeededRandom(seed);
    let turn = random.between(0, SHARED.length - 1); const first = random.between(0, 1);
    const sub: { text: string; fate: string; path: string }[] = [];
    for (const [row, [, hide]] of Object.entries(DISGUISES).entries())
      for (const [, draw] of Object.entries(PLANTS).filter((_, at) => (at + row + first) % 2 === 0)) {
        const field = SHARED[(turn += 1) % SHARED.length]!; const text = hide(draw(random));
        sub.push({ text, fate: fateOf(field, text, null, OURS), path: field.path });
      }
    const held = sub.filter((x) => x.fate === 'HELD'); minHeld = Math.min(minHeld, held.length);
    minThrough = Math.min(minThrough, sub.filter((x) => x.fate === 'SURVIVES').length);
    for (const p of new Set(SHARED.map((s) => s.path))) if (!sub.some((x) => x.fate === 'SURVIVES' && x.path === p)) fewPaths[p] = (fewPaths[p] ?? 0) + 1;
    const lab: string[] = [];
    for (const d of ['as written', 'upper case', 'full width', 'zero-width spaces']) for (const k of ['phone', 'VIN', 'e-mail', 'name beside a title']) { lab.push(DISGUISES[d]!(PLANTS[k]!(random))); random.chance(0.5); }
    const released = held.filter((_, at) => at % 3 === 0);
    if (released.some(({ text }) => lab.some((l) => plain(text).includes(plain(l))))) clash++;
    // one plant's text within another one's
    const never = held.filter((_, at) => at % 3 !== 0).filter((n) => !new Set(released.map((r) => plain(r.text))).has(plain(n.text)));
    if (never.some((n) => [...released, ...sub.filter((x) => x.fate === 'SURVIVES')].some((r) => plain(r.text) !== plain(n.text) && plain(r.text).includes(plain(n.text))))) clashOther++;
  }
  process.stderr.write(`survival of ${N}: lab clash ${clash}, other ${clashOther}, minHeld ${minHeld}, minThrough ${minThrough} ${JSON.stringify(fewPaths)}\n`);
}, 300000);
