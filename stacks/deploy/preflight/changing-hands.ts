import type { StateResource } from "../../../components/backends/contract.ts";
import { isRendered, vias, type DeliverySpec, type Via } from "../../../components/delivery/contract.ts";
import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment, Namespace } from "../../config/environment.ts";
import { deliveryTypes, resourcesOf } from "./known-deliveries.ts";

/**
 * Secrets that would change hands, from an ExternalSecret of this stack to Pulumi, to a GitOps tool, or back: the old
 * resource goes last, and takes along the Secret that was just written, or the ExternalSecret that the tool applied. Through
 * the CSI driver there would be none until a Pod mounts it. Keys that were only merged stay. Pure.
 */
export function changingHands(
  { namespaces }: Pick<Environment, "namespaces">,
  state: readonly StateResource[],
): readonly Issue[] {
  return namespaces.flatMap((namespace) =>
    namespace.deliveries.flatMap((delivery) => {
      const found = vias
        .filter((via) => via !== delivery.via)
        .flatMap((via) =>
          resourcesOf(state, namespace.key, delivery, deliveryTypes[via]).map((each) => ({ via, each })),
        );
      const lost = found.find(({ each }) => (isRendered(delivery) ? each.handedOver !== true : each.merges !== true));
      return lost === undefined ? [] : [issueOf(namespace, delivery, lost.via)];
    }),
  );
}

function issueOf({ entry }: Namespace, delivery: DeliverySpec, former: Via): Issue {
  const { secretName } = delivery;
  const path = configPath(["namespaces", entry, "secrets", secretName, "via"]);
  const keep = setCommand(["namespaces", entry, "secrets", secretName, "via"], former);
  if (former === "external-secret" && isRendered(delivery)) {
    return {
      path,
      problem: `Secret ${secretName} belongs to an ExternalSecret of this stack, which this change would delete, together with the one that a GitOps tool applied`,
      fix: `hand it over first (docs/deliveries/gitops.md): ${setCommand(["namespaces", entry, "handOverTo"], "gitops")}, and ${keep}; pulumi up; then this change`,
    };
  }
  const move =
    "move applications to a second delivery of another secretName first: docs/deliveries/csi.md#move-a-secret";
  return {
    path,
    problem: `Secret ${secretName} ${makers[former]}, which this change would delete together with the Secret`,
    fix: former === "csi" || delivery.via === "csi" ? `${keep}\n    or ${move}` : keep,
  };
}

/** What a delivery of each kind made of a Secret, as the state has it. */
const makers: { readonly [K in Via]: string } = {
  "external-secret": "belongs to an ExternalSecret of this stack",
  gitops: "belongs to an ExternalSecret of this stack",
  csi: "is what Pods mount through a SecretProviderClass of this stack",
  plain: "was written by this stack itself",
};
