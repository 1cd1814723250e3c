import { vaultIdentities } from "./identities.ts";
import type { Backend } from "../backend.ts";
import { vaultKvFacts, vaultKvSpec } from "./facts.ts";
import { vaultKnownErrors } from "./known-errors.ts";
import { vaultKvRules, type VaultKvSpec } from "./kv.ts";
import { reviewedBy, reviewersKey } from "./reviewers.ts";
import { vaultTariff } from "./tariff.ts";

export const vaultKv: Backend<VaultKvSpec> = {
  ...vaultKvRules,
  kind: "vault-kv",
  facts: vaultKvFacts,
  spec: vaultKvSpec,
  place: ({ address, namespace = "", mount }) => [address, namespace, mount],
  factsByCluster: ({ auth: { mountPaths, methods = {} } }) => ({
    "auth.mountPaths": mountPaths,
    "auth.methods": methods,
  }),
  // Vault's seal is its operator's, and so is its audit log where none is made here.
  missingCustomerKeys: () => [],
  missingAuditLogs: () => [],
  reviewedClusters: reviewedBy,
  ports: ({ clusterAddress }) => [portOf(clusterAddress)],
  // The engine, and audit devices, which are of the whole Vault.
  leftByDestroy: ({ createMount, auditDevices = [] }) => ({
    store: createMount?.retain === true,
    auditLog: auditDevices.some(({ retain }) => retain === true),
  }),
  secretKeys: ["vaultToken", reviewersKey],
  operatorProvider: "vault",
  newRightsSeconds: 0,
  knownErrors: vaultKnownErrors,
  numbersReferences: true,
  ignoresCase: false,
  takesGenerated: true,
  tariff: vaultTariff,
  readsPer: "key",
  traits: () => ({ layout: "bundle", locations: 1, customerKey: false, size: "standard" }),
  identity: vaultIdentities,
  loadSession: () => import("./session.ts"),
};

function portOf(address: string): number {
  const { port, protocol } = new URL(address);
  if (port !== "") return Number(port);
  return protocol === "http:" ? 80 : 443;
}
