import type { StateResource } from "../../../components/backends/contract.ts";
import {
  declaredName,
  isMerged,
  isRendered,
  vias,
  type DeliverySpec,
  type Via,
} from "../../../components/delivery/contract.ts";
import { sealedManifestType } from "../../../components/sealed-secrets/manifest.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment, Namespace } from "../../config/environment.ts";
import { deliveryTypes, resourcesOf } from "./known-deliveries.ts";

/**
 * Secrets that would change hands, from an ExternalSecret or SealedSecret of this stack to Pulumi, to a GitOps tool, or back:
 * the old resource goes last, and takes along the Secret that was just written, or the ExternalSecret that the tool applied.
 * Through the CSI driver there would be none until a Pod mounts it. Keys that were only merged stay. Pure.
 */
export function changingHands(
  { namespaces }: Pick<Environment, "namespaces">,
  state: readonly StateResource[],
): readonly Issue[] {
  return namespaces.flatMap((namespace) =>
    namespace.deliveries.flatMap((delivery) => {
      if (delivery.via === "sealed-secret" && namespace.cluster.sealedSecrets?.appliedBy === "gitops") {
        return toSealedFiles(namespace, delivery, state);
      }
      if (delivery.via !== "sealed-secret" && resourcesOf(state, namespace.key, delivery, keptTypes).length > 0) {
        return [fromSealedFiles(namespace, delivery)];
      }
      const lost = formerOf(namespace, delivery, state).find(({ via, each }) => {
        if (isRendered(delivery)) return each.handedOver !== true;
        // These two hand Secrets over, unless the old object is to stay and would go on writing.
        if (takesOver(delivery, via)) return each.handedOver === true;
        return each.merges !== true;
      });
      return lost === undefined ? [] : [issueOf(namespace, delivery, lost.via)];
    }),
  );
}

const keptTypes = [sealedManifestType];

/** What the state delivers the Secret by in other ways than it is to be delivered now. */
function formerOf({ key }: Namespace, delivery: DeliverySpec, state: readonly StateResource[]) {
  return vias
    .filter((via) => via !== delivery.via)
    .flatMap((via) => resourcesOf(state, key, delivery, deliveryTypes[via]).map((each) => ({ via, each })));
}

/** A GitOps tool's SealedSecret takes over none but the one of this stack that was handed over. */
function toSealedFiles(
  namespace: Namespace,
  delivery: DeliverySpec,
  state: readonly StateResource[],
): readonly Issue[] {
  const { name, entry, cluster } = namespace;
  const { secretName } = delivery;
  const applied = ["clusters", cluster.name, "sealedSecrets", "appliedBy"];
  const path = configPath(applied);
  const sealed = resourcesOf(state, namespace.key, delivery, deliveryTypes["sealed-secret"]);
  if (sealed.some(({ handedOver }) => handedOver !== true)) {
    return [
      {
        path,
        problem: `Secret ${name}/${secretName} ${makers["sealed-secret"]}, which this change would delete, together with the one that a GitOps tool applied`,
        fix: `hand it over first (docs/deliveries/sealed-secrets.md#from-sealedsecrets-of-this-stack): ${setCommand(["namespaces", entry, "handOverTo"], "gitops")}, and ${removeCommand(applied)}; pulumi up; then this change`,
      },
    ];
  }
  return formerOf(namespace, delivery, state)
    .slice(0, 1)
    .map(({ via }) => ({
      path,
      problem: `Secret ${name}/${secretName} ${makers[via]}, which this change would delete together with the Secret`,
      fix:
        via === "external-secret"
          ? `let this program apply its SealedSecret first, which takes the Secret over: ${removeCommand(applied)}; pulumi up; then hand that over (docs/deliveries/sealed-secrets.md#from-sealedsecrets-of-this-stack)`
          : setCommand(["namespaces", entry, "secrets", declaredName(delivery), "via"], via),
    }));
}

function fromSealedFiles({ entry, cluster }: Namespace, delivery: DeliverySpec): Issue {
  const { secretName } = delivery;
  const via = ["namespaces", entry, "secrets", declaredName(delivery), "via"];
  return {
    path: configPath(via),
    problem: `Secret ${secretName} comes from a SealedSecret that a GitOps tool applies, and goes with it`,
    fix: `take it back first (docs/deliveries/sealed-secrets.md#back): ${setCommand(via, "sealed-secret")}, and ${removeCommand(["clusters", cluster.name, "sealedSecrets", "appliedBy"])}; pulumi up; then this change`,
  };
}

/** Whether a delivery takes its Secret from what has delivered it so far (`components/delivery/take-over.ts`). */
function takesOver(delivery: DeliverySpec, former: Via): boolean {
  const { via } = delivery;
  if (!handsOver.has(former) || (!handsOver.has(via) && via !== "csi")) return false;
  // A plain Secret is the stack's own, or never.
  return !isMerged(delivery) || (via !== "plain" && former !== "plain");
}

const handsOver: ReadonlySet<Via> = new Set(["external-secret", "sealed-secret", "plain"]);

const makers: { readonly [K in Via]: string } = {
  "external-secret": "belongs to an ExternalSecret of this stack",
  gitops: "belongs to an ExternalSecret of a GitOps tool",
  csi: "is what Pods mount through a SecretProviderClass of this stack",
  "sealed-secret": "belongs to a SealedSecret of this stack",
  plain: "was written by this stack itself",
};

function issueOf({ entry }: Namespace, delivery: DeliverySpec, former: Via): Issue {
  const { secretName } = delivery;
  const path = configPath(["namespaces", entry, "secrets", declaredName(delivery), "via"]);
  const keep = setCommand(["namespaces", entry, "secrets", declaredName(delivery), "via"], former);
  if (former === "external-secret" && isRendered(delivery)) {
    return {
      path,
      problem: `Secret ${secretName} belongs to an ExternalSecret of this stack, which this change would delete, together with the one that a GitOps tool applied`,
      fix: `hand it over first (docs/deliveries/gitops.md): ${setCommand(["namespaces", entry, "handOverTo"], "gitops")}, and ${keep}; pulumi up; then this change`,
    };
  }
  if (takesOver(delivery, former)) {
    return {
      path,
      problem: `Secret ${secretName} ${makers[former]} that stays in the cluster (handOverTo), and would go on writing it`,
      fix: `take that back first: ${removeCommand(["namespaces", entry, "handOverTo"])}, and ${keep}; pulumi up; then this change`,
    };
  }
  const move =
    "move applications to a second delivery of another secretName first: docs/deliveries/changing.md#through-a-second-secret";
  return {
    path,
    problem: `Secret ${secretName} ${makers[former]}, which this change would delete together with the Secret`,
    fix: `${keep}\n    or ${move}`,
  };
}
