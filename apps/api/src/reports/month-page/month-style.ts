import { Markup } from './markup.js';

/** The whole style of the page: it loads nothing. On paper A4 and Letter, in black on white. */
export const MONTH_STYLE = new Markup(`
:root { color-scheme: light; font: 16px/1.45 system-ui, sans-serif; color: #111; background: #fff; }
main { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #111; }
.lead { font-size: 1.05rem; } .basis { font-size: .85rem; color: #444; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; } caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .2rem .5rem; border-bottom: 1px solid #ccc; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
thead th { font-weight: 600; } td:last-child, td:nth-last-child(2) { font-variant-numeric: tabular-nums; }
figure { margin: .75rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; } svg rect { fill: #1f4e79; } svg text { font-size: 11px; fill: #333; } svg .rule { stroke: #bbb; stroke-width: 1; }
@media print { @page { margin: 18mm; } :root { font-size: 10.5pt; } main { max-width: none; margin: 0; padding: 0; } section, table, figure { break-inside: avoid; } .days { break-inside: auto; break-before: page; } }
`);
