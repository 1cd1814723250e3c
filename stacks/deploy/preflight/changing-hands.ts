import type { StateResource } from "../../../components/backends/contract.ts";
import { isRendered, vias, type DeliverySpec, type Via } from "../../../components/delivery/contract.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment, Namespace } from "../../config/environment.ts";
import { deliveryTypes, resourcesOf } from "./known-deliveries.ts";

/**
 * Secrets that would change hands, from an ExternalSecret or SealedSecret of this stack to Pulumi, to a GitOps tool, or back:
 * the old resource goes last, and takes along the Secret that was just written, or the ExternalSecret that the tool applied. Keys
 * that were only merged stay. Pure.
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
      const lost = found.find(({ via, each }) => {
        if (isRendered(delivery)) return each.handedOver !== true;
        // These two hand Secrets over, unless the old object is to stay and would go on writing.
        if (handsOver.has(via) && handsOver.has(delivery.via)) return each.handedOver === true;
        return each.merges !== true;
      });
      return lost === undefined ? [] : [issueOf(namespace, delivery, lost.via)];
    }),
  );
}

/** What takes Secrets from each other (`components/sealed-secrets/hooks.ts`). */
const handsOver: ReadonlySet<Via> = new Set(["external-secret", "sealed-secret"]);

const makers: { readonly [K in Via]: string } = {
  "external-secret": "belongs to an ExternalSecret of this stack",
  gitops: "belongs to an ExternalSecret of a GitOps tool",
  "sealed-secret": "belongs to a SealedSecret of this stack",
  plain: "was written by this stack itself",
};

function issueOf({ name }: Namespace, delivery: DeliverySpec, former: Via): Issue {
  const { secretName, via } = delivery;
  const path = configPath(["namespaces", name, "secrets", secretName, "via"]);
  const keep = setCommand(["namespaces", name, "secrets", secretName, "via"], former);
  if (former === "external-secret" && isRendered(delivery)) {
    return {
      path,
      problem: `Secret ${secretName} belongs to an ExternalSecret of this stack, which this change would delete, together with the one that a GitOps tool applied`,
      fix: `hand it over first (docs/deliveries/gitops.md): ${setCommand(["namespaces", name, "handOverTo"], "gitops")}, and ${keep}; pulumi up; then this change`,
    };
  }
  if (handsOver.has(former) && handsOver.has(via)) {
    return {
      path,
      problem: `Secret ${secretName} ${makers[former]} that stays in the cluster (handOverTo), and would go on writing it`,
      fix: `take that back first: ${removeCommand(["namespaces", name, "handOverTo"])}, and ${keep}; pulumi up; then this change`,
    };
  }
  return {
    path,
    problem: `Secret ${secretName} ${makers[former]}, which this change would delete together with the Secret`,
    fix: keep,
  };
}
