import { z } from "zod";
import type {
  AdmissionPolicySpec,
  ClusterBase,
  ClusterFlavour,
  ClusterSpec,
  ExternalSecretsSpec,
  NetworkPolicySpec,
} from "../../../components/clusters/contract.ts";
import { backends, remoteStoreKinds } from "../../../components/backends/index.ts";
import { dnsLabel } from "../../../components/support/naming.ts";
import { gcpProject, gcpProjectNumber, httpsUrl, url } from "../../../components/support/facts.ts";

const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "must be addresses in CIDR notation, such as 10.0.0.0/16" });

const ports = z
  .array(z.int().min(1).max(65_535))
  .min(1, "must name at least one port, or be left out: an empty list would mean every port");

/** What a Pod without privileges can listen at, beside what the webhook has already. */
function isFreeOfWebhook(port: number): boolean {
  return port >= 1024 && port <= 65_535 && ![8080, 8081].includes(port);
}

const externalSecrets = z.strictObject({
  chart: z.string().min(1).default("external-secrets"),
  repository: url.optional(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "must be an exact version, such as 2.9.0"),
  namespace: z.string().regex(dnsLabel, "must be a DNS label").default("external-secrets"),
  install: z.boolean().default(true),
  webhook: z.boolean().default(true),
  webhookPort: z
    .int()
    .refine(isFreeOfWebhook, {
      error: "must be from 1024 to 65535, and not 8080 or 8081, which the webhook's metrics and health have",
    })
    .optional(),
  concurrency: z.int().min(1).max(50).default(10),
  priorityClassName: z.string().min(1).optional(),
  serviceMonitor: z.boolean().default(false),
  pushSecrets: z.boolean().default(false),
  networkPolicy: z
    .strictObject({
      apiServer: z.array(cidr).default([]),
      stores: z.array(cidr).default([]),
      apiServerPorts: ports.optional(),
      storePorts: ports.optional(),
      monitoringNamespace: z.string().regex(dnsLabel, "must be a DNS label").optional(),
    })
    .optional(),
  clusterSecretStore: z.strictObject({ conditions: z.boolean().default(true) }).optional(),
  admissionPolicy: z.boolean().default(true),
  sharedWith: z
    .strictObject({
      stores: z.array(z.enum(remoteStoreKinds)).default([]),
      podIdentity: z.boolean().default(false),
    })
    .optional(),
});

const base = {
  kubeconfig: z.string().min(1).optional(),
  context: z.string().min(1).optional(),
  identifier: z.string().min(1).optional(),
  upsertExistingObjects: z.boolean().default(false),
  assumeNothingExists: z.boolean().default(false),
  /** Store that its namespaces read unless they name another: the nearest. */
  store: z.string().min(1).optional(),
  externalSecrets,
};
/** Kept exactly as it is written: clouds compare it character by character, a slash at its end included. */
const issuer = httpsUrl.optional();

const kubeconfigCluster = z.strictObject({ flavour: z.literal("kubeconfig"), ...base, issuer });
const eksCluster = z.strictObject({
  flavour: z.literal("eks"),
  ...base,
  issuer,
  clusterName: z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, "must be the name of an EKS cluster"),
  identity: z.enum(["irsa", "pod-identity"]).default("irsa"),
});
const aksCluster = z.strictObject({ flavour: z.literal("aks"), ...base, issuer });
const gkeCluster = z.strictObject({
  flavour: z.literal("gke"),
  ...base,
  project: gcpProject,
  projectNumber: gcpProjectNumber.optional(),
  location: z.string().regex(/^[a-z]+-[a-z]+\d+(-[a-z])?$/, "must be a region or zone, such as europe-west3"),
  clusterName: z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, "must be the name of a GKE cluster"),
});
const openshiftCluster = z
  .strictObject({
    flavour: z.literal("openshift"),
    ...base,
    issuer,
    manager: z.enum(["helm", "operator-lifecycle-manager"]).default("helm"),
    trustedCaBundle: z.boolean().default(false),
  })
  .superRefine(({ manager, trustedCaBundle, externalSecrets: operator }, context) => {
    if (manager === "helm") return;
    const paths = [
      ...(trustedCaBundle ? [["trustedCaBundle"]] : []),
      ...factsOfTheChart.filter((fact) => isSet(operator, fact)).map((fact) => ["externalSecrets", fact]),
    ];
    for (const path of paths) {
      const message = "must be left out: it has no effect with Red Hat's operator (manager)";
      context.addIssue({ code: "custom", path, message });
    }
    for (const [fact, why] of Object.entries(factsOfTheChartsNetwork)) {
      const given = operator.networkPolicy?.[fact as keyof typeof factsOfTheChartsNetwork] ?? [];
      if (given.length === 0) continue;
      const message = `must be left out: Red Hat's own policies ${why}`;
      context.addIssue({ code: "custom", path: ["externalSecrets", "networkPolicy", fact], message });
    }
  });

/** What only the chart can be told; whoever set one of these for Red Hat's operator would believe that it holds. */
const factsOfTheChart = [
  "chart",
  "repository",
  "webhook",
  "concurrency",
  "priorityClassName",
  "serviceMonitor",
  "pushSecrets",
  "webhookPort",
] as const;

/** The same within `networkPolicy`, whose other facts (the stores) Red Hat's operator does get. */
const factsOfTheChartsNetwork = {
  apiServer: "let every program reach port 6443 of any address, and can't be narrowed",
  apiServerPorts: "let every program reach port 6443 of any address, and can't be narrowed",
  monitoringNamespace: "let only OpenShift's monitoring read metrics",
} as const;

function isSet(facts: z.output<typeof externalSecrets>, fact: (typeof factsOfTheChart)[number]): boolean {
  return facts[fact] !== externalSecrets.parse({ version: facts.version })[fact];
}

/** Facts of a cluster, by its flavour. */
export const clusterFacts = z.discriminatedUnion("flavour", [
  kubeconfigCluster,
  eksCluster,
  aksCluster,
  gkeCluster,
  openshiftCluster,
]);
export type ClusterFacts = z.output<typeof clusterFacts>;

/** How facts of a flavour make a spec. A flavour without its row does not compile. */
const specs: {
  readonly [F in ClusterFlavour]: (base: ClusterBase, facts: Extract<ClusterFacts, { flavour: F }>) => ClusterSpec;
} = {
  kubeconfig: (common) => ({ ...common, flavour: "kubeconfig" }),
  eks: (common, { clusterName, identity }) => ({ ...common, flavour: "eks", clusterName, identity }),
  aks: (common) => ({ ...common, flavour: "aks" }),
  gke: (common, { project, projectNumber, location, clusterName }) => ({
    ...common,
    flavour: "gke",
    project,
    ...(projectNumber === undefined ? {} : { projectNumber }),
    location,
    clusterName,
    issuer: `https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${clusterName}`,
  }),
  openshift: (common, { manager, trustedCaBundle }) => ({
    ...common,
    flavour: "openshift",
    manager,
    trustedCaBundle,
    // Red Hat's operator has a place of its own for what it installs.
    externalSecrets:
      manager === "helm" ? common.externalSecrets : { ...common.externalSecrets, namespace: "external-secrets" },
  }),
};

/** The spec of a cluster. */
export function clusterSpecOf(name: string, facts: ClusterFacts): ClusterSpec {
  const { kubeconfig, context, upsertExistingObjects, assumeNothingExists } = facts;
  const common: ClusterBase = {
    name,
    identifier: facts.identifier ?? identifierOf(name, facts),
    upsertExistingObjects,
    ...(assumeNothingExists ? { assumeNothingExists } : {}),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(!("issuer" in facts) || facts.issuer === undefined ? {} : { issuer: facts.issuer }),
    externalSecrets: externalSecretsSpec(facts.externalSecrets),
  };
  const make = specs[facts.flavour] as unknown as (base: ClusterBase, facts: ClusterFacts) => ClusterSpec;
  return make(common, facts);
}

/**
 * What the facts say of which cluster it is. A cloud's own name for it where they hold one, else the context: both are
 * the same on every machine. Neither the path of a kubeconfig nor what is in it: a cluster keeps its identity when its
 * address, certificates or credentials change.
 */
function identifierOf(name: string, facts: ClusterFacts): string {
  switch (facts.flavour) {
    case "eks":
      return `eks/${facts.clusterName}`;
    case "gke":
      return `gke/${facts.project}/${facts.location}/${facts.clusterName}`;
    case "aks":
    case "kubeconfig":
    case "openshift":
      return facts.context ?? name;
  }
}

function externalSecretsSpec(facts: z.output<typeof externalSecrets>): ExternalSecretsSpec {
  const {
    repository,
    priorityClassName,
    webhookPort,
    networkPolicy,
    clusterSecretStore,
    admissionPolicy,
    sharedWith,
    ...rest
  } = facts;
  return {
    ...rest,
    ...(repository === undefined ? {} : { repository }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(webhookPort === undefined ? {} : { webhookPort }),
    ...(clusterSecretStore === undefined ? {} : { clusterSecretStore }),
    ...(admissionPolicy ? { admissionPolicy: admissionPolicySpec(sharedWith) } : {}),
    ...(networkPolicy === undefined ? {} : { networkPolicy: networkPolicySpec(networkPolicy) }),
  };
}

/** Kinds of store in the facts; the operator knows providers. */
function admissionPolicySpec(others: z.output<typeof externalSecrets>["sharedWith"]): AdmissionPolicySpec {
  const { stores = [], podIdentity = false } = others ?? {};
  return { providers: [...new Set(stores.map((kind) => backends[kind].operatorProvider))], podIdentity };
}

function networkPolicySpec({
  apiServerPorts,
  storePorts,
  monitoringNamespace,
  ...reach
}: NonNullable<z.output<typeof externalSecrets>["networkPolicy"]>): NetworkPolicySpec {
  return {
    ...reach,
    ...(apiServerPorts === undefined ? {} : { apiServerPorts }),
    ...(storePorts === undefined ? {} : { storePorts }),
    ...(monitoringNamespace === undefined ? {} : { monitoringNamespace }),
  };
}
