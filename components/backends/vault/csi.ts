import { caFile, objectsIn, type CsiAccess } from "../../secrets-store-csi/contract.ts";
import type { ClusterSpec } from "../../clusters/contract.ts";
import { yamlText } from "../../secrets-store-csi/yaml.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { authTypeOf } from "./auth-types.ts";
import type { VaultLogin } from "./identity-rules.ts";
import type { VaultKvSpec } from "./kv.ts";
import { loginNamespace, pathFromLogin } from "./namespaces.ts";

/** Vault KV v2, for the driver's provider for Vault. */
export const vaultCsi: CsiAccess<VaultKvSpec, VaultLogin> = {
  provider: "vault",
  audience: ({ auth }) => auth.audience,
  check: (spec, cluster) => [...certificateIssues(spec, cluster), ...loginIssues(spec, cluster)],
  problems: () => [],
  calls: objectsIn,
  parameters: (spec, login, { files }) => ({
    vaultAddress: spec.clusterAddress,
    ...(loginNamespace(spec) === "" ? {} : { vaultNamespace: loginNamespace(spec) }),
    ...(spec.caBundle === undefined ? {} : { vaultCACertPath: caFile(spec.name) }),
    ...(login.kind === "service-account"
      ? { vaultAuthMountPath: login.mountPath, roleName: login.role, audience: login.audience }
      : {}),
    objects: yamlText(
      files.map(({ name, object, from }) => ({
        objectName: name,
        // The path of the API: `data/` is part of it in KV v2. It is read in the namespace that the provider logs in at.
        secretPath: `${pathFromLogin(spec)}${spec.mount}/data/${object.name}`,
        secretKey: from,
      })),
    ),
  }),
  caBundle: ({ caBundle }) => caBundle,
};

/** The provider reads certificates from a file of its own Pods, and takes none from a SecretProviderClass. */
function certificateIssues({ name: store, caBundle }: VaultKvSpec, cluster: ClusterSpec): readonly Issue[] {
  if (caBundle === undefined || cluster.secretsStoreCsi?.install !== false) return [];
  return [
    {
      path: `stores.${store}.caBundle`,
      problem: `does not reach Pods of cluster ${cluster.name}: the driver's provider for Vault reads certificates from a file in its own Pods, which this stack does not install (clusters.${cluster.name}.secretsStoreCsi.install)`,
      fix: "let this stack install the driver and its provider, or deliver via external-secret",
    },
  ];
}

/** The provider knows the tokens of accounts alone, by the Kubernetes or the JWT auth method. */
function loginIssues({ name: store, auth }: VaultKvSpec, cluster: ClusterSpec): readonly Issue[] {
  if (authTypeOf(auth, cluster.name) !== "approle") return [];
  return [
    {
      path: `stores.${store}.auth`,
      problem: `lets cluster ${cluster.name} log in by approle, which the driver's provider for Vault can't: it logs in with tokens of service accounts`,
      fix: "let those log in, with auth.type kubernetes or jwt, or deliver via external-secret",
    },
  ];
}
