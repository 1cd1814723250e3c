import type { ClusterSpec } from "../../../../components/clusters/contract.ts";
import { aks as flavour } from "../../../../components/clusters/flavours/aks.ts";
import { vaultIdOf } from "../../../support/providers/azure.ts";
import { azureSpec } from "../rows/azure-key-vault.ts";
import { cluster, type Rows } from "./row.ts";

const { traits: aksTraits } = flavour.describe(
  flavour.facts.parse({ flavour: "aks", externalSecrets: { version: "2.9.0" } }),
);

/** An AKS cluster with its issuer, which ends in a slash. */
export const aks: ClusterSpec = {
  ...cluster,
  flavour: "aks",
  traits: aksTraits,
  issuer: "https://westeurope.oic.prod-aks.azure.com/22222222-2222-4222-8222-222222222222/44444444/",
};

const row = {
  store: azureSpec,
  grant: (name: string) =>
    ({ kind: "azure-key-vault", name, scope: `${vaultIdOf(azureSpec.vault)}/secrets/${name}` }) as const,
  login: "service-account",
  wildcard: { remoteName: "*", message: /must name exactly one secret, and its scope is ".*\/secrets\/\*"/ },
} as const;

export const azure: Rows<"azure-key-vault"> = [
  { title: "Azure workload identity on AKS", cluster: aks, ...row },
  { title: "Azure workload identity, cluster of no cloud", cluster, ...row },
];
