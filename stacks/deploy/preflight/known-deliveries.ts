import type { StateResource } from "../../../components/backends/contract.ts";
import { sealedManifestType, sealedSecretType } from "../../../components/sealed-secrets/manifest.ts";
import { keptAs } from "../../../components/delivery/take-over.ts";
import type { DeliverySpec, Via } from "../../../components/delivery/contract.ts";

const plainType = "kubernetes:core/v1:Secret";

/** Types of the resources that Secrets are delivered by. */
export const deliveryTypes: { readonly [K in Via]: readonly string[] } = {
  "external-secret": ["kubernetes:external-secrets.io/v1:ExternalSecret"],
  // Applied by a GitOps tool: the state knows nothing of it.
  gitops: [],
  csi: ["kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"],
  "sealed-secret": [sealedSecretType],
  plain: [plainType, "kubernetes:core/v1:SecretPatch"],
};

/** All of them, and what the state has of a SealedSecret that a GitOps tool applies. */
export const knownTypes: readonly string[] = [...Object.values(deliveryTypes).flat(), sealedManifestType];

/**
 * The resources of the state that a delivery may be. Pure.
 *
 * @param key `<cluster>/<namespace>`.
 * @param types of resources that count.
 */
export function resourcesOf(
  state: readonly StateResource[],
  key: string,
  { secretName }: DeliverySpec,
  types: readonly string[],
): readonly StateResource[] {
  const name = `${key}/${secretName}`;
  // A reader's static credentials are a Secret too, whose resource is called like one of the name `credentials`.
  const mayBe = ({ objectName }: StateResource) => objectName === undefined || objectName === secretName;
  // One that is delivered in another way now keeps its state under another name for a run.
  const isNamed = (each: StateResource) =>
    each.name === name || (each.type === plainType && keptAs(name, each.name) !== undefined);
  return state.filter((each) => isNamed(each) && types.includes(each.type) && mayBe(each));
}
