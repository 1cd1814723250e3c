import { loginReference, type LoginPlace, type StoreProvider } from "../../external-secrets/manifests.ts";
import type { VaultKvSpec } from "./kv.ts";
import type { VaultLogin } from "./identity-rules.ts";

type Vault = NonNullable<StoreProvider["vault"]>;

/** Vault KV v2, for the External Secrets Operator that reads it. */
export function vaultProvider(spec: VaultKvSpec, login: VaultLogin, place?: LoginPlace): StoreProvider {
  return { vault: vault(spec, login, place) };
}

/** The same for a writer: if the store requires it, a write names the version that it replaces. */
export function vaultWriterProvider(spec: VaultKvSpec, login: VaultLogin): StoreProvider {
  const checkAndSet = spec.checkAndSet === true ? { checkAndSet: { required: true } } : {};
  return { vault: { ...vault(spec, login), ...checkAndSet } };
}

function vault(spec: VaultKvSpec, login: VaultLogin, place?: LoginPlace): Vault {
  return {
    server: spec.clusterAddress,
    path: spec.mount,
    version: "v2",
    ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
    ...(spec.caBundle === undefined ? {} : { caBundle: Buffer.from(spec.caBundle).toString("base64") }),
    auth: {
      ...(spec.auth.namespace === undefined ? {} : { namespace: spec.auth.namespace }),
      ...authentication(login, place),
    },
  };
}

function authentication(login: VaultLogin, place: LoginPlace | undefined): NonNullable<Vault["auth"]> {
  if (login.kind === "static") {
    return { tokenSecretRef: loginReference({ name: login.secretName, key: "token" }, place) };
  }
  if (login.kind === "secret") {
    const { mountPath: path, roleId, secretName, key } = login;
    return { appRole: { path, roleId, secretRef: loginReference({ name: secretName, key }, place) } };
  }
  const { type, serviceAccount: name, role, mountPath, audience } = login;
  if (type === "jwt") {
    const serviceAccountRef = loginReference({ name, audiences: [audience] }, place);
    // Without a list of its own, which is deprecated, the operator would ask for the audience `vault` as well.
    return { jwt: { path: mountPath, role, kubernetesServiceAccountToken: { serviceAccountRef, audiences: [] } } };
  }
  return {
    kubernetes: {
      mountPath,
      role,
      serviceAccountRef: loginReference({ name, audiences: [audience] }, place),
    },
  };
}
