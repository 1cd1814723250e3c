import { secret, type Output } from "@pulumi/pulumi";
import { textsByName } from "../support/texts-by-name.ts";
import { targetPasswordsKey } from "./kind.ts";
import { administratorOf, type TargetSpec } from "./kinds.ts";

/** The password of a target's administrator, out of the configured ones; empty where its kind has none. */
export function administratorPassword(target: TargetSpec, passwords: Output<string> | undefined): Output<string> {
  if (administratorOf(target) === undefined) return secret("");
  return secret(passwords ?? "{}").apply((text) => {
    const found = textsByName(text)?.[target.name];
    if (found !== undefined) return found;
    throw new Error(`${targetPasswordsKey} has nothing for target ${target.name}, which parsing should have found`);
  });
}
