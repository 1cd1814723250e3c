import type { Explanation } from "../../support/messages/explanation.ts";

/** What names an object: the part of its manifest that does. */
interface Named {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/**
 * Why an update fails of an object that the state has, and that somebody deleted, or a run that was killed: the provider reads what it updates
 * (pulumi-kubernetes, await.go: Update). `undefined` for any other failure, such as of something that the object names. Pure.
 */
export function goneIn(
  error: string,
  { kind = "", metadata: { name = "", namespace } = {} }: Named,
): Explanation | undefined {
  const [, plural = "", missing] = /(?:^|: )([a-z]+)(?:\.[a-z0-9.-]+)? "([^"\n]+)" not found$/.exec(error.trim()) ?? [];
  if (missing !== name || kind === "" || !plural.startsWith(kind.toLowerCase().replace(/y$/, ""))) return undefined;
  return {
    subject: `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
    problem: "does not exist",
    fix: "pulumi up --refresh",
  };
}
