/**
 * The whole look of the status page. Light and dark follow the reader's system. Meaning never hangs on colour alone: every
 * state has its sign and its words.
 */
export const css = `
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --sheet: #ffffff; --ink: #1d2228; --soft: #59626b; --line: #dcd8d0;
  --good: #1b6645; --good-back: #e2f1e9; --note: #2a5f8f; --note-back: #e4eef7;
  --warn: #7d5200; --warn-back: #fbf0d9; --bad: #9c2327; --bad-back: #fae6e5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --sheet: #1b1f24; --ink: #e6e9ec; --soft: #a3acb5; --line: #323940;
    --good: #82d0a8; --good-back: #15352a; --note: #93c2ea; --note-back: #1b2f42;
    --warn: #e8c072; --warn-back: #3a321b; --bad: #f39b98; --bad-back: #402123;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif; }
header, main, footer { max-width: 48rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; } main { padding-bottom: 2rem; } footer { padding-bottom: 3rem; color: var(--soft); font-size: .875rem; }
.skip { position: absolute; left: -100rem; } .skip:focus { left: 1rem; top: 1rem; padding: .5rem .75rem; background: var(--sheet); color: var(--ink); }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.125rem; font-weight: 650; }
h3 { margin: 0; font-size: 1.0625rem; font-weight: 650; overflow-wrap: anywhere; }
p { margin: 0 0 .5rem; }
.overall { display: flex; gap: .75rem; align-items: baseline; padding: 1rem 1.25rem; border-radius: 10px; font-size: 1.1875rem; font-weight: 600; }
.good { color: var(--good); } .note { color: var(--note); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.overall.good, .pill.good { background: var(--good-back); } .overall.note, .pill.note { background: var(--note-back); }
.overall.warn, .pill.warn { background: var(--warn-back); } .overall.bad, .pill.bad { background: var(--bad-back); }
.when { color: var(--soft); font-size: .875rem; margin: .6rem 0 0; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
ul.components { list-style: none; margin: 0; padding: 0 1.25rem; }
ul.components li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .1rem 1rem; padding: .7rem 0; border-bottom: 1px solid var(--line); }
ul.components li:last-child { border-bottom: 0; }
ul.components .name { font-weight: 550; overflow-wrap: anywhere; }
.state { font-weight: 600; white-space: nowrap; }
article { padding: 1.1rem 1.25rem; margin: 0 0 .9rem; }
.pill { display: inline-block; padding: .1rem .6rem; border-radius: 99px; font-size: .8125rem; font-weight: 600; }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .25rem 1rem; margin-bottom: .5rem; }
.hit { color: var(--soft); font-size: .9375rem; overflow-wrap: anywhere; }
ol.updates { list-style: none; margin: .75rem 0 0; padding: 0 0 0 1rem; border-left: 2px solid var(--line); }
ol.updates li { margin: 0 0 .9rem; } ol.updates li:last-child { margin-bottom: 0; }
ol.updates p { margin: 0; white-space: pre-line; overflow-wrap: anywhere; } ol.updates time { color: var(--soft); font-size: .875rem; }
.none { color: var(--soft); padding: 1rem 1.25rem; margin: 0; }
a { color: var(--note); } a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
details > summary { cursor: pointer; padding: .3rem 0; }
@media (max-width: 30rem) { header { padding-top: 1.5rem; } h1 { font-size: 1.3rem; } .overall { font-size: 1.0625rem; padding: .85rem 1rem; }
  ul.components { padding: 0 1rem; } article { padding: 1rem; } }
@media print { body { background: #fff; color: #000; } .sheet { border-color: #999; } article, li { break-inside: avoid; } }
`;
