/** A resource as a policy sees it: its inputs, with what is secret among them in clear. */
export interface Subject {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** One rule for the resources of a stack. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  /** What to do instead. */
  readonly remedy: string;
  /** What people may set in the pack's configuration, as JSON Schema. Default: nothing. */
  readonly settings?: Readonly<Record<string, object>>;
  /**
   * What is wrong with a resource, a sentence each. Pure. Says where and what, and never what a value is.
   *
   * @param settings what the pack's configuration holds.
   */
  readonly check: (subject: Subject, settings: Readonly<Record<string, unknown>>) => readonly string[];
}

/** A map of JSON; an empty one where there is none. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A list of JSON; a value alone is a list of one, as IAM has it, and nothing an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** The texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

/** A text; an empty one where there is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What a text holds as JSON; the value itself where it is none. */
export function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** Where a Kubernetes object lies, for people: `shop/db`. */
export function placeOf({ name, props }: Subject): string {
  const { name: own = name, namespace } = mapOf(props["metadata"]);
  return typeof namespace === "string" ? `${namespace}/${String(own)}` : String(own);
}

/** The objects of a Kubernetes list. */
export function itemsOf(props: Subject["props"]): readonly Subject[] {
  const { items } = props;
  return (Array.isArray(items) ? items : []).map((each) => ({ type: "", name: "", props: mapOf(each) }));
}
