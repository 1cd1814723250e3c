import type { Issue } from "../support/errors.ts";
import { awsParameterStoreRules } from "./aws/parameter-store.ts";
import { awsSecretsManagerRules } from "./aws/secrets-manager.ts";
import { azureKeyVaultRules } from "./azure/key-vault.ts";
import type { RemoteStoreKind, RemoteStoreSpec, StoreCandidate, StoreKind, StoreRules, StoreSpec } from "./contract.ts";
import type { OpenArgs, StoreBackend, StoreSession } from "./session.ts";
import { gcpSecretManagerRules } from "./gcp/secret-manager.ts";
import { kubernetesRules } from "./kubernetes.ts";
import type { RemoteObject } from "./remote-object.ts";
import { vaultKvRules } from "./vault/kv.ts";

type SpecOf<K extends StoreKind> = Extract<StoreSpec, { kind: K }>;

/** What can be told of a kind without its provider. One row per kind; a kind without its row does not compile. */
const rules: { readonly [K in StoreKind]: StoreRules<SpecOf<K>> } = {
  "aws-parameter-store": awsParameterStoreRules,
  "aws-secrets-manager": awsSecretsManagerRules,
  "azure-key-vault": azureKeyVaultRules,
  "gcp-secret-manager": gcpSecretManagerRules,
  "vault-kv": vaultKvRules,
  kubernetes: kubernetesRules,
};

/** Loads a backend with its provider's SDK, which is what makes a Pulumi program slow to start. */
const backends: { readonly [K in RemoteStoreKind]: () => Promise<{ readonly backend: StoreBackend<SpecOf<K>> }> } = {
  "aws-parameter-store": () => import("./aws/parameter-store-session.ts"),
  "aws-secrets-manager": () => import("./aws/secrets-manager-session.ts"),
  "azure-key-vault": () => import("./azure/session.ts"),
  "gcp-secret-manager": () => import("./gcp/session.ts"),
  "vault-kv": () => import("./vault/session.ts"),
};

/** Every kind of store. */
export const storeKinds = Object.keys(rules) as readonly StoreKind[];

/** Whether a store keeps its values outside the cluster. */
export function isRemote(spec: StoreSpec): spec is RemoteStoreSpec {
  return spec.kind !== "kubernetes";
}

/** Whether a store's values are written through fields that the state does not keep among its outputs. */
export function isWriteOnly(spec: StoreSpec): boolean {
  return "writeOnly" in spec && spec.writeOnly === true;
}

// A spec always meets the rules of its own kind; TypeScript can't follow that through the table's mapped type.
function rulesOf<S extends StoreSpec>(spec: S): StoreRules<S> {
  return rules[spec.kind] as unknown as StoreRules<S>;
}

/** The remote objects under which a store keeps a secret; none where the namespace has the only copy. Pure. */
export function remoteObjectsOf(spec: StoreSpec, candidate: StoreCandidate): readonly RemoteObject[] {
  return rulesOf(spec).objects(spec, candidate);
}

/** What a store would refuse about a secret. Pure; runs while the configuration is parsed. */
export function checkCandidate(spec: StoreSpec, candidate: StoreCandidate): readonly Issue[] {
  return rulesOf(spec).check(spec, candidate);
}

/** Opens a store: loads its backend and registers its provider. */
export async function openStore<S extends RemoteStoreSpec>(args: OpenArgs<S>): Promise<StoreSession> {
  const { backend } = (await backends[args.spec.kind]()) as unknown as { readonly backend: StoreBackend<S> };
  return backend.open(args);
}
