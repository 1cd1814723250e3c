import type { Report, ReportedSecret } from "../schema.ts";
import { dueText } from "../words.ts";
import { clipped, html, nothing, perCharacter, type Html } from "./markup.ts";

const width = 1100;
const lane = 30;
const top = 40;
const right = 40;
const longestLabel = 32;

type Dated = ReportedSecret & { readonly rotation: { readonly dueOn: string } };

/** Due dates along time, a lane for each application; a mark holds the number of secrets that are due on its day. */
export function timeline({ secrets, asOf }: Report): Html {
  const dated = secrets.filter(isDated);
  if (dated.length === 0) return html`<p class="quiet">No secret has a cadence.</p>`;
  const lanes = [...Map.groupBy(dated, ({ application }) => application)];
  const left = 12 + perCharacter * Math.max(...lanes.map(([name]) => Math.min([...name].length, longestLabel)));
  const x = scale([asOf, ...dated.map(({ rotation }) => rotation.dueOn)], left);
  const height = top + lanes.length * lane + 8;
  return html`<div class="wide">
    <svg role="img" aria-label="Due dates" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
      ${ticks(x, height)}
      <line class="today" x1="${x.at(asOf)}" x2="${x.at(asOf)}" y1="${top - 10}" y2="${height}" />
      <text class="now" x="${x.at(asOf)}" y="${top - 14}" text-anchor="middle">${asOf}</text>
      ${lanes.map(([application, each], index) => laneOf({ application, secrets: each, y: top + index * lane + lane / 2, x, left }))}
    </svg>
  </div>`;
}

function isDated(secret: ReportedSecret): secret is Dated {
  return secret.rotation.dueOn !== undefined;
}

interface Scale {
  readonly first: number;
  readonly last: number;
  /** Place of a day, in pixels. */
  readonly at: (day: string) => number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** From ten days before the first of these days to ten days after the last, and four months at least. */
function scale(days: readonly string[], left: number): Scale {
  const times = days.map((day) => Date.parse(day));
  const first = Math.min(...times) - 10 * dayMs;
  const last = Math.max(Math.max(...times) + 10 * dayMs, first + 120 * dayMs);
  const at = (day: string) => Math.round(left + ((Date.parse(day) - first) / (last - first)) * (width - left - right));
  return { first, last, at };
}

/** The first days of months, of quarters or of years: as many as there is room for. */
function ticks({ first, last, at }: Scale, height: number): readonly Html[] {
  const start = new Date(first);
  const months: string[] = [];
  for (let index = 1; ; index += 1) {
    const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + index, 1));
    if (day.getTime() > last) break;
    months.push(day.toISOString().slice(0, 10));
  }
  const step = [1, 3, 12, 60].find((each) => months.length / each <= 10) ?? 120;
  return months
    .filter((day) => (Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1) % step === 0)
    .map(
      (day) =>
        html`<line class="line" x1="${at(day)}" x2="${at(day)}" y1="${top - 14}" y2="${height}" /><text
            class="quiet"
            x="${at(day)}"
            y="11"
            text-anchor="middle"
            >${day.slice(0, 7)}</text
          > `,
    );
}

interface LaneArgs {
  readonly application: string;
  readonly secrets: readonly Dated[];
  readonly y: number;
  readonly x: Scale;
  readonly left: number;
}

function laneOf({ application, secrets, y, x, left }: LaneArgs): Html {
  const marks = [...Map.groupBy(secrets, ({ rotation }) => rotation.dueOn)].map(([day, each]) => {
    const [first] = each;
    if (first === undefined) return nothing;
    const names = each.map(({ id }) => id).join(", ");
    return html`<g class="due"
      ><title>${dueText(first.rotation)}: ${names}</title
      ><circle class="mark ${first.rotation.state}" cx="${x.at(day)}" cy="${y}" r="11" /><text
        x="${x.at(day)}"
        y="${y + 4}"
        text-anchor="middle"
        >${each.length}</text
      ></g
    >`;
  });
  return html`<g data-application="${application}"
    ><title>${application}</title><text x="4" y="${y + 4}">${clipped(application, longestLabel)}</text
    ><line class="line" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" />${marks}</g
  > `;
}
