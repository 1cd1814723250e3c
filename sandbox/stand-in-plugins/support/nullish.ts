import { equal, type Value } from "./values.ts";

/** Equality that does not tell an empty string from nothing, as Terraform's older SDK doesn't. */
export function equalNullish(left: Value | undefined, right: Value | undefined): boolean {
  const normal = (value: Value | undefined) => (value === "" || value === null ? undefined : value);
  return equal(normal(left), normal(right));
}
