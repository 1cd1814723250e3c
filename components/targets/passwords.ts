import { secret, type Output } from "@pulumi/pulumi";
import { textsByName } from "../support/texts-by-name.ts";
import { targetPasswordsKey } from "./contract.ts";

/** The password of a target's administrator, out of the configured ones. */
export function passwordOf(passwords: Output<string>, target: string): Output<string> {
  return secret(passwords).apply((text) => {
    const found = textsByName(text)?.[target];
    if (found !== undefined) return found;
    throw new Error(`${targetPasswordsKey} has nothing for target ${target}, which parsing should have found`);
  });
}
