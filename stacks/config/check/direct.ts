import { declaredName, type DeliverySpec } from "../../../components/delivery/contract.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import type { EntryDelivery } from "../environment.ts";

/** Words and commands for Secrets that this program itself delivers, plain or sealed, where it does not have the value. */

/** "namespace shop gets it sealed-secret (via)". */
export function gotDirectly(deliveries: readonly DeliverySpec[]): string {
  const namespaces = new Set(deliveries.map(({ namespace }) => namespace));
  return `namespace ${[...namespaces].join(", ")} gets it ${viasOf(deliveries)} (via)`;
}

/** "plain and sealed-secret". */
function viasOf(deliveries: readonly Pick<DeliverySpec, "via">[]): string {
  return [...new Set(deliveries.map(({ via }) => via))].sort().join(" and ");
}

/** Commands that let the operator bring Secrets instead. */
export function byOperator(deliveries: readonly EntryDelivery[]): string {
  return deliveries
    .map((each) => setCommand(["namespaces", each.entry, "secrets", declaredName(each), "via"], "external-secret"))
    .join(" && ");
}
