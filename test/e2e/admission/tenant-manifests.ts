import type { Manifest } from "./golden-manifests.ts";

/** Manifests that a tenant could write, each valid for the operator's CRDs. */

const apiVersion = "external-secrets.io/v1";
const reference = { name: "tenant" };

/** A SecretStore with this provider. */
export function secretStore(provider: object): Manifest {
  return { apiVersion, kind: "SecretStore", metadata: reference, spec: { provider } };
}

/** The same as a ClusterSecretStore. */
export function sharedStore(provider: object): Manifest {
  const spec = { provider, conditions: [{ namespaces: ["tenant"] }] };
  return { apiVersion, kind: "ClusterSecretStore", metadata: reference, spec };
}

/** A generator, or the operator's record of one. */
export function generator(kind: string, spec: Readonly<Record<string, unknown>> = {}): Manifest {
  return { apiVersion: "generators.external-secrets.io/v1alpha1", kind, metadata: reference, spec };
}

/** Vault, with a service account of the namespace. */
export function vaultProvider(account: object = reference, more: object = {}): object {
  const auth = { kubernetes: { mountPath: "kubernetes", role: "tenant", serviceAccountRef: account } };
  return { vault: { server: "http://127.0.0.1:1", path: "secret", version: "v2", auth, ...more } };
}

/** A ClusterSecretStore on Vault. */
export function clusterSecretStore(conditions?: readonly object[]): Manifest {
  const provider = vaultProvider({ name: "tenant", namespace: "tenant" });
  const spec = { provider, ...(conditions === undefined ? {} : { conditions }) };
  return { apiVersion, kind: "ClusterSecretStore", metadata: reference, spec };
}

/** An ExternalSecret that reads the namespace's own SecretStore. */
export function externalSecret(changes: {
  readonly template?: object;
  readonly target?: object;
  readonly store?: object;
  readonly data?: readonly object[];
  readonly dataFrom?: readonly object[];
}): Manifest {
  const { template, target, store = { kind: "SecretStore", name: "secrets-reader" }, data, dataFrom } = changes;
  return {
    apiVersion,
    kind: "ExternalSecret",
    metadata: reference,
    spec: {
      secretStoreRef: store,
      target: { name: "tenant", ...target, ...(template === undefined ? {} : { template }) },
      ...(data === undefined ? {} : { data }),
      dataFrom: dataFrom ?? [{ extract: { key: "tenant" } }],
    },
  };
}

/** A PushSecret of a Secret of the namespace, through its own SecretStore. */
export function pushSecret(changes: {
  readonly store?: object;
  readonly selector?: object;
  readonly template?: object;
}): Manifest {
  const { store = { kind: "SecretStore", name: "tenant" }, selector = { secret: reference }, template } = changes;
  return {
    apiVersion: "external-secrets.io/v1alpha1",
    kind: "PushSecret",
    metadata: reference,
    spec: {
      secretStoreRefs: [store],
      selector,
      data: [{ match: { remoteRef: { remoteKey: "tenant" } } }],
      ...(template === undefined ? {} : { template }),
    },
  };
}
