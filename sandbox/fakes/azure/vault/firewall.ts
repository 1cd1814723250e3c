import { BlockList, isIPv4 } from "node:net";
import type { Properties } from "../state.ts";

/**
 * Whether a vault's firewall lets an address in: https://learn.microsoft.com/azure/key-vault/general/network-security. Rules for
 * virtual networks match nobody here.
 */
export function firewallAllows(properties: Properties, address: string): boolean {
  if (textOf(properties["publicNetworkAccess"]).toLowerCase() === "disabled") return false;
  const rules = properties["networkAcls"] as { defaultAction?: unknown; ipRules?: unknown } | undefined;
  if (textOf(rules?.defaultAction).toLowerCase() !== "deny") return true;
  const list = new BlockList();
  for (const rule of Array.isArray(rules?.ipRules) ? (rules.ipRules as { value?: unknown }[]) : []) {
    const [network = "", prefix = "32"] = textOf(rule.value).split("/");
    if (isIPv4(network)) list.addSubnet(network, Number(prefix), "ipv4");
  }
  return list.check(address, "ipv4");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
