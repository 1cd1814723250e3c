import { externalSecret, secretStore } from "../components/external-secrets/manifests.ts";
import { tokenRequestRules } from "../components/external-secrets/operator/controller-rbac.ts";
import { operatorServiceAccount } from "../components/external-secrets/operator/values.ts";
import { vaultReadPolicy } from "../components/backends/vault/policy.ts";
import { vaultProvider } from "../components/backends/vault/secret-store.ts";
import { readerName } from "../components/support/naming.ts";
import type { VaultKvSpec } from "../components/backends/vault/kv.ts";
import type { Connection } from "../sandbox/connection.ts";
import { randomBytes } from "node:crypto";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { forEachParallel, type PlainClient } from "./client.ts";

/**
 * Creates the floor: the same objects in the same servers by plain requests, without state, diffs or checks, and in no
 * order but the one that the servers require.
 */
export async function applyFloor(client: PlainClient, connection: Connection, catalogue: Catalogue): Promise<void> {
  const store = storeSpec(connection);
  const namespaces = Object.entries(catalogue).map(([app, { secrets }]) => ({ app, names: Object.keys(secrets) }));
  await forEachParallel(namespaces, ({ app, names }) => prepareNamespace(client, store, app, names));
  const secrets = namespaces.flatMap(({ app, names }) => names.map((name) => ({ app, name })));
  await forEachParallel(secrets, (secret) => putSecret(client, store, secret));
}

/** Stores one secret with `keys` keys, and delivers it. */
export async function putSecret(
  client: PlainClient,
  store: VaultKvSpec,
  {
    app,
    name,
    keys = 1,
    refreshInterval = "1h0m0s",
  }: { app: string; name: string; keys?: number; refreshInterval?: string },
): Promise<void> {
  const path = `floor/${app}/${name}`;
  const data = Object.fromEntries(
    Array.from({ length: keys }, (_, index) => [`password-${index}`, randomBytes(24).toString("base64url")] as const),
  );
  await client.vault("POST", `${store.mount}/data/${path}`, { data });
  await client.vault("POST", `${store.mount}/metadata/${path}`, {
    max_versions: 10,
    custom_metadata: { "managed-by": "bench" },
  });
  await apply(
    client,
    `/apis/external-secrets.io/v1/namespaces/${app}/externalsecrets/${name}`,
    externalSecret(
      { name, namespace: app },
      {
        storeKind: "SecretStore",
        storeName: readerName,
        target: name,
        creationPolicy: "Owner",
        refreshPolicy: "Periodic",
        refreshInterval,
        extract: [path],
        data: [],
      },
    ),
  );
}

/** Deletes the floor. */
export async function removeFloor(client: PlainClient, connection: Connection, catalogue: Catalogue): Promise<void> {
  const { mount } = storeSpec(connection);
  const secrets = Object.entries(catalogue).flatMap(([app, each]) =>
    Object.keys(each.secrets).map((name) => `floor/${app}/${name}`),
  );
  await forEachParallel(secrets, (path) => client.vault("DELETE", `${mount}/metadata/${path}`));
  await forEachParallel(Object.keys(catalogue), (app) => client.kubernetes("DELETE", `/api/v1/namespaces/${app}`));
}

/** Creates a namespace with a service account that may read the secrets of these names. */
export async function prepareNamespace(
  client: PlainClient,
  store: VaultKvSpec,
  app: string,
  names: readonly string[],
): Promise<void> {
  const role = `floor-${app}`;
  const grants = names.map((name) => ({ kind: "vault-kv" as const, mount: store.mount, path: `floor/${app}/${name}` }));
  const metadata = { name: `${readerName}-token-request`, namespace: app };
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${app}`;
  await apply(client, `/api/v1/namespaces/${app}`, { apiVersion: "v1", kind: "Namespace", metadata: { name: app } });
  await apply(client, `/api/v1/namespaces/${app}/serviceaccounts/${readerName}`, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: readerName, namespace: app },
  });
  await apply(client, `${rbac}/roles/${metadata.name}`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata,
    rules: tokenRequestRules(readerName),
  });
  await apply(client, `${rbac}/rolebindings/${metadata.name}`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
    subjects: [{ kind: "ServiceAccount", name: operatorServiceAccount, namespace: "external-secrets" }],
  });
  await client.vault("PUT", `sys/policies/acl/${role}`, { policy: vaultReadPolicy(grants) });
  await client.vault("POST", `auth/${store.auth.mountPath}/role/${role}`, {
    bound_service_account_names: [readerName],
    bound_service_account_namespaces: [app],
    audience: store.auth.audience,
    token_policies: [role],
    token_ttl: "10m",
  });
  await apply(
    client,
    `/apis/external-secrets.io/v1/namespaces/${app}/secretstores/${readerName}`,
    secretStore(
      { name: readerName, namespace: app },
      vaultProvider(store, {
        kind: "service-account",
        serviceAccount: readerName,
        annotations: {},
        role,
        mountPath: store.auth.mountPath,
        audience: store.auth.audience,
      }),
    ),
  );
}

function apply(client: PlainClient, path: string, body: object): Promise<string> {
  return client.kubernetes("PATCH", `${path}?fieldManager=bench&force=true`, body);
}

/** The platform's Vault. */
export function storeSpec(connection: Connection): VaultKvSpec {
  return {
    kind: "vault-kv",
    name: "vault",
    address: connection.vaultAddress,
    clusterAddress: connection.vaultAddress,
    mount: connection.vaultKvMount,
    auth: { mountPath: connection.vaultKubernetesAuth, mountPaths: {}, audience: "vault" },
    maxVersions: 10,
  };
}
