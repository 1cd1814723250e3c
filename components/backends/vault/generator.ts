import type { IVaultDynamicSecret } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1";
import type { GeneratorSpec } from "../backend.ts";
import type { IssuedObject } from "../issued.ts";
import type { IdentityScope } from "../identity.ts";
import { issuingLogin } from "./identity-rules.ts";
import { credentialsPathOf, type VaultKvSpec } from "./kv.ts";
import { vaultProvider } from "./secret-store.ts";

/**
 * The operator's generator for credentials that a database engine issues, with every field that the API server would
 * default. It logs in at each read, and leaves the token to end by itself: the lease ends with it.
 */
export function vaultGenerator(spec: VaultKvSpec, scope: IdentityScope, issued: IssuedObject): GeneratorSpec {
  const { vault } = vaultProvider(spec, issuingLogin(spec, scope));
  if (vault === undefined) throw new Error(`store ${spec.name} is rendered without a Vault`);
  // The mount of the KV engine plays no part; nor does its version, which the API server would default.
  const { path: _, ...provider } = vault;
  return {
    kind: "VaultDynamicSecret",
    spec: {
      path: `${issued.mount}/${credentialsPathOf(issued)}`,
      method: "GET",
      resultType: "Data",
      allowEmptyResponse: false,
      provider,
    } satisfies NonNullable<IVaultDynamicSecret["spec"]>,
  };
}
