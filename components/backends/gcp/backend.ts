import { setCommand } from "../../support/messages/config-command.ts";
import type { Backend, MissingFact } from "../backend.ts";
import { gcpCsi } from "./csi.ts";
import { gcpSecretManagerFacts, gcpSecretManagerSpec } from "./facts.ts";
import { gcpIdentities } from "./identities.ts";
import { gcpKnownErrors } from "./known-errors.ts";
import { previousSecretVersions } from "./previous-versions.ts";
import { gcpSecretManagerRules, madeProvider, type GcpSecretManagerSpec } from "./secret-manager.ts";
import { secretManagerTariff } from "./tariff.ts";

export const gcpSecretManager: Backend<GcpSecretManagerSpec> = {
  ...gcpSecretManagerRules,
  kind: "gcp-secret-manager",
  references: {
    alwaysJson: false,
    versions: "the number of a version, or latest",
    isVersion: (version) => /^(?:[1-9]\d*|latest)$/.test(version),
    inOperatorWords: (version) => version,
    namesKeys: false,
  },
  facts: gcpSecretManagerFacts,
  spec: gcpSecretManagerSpec,
  place: ({ project }) => [project],
  factsByCluster: ({ identityProviders, identityPools }) => ({ identityProviders, identityPools }),
  missingCustomerKeys,
  // Google logs changes by itself, and no reads.
  missingAuditLogs: ({ name, auditLogs }) =>
    auditLogs === undefined
      ? [
          {
            fact: "auditLogs",
            wanted: "a log of who reads values: create switches it on for the project, existing says that it is on",
            fix: setCommand(["stores", name, "auditLogs"], "create"),
          },
        ]
      : [],
  previousVersions: previousSecretVersions,
  reviewedClusters: () => [],
  ports: () => [443],
  leftByDestroy: ({ auditLogs }) => ({ store: false, auditLog: auditLogs === "create" }),
  madeElsewhere: ({ auditLogs, ...spec }) => ({
    ...spec,
    identityPools: {},
    identityProviders: {
      ...Object.fromEntries(
        Object.entries(spec.identityPools).map(([cluster, pool]) => [cluster, madeProvider(spec, cluster, pool)]),
      ),
      ...spec.identityProviders,
    },
    ...(auditLogs === undefined ? {} : { auditLogs: "existing" }),
  }),
  secretKeys: [],
  operatorProvider: "gcpsm",
  // Two minutes, potentially seven ("Access change propagation"). The operator asks less and less often meanwhile, after
  // 164 and 328 s at last.
  newRightsSeconds: 435,
  knownErrors: gcpKnownErrors,
  numbersReferences: false,
  canonicalName: (name) => name,
  takesGenerated: false,
  // A secret and its version; a binding for each secret, and a linked account with the right to be it.
  resources: {
    store: ({ identityPools, auditLogs }) => 2 * Object.keys(identityPools).length + (auditLogs === "create" ? 1 : 0),
    perObject: 2,
    reader: ({ linkedAccounts }, { objects, cluster }) =>
      objects + (linkedAccounts && cluster.traits.googlePool !== undefined ? 2 : 0),
  },
  tariff: secretManagerTariff,
  readsPer: "key",
  traits: (spec) => ({
    layout: spec.layout,
    // Automatic replication is one location.
    locations: Math.max(1, spec.locations.length),
    customerKey: missingCustomerKeys(spec).length === 0,
    size: "standard",
  }),
  identity: gcpIdentities,
  csi: gcpCsi,
  loadExaminer: () => import("./examiner.ts"),
  loadOldVersions: () => import("./old-versions.ts"),
  loadSession: () => import("./session.ts"),
};

function missingCustomerKeys({ locations, kmsKeyName }: GcpSecretManagerSpec): readonly MissingFact[] {
  const missing = (fact: string, location: string): MissingFact => ({
    fact,
    wanted: `a key of the customer's, a Cloud KMS key in ${location}`,
  });
  if (locations.length === 0) return kmsKeyName === undefined ? [missing("kmsKeyName", "the location global")] : [];
  return locations.flatMap(({ kmsKeyName: key, location }, index) =>
    key === undefined ? [missing(`locations[${index}].kmsKeyName`, location)] : [],
  );
}
