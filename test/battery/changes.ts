import { at, type Case, type Input, type Tree } from "./case.ts";

type Make = (cases: Readonly<Record<string, Case["change"]>>) => readonly Case[];

/** Cases that give a fact one of these values: `values(refused, "mount", ["stores", "vault", "mount"], ["", "/kv"])`. */
export function values(make: Make, what: string, path: readonly string[], given: readonly unknown[]): readonly Case[] {
  const parent = path.slice(0, -1);
  const last = path.at(-1) ?? "";
  return make(
    Object.fromEntries(
      given.map((value): [string, Case["change"]] => [
        `${what} ${named(value)}`,
        ({ facts }) => void (at(facts, ...parent)[last] = value),
      ]),
    ),
  );
}

/** A value in the name of a case: short, and without control characters. */
function named(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "none");
  const legible = text.replaceAll(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return legible.length <= 60 ? legible : `${legible.slice(0, 40)}… (${legible.length} characters)`;
}

/** Leaves one namespace of the valid input, with what is delivered to it. */
export function onlyNamespace({ facts, catalogue }: Pick<Input, "facts" | "catalogue">, name: string): void {
  facts["namespaces"] = { [name]: at(facts, "namespaces", name) };
  for (const application of Object.keys(catalogue)) {
    const app = at(catalogue, application);
    app["deliveries"] = (app["deliveries"] as readonly Tree[]).filter(({ namespace }) => namespace === name);
  }
}

/** Leaves some stores of the valid input, with the namespaces that read them. */
export function onlyStores(input: Pick<Input, "facts" | "catalogue">, ...names: readonly string[]): void {
  const { facts, catalogue } = input;
  facts["stores"] = Object.fromEntries(names.map((name) => [name, at(facts, "stores", name)]));
  const reading = Object.entries(facts["namespaces"] as Tree).filter(([, each]) =>
    names.includes(String((each as Tree)["store"])),
  );
  facts["namespaces"] = Object.fromEntries(reading);
  for (const application of Object.keys(catalogue)) {
    const app = at(catalogue, application);
    const kept = reading.map(([name]) => name);
    app["deliveries"] = (app["deliveries"] as readonly Tree[]).filter(({ namespace }) =>
      kept.includes(String(namespace)),
    );
  }
}
