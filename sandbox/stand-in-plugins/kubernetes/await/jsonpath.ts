import { isJsonMap, type Json, type JsonMap } from "../../support/values.ts";

/** A wait condition such as `jsonpath={.status.phase}=Bound`. */
export interface JsonPathCondition {
  readonly text: string;
  readonly steps: readonly Step[];
  readonly value: string | undefined;
}

type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "all" }
  | { readonly kind: "filter"; readonly key: string; readonly equals: string };

/**
 * Parses the strict syntax that the official plugin takes (provider/pkg/jsonpath): keys, indexes, `[*]` and
 * `[?(@.key=="value")]`; other filters are an error here.
 */
export function parseJsonPath(expression: string): JsonPathCondition {
  const raw = expression.replace(/^jsonpath=/, "");
  const match = /^\{([^}]*)\}(?:=(.*))?$/s.exec(raw);
  if (match === null) throw new Error(`format should be {.path}=value or {.path}, got "${raw}"`);
  const [, path = "", value] = match;
  if (value === "") throw new Error(`${raw} requires a value`);
  return { text: raw, steps: stepsOf(path.trim()), value };
}

/** Whether an object matches, and what was found instead. */
export function matchJsonPath(
  condition: JsonPathCondition,
  object: JsonMap,
): { readonly matched: boolean; readonly found?: string } {
  const [first] = select([object], condition.steps);
  if (first === undefined) return { matched: false };
  const found = typeof first === "object" && first !== null ? JSON.stringify(first) : String(first);
  return { matched: condition.value === undefined || condition.value === found, found };
}

function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  let rest = path.replace(/^\$/, "");
  while (rest !== "") {
    const [token, step] = nextStep(rest, path);
    steps.push(step);
    rest = rest.slice(token.length);
  }
  return steps;
}

function nextStep(rest: string, path: string): [string, Step] {
  const key = /^\.([\p{L}\p{N}_-]+)/u.exec(rest);
  if (key !== null) return [key[0], { kind: "key", key: key[1] ?? "" }];
  const quoted = /^\[(?:'([^']*)'|"([^"]*)")\]/.exec(rest);
  if (quoted !== null) return [quoted[0], { kind: "key", key: quoted[1] ?? quoted[2] ?? "" }];
  const index = /^\[(\d+)\]/.exec(rest);
  if (index !== null) return [index[0], { kind: "index", index: Number(index[1]) }];
  const all = /^\[\*\]/.exec(rest);
  if (all !== null) return [all[0], { kind: "all" }];
  const filter = /^\[\?\(?@\.([\w-]+)\s*==\s*(?:'([^']*)'|"([^"]*)")\)?\]/.exec(rest);
  if (filter !== null)
    return [filter[0], { kind: "filter", key: filter[1] ?? "", equals: filter[2] ?? filter[3] ?? "" }];
  throw new Error(`parsing "{${path}}": this part is not understood here: ${rest}`);
}

function select(values: readonly Json[], steps: readonly Step[]): Json[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [...values];
  return select(
    values.flatMap((value) => take(value, step)),
    rest,
  );
}

function take(value: Json, step: Step): Json[] {
  switch (step.kind) {
    case "key":
      return isJsonMap(value) && value[step.key] !== undefined ? [value[step.key] ?? null] : [];
    case "index":
      return Array.isArray(value) && step.index < value.length ? [value[step.index] ?? null] : [];
    case "all":
      if (Array.isArray(value)) return value;
      return isJsonMap(value) ? Object.values(value).map((item) => item ?? null) : [];
    case "filter":
      return Array.isArray(value) ? value.filter((item) => isJsonMap(item) && item[step.key] === step.equals) : [];
  }
}
