import { kubernetesMethods } from "./auth-types.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { portOf } from "../../support/port-of.ts";
import { vaultIdentities } from "./identities.ts";
import type { Backend } from "../backend.ts";
import { vaultCsi } from "./csi.ts";
import { vaultGenerator } from "./generator.ts";
import { vaultKvFacts, vaultKvSpec } from "./facts.ts";
import { vaultKnownErrors } from "./known-errors.ts";
import { vaultKvRules, vaultPlace, type VaultKvSpec } from "./kv.ts";
import { previousKvVersions } from "./previous-versions.ts";
import { reviewedBy, reviewersKey } from "./reviewers.ts";
import { vaultTariff } from "./tariff.ts";

export const vaultKv: Backend<VaultKvSpec> = {
  ...vaultKvRules,
  kind: "vault-kv",
  references: {
    alwaysJson: true,
    versions: "the number of a version",
    isVersion: (version) => /^[1-9]\d*$/.test(version),
    inOperatorWords: (version) => version,
    namesKeys: false,
  },
  facts: vaultKvFacts,
  spec: vaultKvSpec,
  place: (spec) => [...vaultPlace(spec), spec.mount],
  factsByCluster: ({ auth: { mountPaths, types = {}, methods = {} } }) => ({
    "auth.types": types,
    "auth.mountPaths": mountPaths,
    "auth.methods": methods,
  }),
  // Vault's seal is its operator's.
  missingCustomerKeys: () => [],
  // Whoever makes no mount here may not make audit devices either: they are of the whole Vault.
  missingAuditLogs: ({ name, createMount, auditDevices = [] }) =>
    createMount === undefined || auditDevices.length > 0
      ? []
      : [
          {
            fact: "auditDevices",
            wanted: "an audit log of every store that is made here, and of a Vault whose mount is",
            fix: [
              setCommand(["stores", name, "auditDevices", 0, "type"], "file", { asText: true }),
              setCommand(["stores", name, "auditDevices", 0, "filePath"], "/vault/logs/audit.log"),
            ].join(" && "),
          },
        ],
  previousVersions: previousKvVersions,
  reviewedClusters: reviewedBy,
  ports: ({ clusterAddress }) => [portOf(clusterAddress)],
  // The engine, and audit devices, which are of the whole Vault.
  leftByDestroy: ({ createMount, auditDevices = [] }) => ({
    store: createMount?.retain === true,
    auditLog: auditDevices.some(({ retain }) => retain === true),
  }),
  madeElsewhere: ({ createMount: _, auditDevices: __, auth: { methods: ___, ...auth }, ...spec }) => ({
    ...spec,
    auth,
  }),
  secretKeys: ["vaultToken", reviewersKey],
  operatorProvider: "vault",
  retryNumber: (maxRetries) => maxRetries,
  newRightsSeconds: 0,
  knownErrors: vaultKnownErrors,
  numbersReferences: true,
  canonicalName: (name) => name,
  takesGenerated: true,
  generator: vaultGenerator,
  // A provider for another namespace, devices, the mount, methods, those that ask a cluster with their configuration; for a reader a policy and a role.
  resources: {
    store: ({ auditDevices = [], createMount, auth: { namespace, methods = {} } }) =>
      (namespace === undefined ? 0 : 1) +
      auditDevices.length +
      (createMount === undefined ? 0 : 1) +
      Object.keys(methods).length +
      kubernetesMethods(methods).length,
    perObject: 1,
    reader: () => 2,
  },
  tariff: vaultTariff,
  readsPer: "key",
  traits: () => ({ layout: "bundle", locations: 1, customerKey: false, size: "standard" }),
  identity: vaultIdentities,
  csi: vaultCsi,
  loadExaminer: async () => {
    const { openVaultExaminer } = await import("./examiner.ts");
    return { open: (spec, variable) => Promise.resolve(openVaultExaminer(spec, variable)) };
  },
  loadOldVersions: () => import("./old-versions.ts"),
  loadLabels: () => import("./labels.ts"),
  loadSession: () => import("./session.ts"),
};
