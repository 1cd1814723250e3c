import { isMounted, isSynced, type DeliverySpec } from "../../../components/delivery/contract.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../environment.ts";
import { byOperator } from "./direct.ts";

/** What is composed by the operator reaches no namespace that it delivers nothing to. Pure. */
export function checkComposed({ namespaces }: Pick<Environment, "namespaces">): readonly Issue[] {
  const others = namespaces.flatMap(({ entry, deliveries }) =>
    deliveries.filter((each) => !isSynced(each) && each.templates !== undefined).map((each) => ({ entry, each })),
  );
  return others.map(({ entry, each }) => ({
    path: configPath(["namespaces", entry]),
    problem: `gets Secret ${each.secretName} ${byOthers(each)}`,
    fix: `compose the value in a secret that this program makes, by template(…) among its keys\n    or let the operator bring it from a store that holds it: ${byOperator([{ ...each, entry }])}`,
  }));
}

function byOthers(delivery: DeliverySpec): string {
  return isMounted(delivery)
    ? "via csi, but its templates are rendered by the operator: the CSI driver makes files of values as they are"
    : `${delivery.via} (via), but its templates are rendered by the operator: this program does not have every value`;
}
