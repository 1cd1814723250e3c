/** A Grafana panel: the fields of its JSON model that are used here (Grafana's `kinds/dashboard`, schema version 39). */
export interface Panel {
  readonly id: number;
  readonly type: "stat" | "table" | "timeseries";
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly datasource: Datasource;
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly color?: { readonly mode: "thresholds" };
      readonly thresholds?: { readonly mode: "absolute"; readonly steps: readonly Step[] };
    };
    readonly overrides: readonly [];
  };
  readonly options: object;
  readonly transformations?: readonly object[];
}

/** Where panels ask: whichever Prometheus is chosen above them. */
export const datasource = { type: "prometheus", uid: "${datasource}" } as const;
type Datasource = typeof datasource;

export interface Target {
  readonly refId: string;
  readonly datasource: Datasource;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: true;
  readonly range?: false;
  readonly format?: "table";
}

/** A colour from a value on; the first step has none. */
interface Step {
  readonly color: string;
  readonly value: number | null;
}

/** A panel without its number and place. */
export interface PanelParts extends Pick<Panel, "type" | "title" | "description"> {
  readonly width: number;
  readonly height: number;
  /** Queries, each with what its line is called. */
  readonly queries: readonly { readonly expr: string; readonly legend?: string }[];
  readonly unit?: string;
  /** The number from which a stat is red. Default: it has no colour. */
  readonly redFrom?: number;
  /** Labels that a table shows, each with its heading, in order; then the value. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Heading of the value of a table. */
  readonly value?: string;
}

/** Puts panels beside each other, 24 columns to a line, in order. Pure. */
export function laidOut(parts: readonly PanelParts[]): readonly Panel[] {
  let [x, y, tallest] = [0, 0, 0];
  return parts.map((each, index) => {
    if (x + each.width > 24) [x, y, tallest] = [0, y + tallest, 0];
    const gridPos = { h: each.height, w: each.width, x, y };
    x += each.width;
    tallest = Math.max(tallest, each.height);
    return panel(each, index + 1, gridPos);
  });
}

function panel(parts: PanelParts, id: number, gridPos: Panel["gridPos"]): Panel {
  const { type, title, description, unit, redFrom, queries } = parts;
  const colours =
    redFrom === undefined
      ? {}
      : {
          color: { mode: "thresholds" as const },
          thresholds: {
            mode: "absolute" as const,
            steps: [
              { color: "green", value: null },
              { color: "red", value: redFrom },
            ],
          },
        };
  return {
    id,
    type,
    title,
    description,
    gridPos,
    datasource,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource,
      expr,
      ...(legend === undefined ? {} : { legendFormat: legend }),
      ...(type === "timeseries" ? {} : { instant: true as const, range: false as const }),
      ...(type === "table" ? { format: "table" as const } : {}),
    })),
    fieldConfig: { defaults: { ...(unit === undefined ? {} : { unit }), ...colours }, overrides: [] },
    options: options(type),
    ...(type === "table" ? { transformations: [organized(parts)] } : {}),
  };
}

function options(type: Panel["type"]): object {
  switch (type) {
    case "stat":
      return {
        reduceOptions: { calcs: ["lastNotNull"], values: false, fields: "" },
        colorMode: "value",
        graphMode: "none",
      };
    case "table":
      return { showHeader: true, sortBy: [] };
    case "timeseries":
      return {
        legend: { displayMode: "list", placement: "bottom", showLegend: true },
        tooltip: { mode: "multi", sort: "desc" },
      };
  }
}

/** Shows the named labels and the value, under their headings. */
function organized({ columns = {}, value = "value" }: PanelParts): object {
  const shown = [...Object.keys(columns), "Value"];
  return {
    id: "organize",
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(shown.map((name, index) => [name, index])),
      renameByName: { ...columns, Value: value },
    },
  };
}
