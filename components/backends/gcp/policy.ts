import { childOf } from "../../support/value-at.ts";

/** Members that a policy gives a role without a condition. */
export function membersOf(policy: unknown, role: string): readonly string[] {
  const bindings = childOf(policy, "bindings");
  return (Array.isArray(bindings) ? bindings : []).flatMap((binding: unknown) => {
    const members = childOf(binding, "members");
    if (childOf(binding, "role") !== role || childOf(binding, "condition") !== undefined) return [];
    return Array.isArray(members) ? members.map(String) : [];
  });
}
