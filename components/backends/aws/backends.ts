import { configPath } from "../../support/messages/config-command.ts";
import type { ClusterSpec } from "../../clusters/contract.ts";
import type { Backend, MissingFact } from "../backend.ts";
import type { AwsAccount } from "./account.ts";
import { awsCsi } from "./csi.ts";
import {
  awsParameterStoreFacts,
  awsParameterStoreSpec,
  awsSecretsManagerFacts,
  awsSecretsManagerSpec,
} from "./facts.ts";
import { awsPorts, awsVariables } from "./endpoints.ts";
import type { ReferenceRules } from "../references.ts";
import { awsIdentities } from "./identities.ts";
import { awsKnownErrors } from "./known-errors.ts";
import { awsParameterStoreRules, type AwsParameterStoreSpec } from "./parameter-store.ts";
import { awsSecretsManagerRules, type AwsSecretsManagerSpec } from "./secrets-manager.ts";
import { previousParameters, previousSecrets } from "./previous-versions.ts";
import { parameterStoreTariff, secretsManagerTariff } from "./tariffs.ts";

/** What both services of AWS have in common. CloudTrail is the account's, not the store's. */
const common = {
  place: ({ accountId, region }: AwsAccount) => [accountId, region],
  factsByCluster: ({ oidcProviders }: AwsAccount) => ({ oidcProviders }),
  missingAuditLogs: () => [],
  reviewedClusters: () => [],
  ports: awsPorts,
  leftByDestroy: () => ({ store: false, auditLog: false }),
  // What is made for readers is refused where several stacks have some (`madeWithReaders`).
  madeElsewhere: <S extends AwsAccount>(spec: S) => spec,
  madeWithReaders: ({ oidcProviders }: AwsAccount) =>
    Object.entries(oidcProviders).flatMap(([cluster, provider]) =>
      provider === "create" ? [configPath(["oidcProviders", cluster])] : [],
    ),
  secretKeys: [],
  operatorProvider: "aws",
  // The operator gives the number to the SDK for the attempts, for which 0 is without end.
  retryNumber: (maxRetries: number) => maxRetries + 1,
  // For a role to be known everywhere ("Changes that I make are not always immediately visible", IAM guide).
  newRightsSeconds: 45,
  knownErrors: awsKnownErrors,
  numbersReferences: false,
  takesGenerated: false,
  identity: awsIdentities,
  csi: awsCsi,
} as const;

/** "Working with parameter versions" and "labels" in the AWS Systems Manager User Guide. */
const parameterReferences: ReferenceRules = {
  alwaysJson: false,
  versions: "a version number, or a label (letters, digits and . - _, not beginning with a digit, aws or ssm)",
  isVersion: (version) => /^(?:[1-9]\d*|(?!\d|aws|ssm)[\w.-]{1,100})$/i.test(version),
  inOperatorWords: (version) => version,
  namesKeys: true,
};

/** "Secret versions" in the guide of Secrets Manager. `AWSPENDING` is there only while a secret is being rotated. */
const secretReferences: ReferenceRules = {
  alwaysJson: false,
  versions: "a staging label such as AWSPREVIOUS, or the id of a version (a UUID)",
  isVersion: (version) => /^(?:uuid\/[\w-]{32,64}|(?!AWSPENDING$)[\w+=.@-]{1,256})$/.test(version),
  inOperatorWords: (version) => (uuid.test(version) ? `uuid/${version}` : version),
  namesKeys: true,
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The providers of issuers; for a reader a role and its policy, and one to take the role on where the operator logs in. */
const resources = {
  store: ({ oidcProviders, loginAccount }: AwsAccount) =>
    Object.values(oidcProviders).filter((provider) => provider === "create").length +
    (loginAccount === undefined ? 0 : 1),
  reader: ({ loginAccount }: AwsAccount, { cluster }: { readonly cluster: ClusterSpec }) => {
    if (cluster.traits.podIdentity !== undefined) return 3;
    return loginAccount === undefined ? 2 : 4;
  },
};

export const awsParameterStore: Backend<AwsParameterStoreSpec> = {
  ...common,
  ...awsParameterStoreRules,
  kind: "aws-parameter-store",
  // The ARN of `db` is that of `/db`.
  canonicalName: (name) => name.replace(/^\//, ""),
  references: parameterReferences,
  facts: awsParameterStoreFacts,
  spec: awsParameterStoreSpec,
  operatorVariables: (spec) => awsVariables("ssm", spec),
  missingCustomerKeys: missingKey,
  resources: { ...resources, perObject: 1 },
  previousVersions: previousParameters,
  tariff: parameterStoreTariff,
  readsPer: "key",
  traits: ({ layout, kmsKeyArn, tier }) => ({
    layout,
    locations: 1,
    customerKey: kmsKeyArn !== undefined,
    // `by-size` counts as standard: a secret of more than 4 KiB is rare, and costs 5 cents a month.
    size: tier === "advanced" ? "advanced" : "standard",
  }),
  loadExaminer: () => import("./examiner.ts"),
  loadOldVersions: () => import("./old-versions.ts"),
  loadLabels: () => import("./parameter-labels.ts"),
  loadSession: () => import("./parameter-store-session.ts"),
};

export const awsSecretsManager: Backend<AwsSecretsManagerSpec> = {
  ...common,
  ...awsSecretsManagerRules,
  kind: "aws-secrets-manager",
  canonicalName: (name) => name,
  references: secretReferences,
  replicates: (from, to) => from.accountId === to.accountId && from.replicas.some(({ region }) => region === to.region),
  facts: awsSecretsManagerFacts,
  spec: awsSecretsManagerSpec,
  operatorVariables: (spec) => awsVariables("secretsmanager", spec),
  missingCustomerKeys: (spec) => [
    ...missingKey(spec),
    ...spec.replicas.flatMap(({ kmsKeyArn, region }, index) =>
      kmsKeyArn === undefined ? [customerKey(`replicas[${index}].kmsKeyArn`, `a KMS key in ${region}`)] : [],
    ),
  ],
  // The secret, its policy, its version.
  resources: { ...resources, perObject: 3 },
  previousVersions: previousSecrets,
  tariff: secretsManagerTariff,
  readsPer: "object",
  traits: ({ layout, kmsKeyArn, replicas }) => ({
    layout,
    locations: 1 + replicas.length,
    customerKey: kmsKeyArn !== undefined,
    size: "standard",
  }),
  loadExaminer: () => import("./examiner.ts"),
  loadOldVersions: () => import("./old-versions.ts"),
  loadSession: () => import("./secrets-manager-session.ts"),
};

function missingKey({ kmsKeyArn }: AwsAccount): readonly MissingFact[] {
  return kmsKeyArn === undefined ? [customerKey("kmsKeyArn", "a KMS key in the region")] : [];
}

function customerKey(fact: string, key: string): MissingFact {
  return { fact, wanted: `a key of the customer's, ${key}` };
}
