import { createPublicKey } from "node:crypto";
import type { GcpData } from "./state.ts";
import type { ReachableIssuer } from "./identity/token-exchange.ts";

/** A provider that is there from the start, by its full name. */
export interface ExistingProvider extends ReachableIssuer {
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`. */
  readonly name: string;
}

/** Adds the providers that are missing, with uploaded keys, as a cluster that nobody can reach needs them. True when any was. */
export function addProviders(data: GcpData, providers: readonly ExistingProvider[]): boolean {
  const missing = providers.filter(({ name }) => data.providers[name] === undefined);
  for (const { name, issuer, publicKeyPem } of missing) {
    const [pool = ""] = name.split("/providers/");
    data.pools[pool] ??= { name: pool, state: "ACTIVE", displayName: "Clusters outside of Google" };
    const key = createPublicKey(publicKeyPem).export({ format: "jwk" });
    data.providers[name] = {
      name,
      state: "ACTIVE",
      oidc: { issuerUri: issuer, jwksJson: JSON.stringify({ keys: [{ ...key, alg: "RS256", use: "sig" }] }) },
      attributeMapping: { "google.subject": "assertion.sub" },
    };
  }
  return missing.length > 0;
}
