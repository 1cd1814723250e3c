/** Colours are named by what they are for. Text on each has a contrast of 4.5 at least, in both schemes. */
export const style = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --card: #f6f8fa;
  --on: #ffffff; --link: #0550ae; --overdue: #b42318; --due-soon: #8a5300; --scheduled: #1a6b3c; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #e6edf3; --quiet: #9da7b1; --line: #3d444d;
  --card: #161b22; --on: #0d1117; --link: #79b8ff; --overdue: #ff8a80; --due-soon: #f2b84b; --scheduled: #6fd08c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 120rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0; } .quiet { color: var(--quiet); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { background: var(--card); position: sticky; top: 0; } tbody tr:last-child td { border-bottom: 0; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible, input:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
figure { margin: 0; }
input::placeholder { color: var(--quiet); opacity: 1; }
td ul { margin: 0; padding: 0; list-style: none; }
.state { font-weight: 600; } .overdue { color: var(--overdue); } .due-soon { color: var(--due-soon); } .scheduled { color: var(--scheduled); }
.unscheduled, .unknown { color: var(--quiet); }
.tools { display: flex; gap: 1rem; align-items: baseline; margin: .5rem 0; }
input { font: inherit; color: var(--text); background: var(--page); border: 1px solid var(--quiet); border-radius: 6px; padding: .3rem .6rem; width: 20rem; max-width: 100%; }
code, svg { font: 12px ui-monospace, Menlo, Consolas, monospace; } code { overflow-wrap: anywhere; }
svg { display: block; margin: .5rem; } svg text { fill: var(--text); } svg text.quiet { fill: var(--quiet); }
svg .line { stroke: var(--line); } svg .today { stroke: var(--link); stroke-width: 2; } svg text.now { fill: var(--link); }
svg .box { fill: var(--card); stroke: var(--line); } svg .edge { fill: none; stroke: var(--quiet); }
svg .mark.overdue { fill: var(--overdue); } svg .mark.due-soon { fill: var(--due-soon); } svg .mark.scheduled { fill: var(--scheduled); }
svg .mark + text { fill: var(--on); font-weight: 700; }
[hidden] { display: none !important; }
@media print { .tools { display: none; } .wide { overflow: visible; border: 0; } th { position: static; } }
`;
