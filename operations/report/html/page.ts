import { createHash } from "node:crypto";
import type { Report } from "../schema.ts";
import { previousLines, summary, untold } from "../words.ts";
import { html, nothing, type Html } from "./markup.ts";
import { pictures } from "./pictures.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";
import { secretsTable } from "./table.ts";
import { timeline } from "./timeline.ts";

/** The start of every page that is written here, by which it is known. */
const mark =
  '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="npx secrets report">\n';

/** Whether a text is a page that was written here. */
export function isReportPage(text: string): boolean {
  return text.startsWith(mark);
}

/**
 * The report as one page that needs nothing else: it opens from a disk, and its policy lets it load nothing, send nothing and
 * run no script but its own. Names, dates and amounts, never values. Pure.
 */
export function reportPage(report: Report): string {
  const { stack, asOf } = report;
  const digest = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'`;
  const body = html`<meta http-equiv="Content-Security-Policy" content="${{ html: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Secrets of ${stack} on ${asOf}</title>
<style>${{ html: style }}</style>
</head>
<body>
<h1>Secrets of ${stack}</h1>
<p>${summary(report)}</p>
${overdue(report)}
<h2>Secrets</h2>
<div class="tools"><label>Filter <input id="filter" type="search" placeholder="mlflow overdue" autocomplete="off"></label><span id="count" class="quiet" aria-live="polite"></span></div>
${secretsTable(report)}
${previousLines(report).map((each) => html`<p class="quiet">Previous value: ${each}</p>`)}
${untold(report).flatMap(({ title, lines }) => lines.map((each) => html`<p class="quiet">${title}: ${each}</p>`))}
<h2>Due dates</h2>
${timeline(report)}
<h2>Where the values are</h2>
${pictures(report)}
<p class="quiet">No secret value is on this page. Written by npx secrets report from the description of ${stack}; costs are list prices of ${report.monthlyCost.pricesReadOn}.</p>
<script>${{ html: script }}</script>
</body>
</html>
`;
  return `${mark}${body.html}`;
}

function overdue({ secrets }: Report): Html {
  const lines = secrets.flatMap(({ id, rotation: { fix } }) =>
    fix === undefined ? [] : [html`<li>${id}: <code>${fix}</code></li>`],
  );
  return lines.length === 0
    ? nothing
    : html`<h2>Overdue</h2>
        <ul>
          ${lines}
        </ul>`;
}
