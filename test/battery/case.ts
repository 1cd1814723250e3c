/** Stands where something secret may stand: no message, report or output may show it, nor a part of it. */
export const canary = "canary-5f3c9a71d2e8";

/** What people write in TypeScript or YAML, with the types taken off: a case puts anything anywhere. */
export interface Tree {
  [key: string]: unknown;
}

/** All that people write. Cases change a copy of a valid one (`input.ts`). */
export interface Input {
  /** Name of the stack. */
  stack: string;
  /** Text of `Pulumi.yaml`; null: there is none. */
  project: string | null;
  /** Facts by key, without the project's prefix. */
  facts: Tree;
  /** Text of `Pulumi.<stack>.yaml`, in place of `facts`. */
  yaml?: string;
  catalogue: Tree;
  /** Policies by stack. */
  policies: Tree;
}

/** What must come of an input: it is previewed as a deployment, or refused by a message that the golden file shows. */
export type Outcome = "accepted" | "refused";

/** One odd input. */
export interface Case {
  /** What is odd, in a few words; unique within its class. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly change: (input: Input) => void;
}

/** Inputs that are odd in the same way. */
export interface CaseClass {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** Cases that must be accepted, from their changes by name. */
export function accepted(cases: Readonly<Record<string, Case["change"]>>): readonly Case[] {
  return Object.entries(cases).map(([name, change]) => ({ name, outcome: "accepted", change }));
}

/** Cases that must be refused, from their changes by name. */
export function refused(cases: Readonly<Record<string, Case["change"]>>): readonly Case[] {
  return Object.entries(cases).map(([name, change]) => ({ name, outcome: "refused", change }));
}

/**
 * The object at a path: `at(input.facts, "stores", "vault").mount = "sys"`.
 *
 * @throws where there is none, since a case that changes nothing proves nothing.
 */
export function at(tree: Tree, ...path: readonly (string | number)[]): Tree {
  return path.reduce<Tree>((parent, key) => {
    const child = parent[key];
    if (typeof child !== "object" || child === null) throw new Error(`the valid input has no ${path.join(".")}`);
    return child as Tree;
  }, tree);
}
