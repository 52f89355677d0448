/**
 * The whole look of a report. Light and dark follow the reader's system; print drops the colours of the page and keeps
 * rows and figures in one piece. Meaning never hangs on colour alone: every badge and bar has its words beside it.
 */
export const css = `
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --sheet: #ffffff; --ink: #1d2228; --soft: #5a636d; --line: #e0ddd6; --faint: #f1efea;
  --good: #1f6f4a; --good-back: #e4f1ea; --warn: #8a5a00; --warn-back: #fbf0d9; --bad: #a3282c; --bad-back: #fae6e5;
  --busy: #2a5f8f; --busy-back: #e4eef7; --machine: #3f6f9d; --human: #c48a2c; --after: #8fb3d1; --undo: #7a5aa6;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --sheet: #1b1f24; --ink: #e4e7ea; --soft: #9aa4ae; --line: #30363d; --faint: #22272d;
    --good: #7ccba2; --good-back: #16342a; --warn: #e5bc6a; --warn-back: #38301b; --bad: #f0928f; --bad-back: #3d2022;
    --busy: #8fbfe8; --busy-back: #1b2f42; --machine: #6fa3d3; --human: #dba94f; --after: #41617f; --undo: #b49ad8;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header { margin-bottom: 2rem; }
.eyebrow { margin: 0; color: var(--soft); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: .35rem 0 .6rem; font-size: 1.95rem; line-height: 1.22; font-weight: 650; text-wrap: balance; }
h2 { margin: 0 0 1rem; font-size: 1.12rem; font-weight: 650; }
h3 { margin: 1.5rem 0 .5rem; font-size: .98rem; font-weight: 650; }
p { margin: 0 0 .75rem; }
.lead { color: var(--soft); max-width: 48rem; overflow-wrap: anywhere; }
.note { color: var(--soft); font-size: .88rem; }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 1.4rem 1.5rem; margin: 0 0 1.1rem; }
.badge { display: inline-block; padding: .16rem .65rem; border-radius: 99px; font-size: .84rem; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-back); } .warn { color: var(--warn); background: var(--warn-back); }
.bad { color: var(--bad); background: var(--bad-back); } .busy { color: var(--busy); background: var(--busy-back); }
dl.meta { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .9rem 1.5rem; margin: 1.3rem 0 0; }
dl.meta dt, dl.facts dt, th { color: var(--soft); font-size: .82rem; font-weight: 500; }
dd { margin: 0; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: .4rem 1.25rem; margin: 0; }
dl.facts dt { padding-top: .1rem; } .two dl.facts { grid-template-columns: minmax(6rem, 9rem) 1fr; }
.measures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.75rem; }
figure { margin: 0; } figcaption { margin-top: .5rem; color: var(--soft); font-size: .88rem; }
.measure strong { font-size: 1.55rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.measure .of { color: var(--soft); margin-left: .3rem; }
.measure .top { display: flex; align-items: baseline; flex-wrap: wrap; gap: .3rem .5rem; margin-bottom: .5rem; }
.measure .name { flex-basis: 100%; color: var(--soft); font-size: .88rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; font-family: inherit; }
svg text { fill: var(--ink); } svg text.soft { fill: var(--soft); }
.scroll { overflow-x: auto; } .spaced { margin-top: 1.5rem; } td code { white-space: nowrap; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 650; padding-bottom: .4rem; }
th, td { text-align: left; padding: .42rem .9rem .42rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; } tbody tr:last-child td { border-bottom: 0; }
td.num, th.num { text-align: right; white-space: nowrap; } td.when { white-space: nowrap; color: var(--soft); }
tr.phase th { padding-top: 1rem; color: var(--ink); font-weight: 650; font-size: .9rem; }
ol, ul { margin: 0 0 .75rem; padding-left: 1.3rem; } li { margin: .2rem 0; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: .5rem 2.5rem; }
code { font-family: var(--mono); font-size: .84em; overflow-wrap: anywhere; }
.problem { border-left: 3px solid var(--warn); padding: .1rem 0 .1rem 1rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
.problem p { margin: .15rem 0; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; margin: .8rem 0 0; padding: 0; list-style: none; color: var(--soft); font-size: .85rem; }
.legend svg { display: inline-block; width: 1.5rem; height: .7rem; margin-right: .4rem; vertical-align: baseline; }
details > summary { cursor: pointer; font-weight: 650; } details[open] > summary { margin-bottom: .8rem; }
pre { margin: 0; overflow-x: auto; font: .82rem/1.5 var(--mono); }
footer { color: var(--soft); font-size: .85rem; margin-top: 1.5rem; }
@media (max-width: 40rem) {
  main { padding: 1.5rem .8rem 3rem; } section { padding: 1.1rem 1rem; } h1 { font-size: 1.5rem; }
  dl.facts, .two dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .6rem; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; --faint: #fff;
    --good: #1f6f4a; --good-back: #fff; --warn: #8a5a00; --warn-back: #fff; --bad: #a3282c; --bad-back: #fff;
    --busy: #2a5f8f; --busy-back: #fff; --machine: #3f6f9d; --human: #c48a2c; --after: #8fb3d1; --undo: #7a5aa6; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 1rem 0; }
  section > h2 { break-after: avoid; } figure, tr, .problem, .measure, dl.facts > * { break-inside: avoid; }
  .badge { border: 1px solid currentColor; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  @page { margin: 16mm 14mm; }
}
`;
