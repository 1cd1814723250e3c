import fc from "fast-check";
import { canary, type Input, type Tree } from "./case.ts";

/** A way to break one thing: the place in the input, and what is done there. */
export interface Break {
  /** Names that lead to the place; the first is `facts`, `catalogue` or `policies`. */
  readonly path: readonly string[];
  readonly action: Action;
}

type Action =
  | { readonly kind: "remove" }
  | { readonly kind: "rename"; readonly to: string }
  | { readonly kind: "set"; readonly to: unknown };

/** Names that objects, shells, YAML, URLs or terminals give a meaning to. */
const oddNames = [
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "secure",
  "",
  " ",
  ".",
  "..",
  "..x",
  "a/b",
  "a b",
  "Shop",
  "shop.db",
  "x".repeat(300),
  "\u001b[31mred",
  "::error::",
  "a\nb",
  "dоmain",
  "$(id)",
  "`id`",
  "'",
  '"',
  "\\",
];

const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e12,
  2 ** 31,
  [],
  {},
  [null],
  { constructor: 1 },
  { secure: "v1:AAAA" },
  "2026-02-30",
  "9999-12-31",
  "http://user:" + canary + "@host.example/",
  "https://*.example.com/x?y=1#z",
  "-----BEGIN PRIVATE KEY-----\n" + canary + "\n-----END PRIVATE KEY-----",
  "{{",
  "${",
  "${password}",
  "x".repeat(5000),
  ...oddNames,
];

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constant<Action>({ kind: "remove" }),
  fc.constantFrom(...oddNames).map((to): Action => ({ kind: "rename", to })),
  fc.constantFrom(...oddValues).map((to): Action => ({ kind: "set", to })),
);

/** Any break of anything in an input. */
export function breaks(input: Input): fc.Arbitrary<Break> {
  const paths = [
    ...pathsIn(input.facts, ["facts"]),
    ...pathsIn(input.catalogue, ["catalogue"]),
    ...pathsIn(input.policies, ["policies"]),
  ];
  return fc.record({ path: fc.constantFrom(...paths), action });
}

/** Names directly below a place of an input. */
export function namesBelow(input: Input, path: readonly string[]): readonly string[] {
  const place = path.reduce<unknown>((tree, name) => (tree as Tree)[name], input);
  return typeof place === "object" && place !== null ? Object.keys(place) : [];
}

/** Does what a break says to an input. */
export function breakIt(input: Input, { path, action: { kind, ...rest } }: Break): void {
  const key = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<Tree>((tree, name) => tree[name] as Tree, input as unknown as Tree);
  const value = parent[key];
  if (kind === "set") {
    parent[key] = (rest as { readonly to: unknown }).to;
    return;
  }
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  if (kind === "rename" && !Array.isArray(parent)) {
    const name = (rest as { readonly to: string }).to;
    Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
  }
}

function pathsIn(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [[...path, key], ...pathsIn(each, [...path, key])]);
}
