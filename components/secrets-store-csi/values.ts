import type { SecretsStoreCsiSpec } from "../clusters/contract.ts";
import { caFolder } from "./contract.ts";
import { type CsiProvider } from "./names.ts";

/** Name of the ConfigMap with the certificates of stores, which the provider for Vault mounts. */
export const caConfigMap = "secrets-store-csi-ca";

/** Helm values of the driver. Pure. */
export function driverValues(
  { syncSecret, rotationPollSeconds }: Pick<SecretsStoreCsiSpec, "syncSecret" | "rotationPollSeconds">,
  audiences: readonly string[],
) {
  return {
    // The right to write Secrets in every namespace: only with synced ones.
    syncSecret: { enabled: syncSecret },
    enableSecretRotation: true,
    rotationPollInterval: `${rotationPollSeconds}s`,
    // Tokens of the Pod's own account, by which a provider logs in as the Pod.
    tokenRequests: audiences.map((audience) => ({ audience })),
  };
}

/** What a provider's chart is told: not to bring a driver of its own, nor anything else. */
const providerBase = {
  aws: { "secrets-store-csi-driver": { install: false } },
  azure: { "secrets-store-csi-driver": { install: false } },
  gcp: {},
  vault: {
    server: { enabled: false },
    injector: { enabled: false },
    // Without the agent, which knows one Vault: SecretProviderClasses name theirs.
    csi: { enabled: true, agent: { enabled: false } },
  },
} as const satisfies Readonly<Record<CsiProvider, object>>;

/**
 * Helm values of a provider. Pure.
 *
 * @param trusts whether it mounts certificates of stores.
 */
export function providerValues(provider: CsiProvider, { trusts }: { readonly trusts: boolean }): object {
  if (provider !== "vault" || !trusts) return providerBase[provider];
  const { csi, ...rest } = providerBase.vault;
  const name = "store-certificates";
  return {
    ...rest,
    csi: {
      ...csi,
      volumes: [{ name, configMap: { name: caConfigMap } }],
      volumeMounts: [{ name, mountPath: caFolder, readOnly: true }],
    },
  };
}
