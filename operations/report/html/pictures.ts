import type { Report, ReportedConsumer, ReportedSecret } from "../schema.ts";
import { consumerText, hasSeveralClusters } from "../words.ts";
import { clipped, html, perCharacter, type Html } from "./markup.ts";

const longest = 60;
const boxHeight = 26;
const gap = 10;
const between = 60;
const headHeight = 22;

const titles = ["application", "Secret", "store", "identity that reads it"] as const;
type Column = 0 | 1 | 2 | 3;

/** One way of a value: a name in each column, as far as it goes. */
type Way = readonly [application: string, secret?: string, store?: string, identity?: string];

/** For each application, where its values are and how they get into its Secrets. */
export function pictures({ secrets }: Report): readonly Html[] {
  const withCluster = hasSeveralClusters(secrets);
  const applications = [...Map.groupBy(secrets, ({ application }) => application)].sort(([a], [b]) => (a < b ? -1 : 1));
  return applications.map(
    ([application, each]) =>
      html`<figure data-application="${application}">
        <h3>${application}</h3>
        <div class="wide">
          ${picture(
            application,
            each.flatMap((secret) => waysOf(secret, { withCluster })),
          )}
        </div>
      </figure> `,
  );
}

function waysOf({ application, stores, consumers }: ReportedSecret, shown: { readonly withCluster: boolean }): Way[] {
  if (consumers.length === 0) return stores.map(({ store }) => [application, "no Secret", store] as const);
  return consumers.map((each) => {
    const { lastSync: _, ...place } = each;
    const secret = consumerText(place, shown);
    if (each.store === undefined) return [application, secret, "no store"] as const;
    return [application, secret, each.store, identityText(each, shown)] as const;
  });
}

function identityText(
  { cluster, identity }: ReportedConsumer,
  { withCluster }: { readonly withCluster: boolean },
): string {
  const place = withCluster ? `${cluster}: ` : "";
  switch (identity?.login) {
    case "service-account":
      return `${place}ServiceAccount ${identity.account ?? ""}`;
    case "operator":
      return `${place}the operator`;
    case "static":
      return `${place}credentials of the configuration`;
    default:
      return `${place}a credential of the namespace`;
  }
}

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function picture(application: string, ways: readonly Way[]): Html {
  const columns = titles.map((_, column) => [...new Set(ways.flatMap((way) => way[column] ?? []))]);
  const rows = Math.max(...columns.map(({ length }) => length));
  const height = headHeight + rows * (boxHeight + gap) + gap;
  let x = 4;
  const boxes = columns.map((names, column) => {
    const longestName = Math.max(
      ...[titles[column] ?? "", ...names].map((name) => Math.min([...name].length, longest)),
    );
    const width = Math.ceil(longestName * perCharacter) + 20;
    const start = headHeight + ((rows - names.length) * (boxHeight + gap)) / 2 + gap / 2;
    const placed = names.map((name, row): Box => ({ name, x, y: start + row * (boxHeight + gap), width }));
    const head = { title: titles[column] ?? "", x };
    x += width + between;
    return { head, placed };
  });
  const total = x - between + 4;
  const boxOf = (column: Column, name: string) => boxes[column]?.placed.find((each) => each.name === name);
  const pairs = new Map(
    ways.flatMap((way) =>
      ([0, 1, 2] as const).flatMap((column) => {
        const from = way[column];
        const to = way[(column + 1) as Column];
        if (from === undefined || to === undefined) return [];
        return [
          [JSON.stringify([column, from, to]), { from: boxOf(column, from), to: boxOf((column + 1) as Column, to) }],
        ] as const;
      }),
    ),
  );
  return html`<svg
    role="img"
    aria-label="Where the values of ${application} are"
    width="${total}"
    height="${height}"
    viewBox="0 0 ${total} ${height}"
  >
    ${[...pairs.values()].map(({ from, to }) => edge(from, to))}
    ${boxes.map(({ head, placed }) => html`<text class="quiet" x="${head.x}" y="14">${head.title}</text>${placed.map(box)}`)}
  </svg>`;
}

function box({ name, x, y, width }: Box): Html {
  return html`<g
    ><title>${name}</title><rect class="box" x="${x}" y="${y}" width="${width}" height="${boxHeight}" rx="5" /><text
      x="${x + 10}"
      y="${y + 17}"
      >${clipped(name, longest)}</text
    ></g
  >`;
}

function edge(from: Box | undefined, to: Box | undefined): Html {
  if (from === undefined || to === undefined) return html``;
  const start = from.x + from.width;
  const [y1, y2] = [from.y + boxHeight / 2, to.y + boxHeight / 2];
  const middle = (start + to.x) / 2;
  return html`<path class="edge" d="M${start} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}" />`;
}
