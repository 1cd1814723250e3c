import { z } from "zod";
import { chartValues } from "../external-secrets/operator/chart-schema.ts";
import { backends, remoteStoreKinds } from "../backends/index.ts";
import { blank, configPath, removeCommand, setCommand } from "../support/messages/config-command.ts";
import type { Issue } from "../support/messages/errors.ts";
import { namespaceName, pem, secretName, url } from "../support/facts.ts";
import { ruledText } from "../support/messages/text-rules.ts";
import type { AdmissionPolicySpec, ClusterSpec, ExternalSecretsSpec, NetworkPolicySpec } from "./contract.ts";

const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "must be addresses in CIDR notation, such as 10.0.0.0/16" });

const ports = z
  .array(z.int().min(1).max(65_535))
  .min(1, "must name at least one port, or be left out: an empty list would mean every port");

/** Images come from one place for all three programs, as the chart has one image for them. */
const image = z.strictObject({
  repository: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
      "must be <registry>/<path> without a scheme and a tag, such as registry.example.com/external-secrets/external-secrets",
    ),
  pullSecrets: z.array(secretName).default([]),
});

/** Host names, domains with a leading dot, addresses and CIDR ranges, as Go reads `NO_PROXY`. */
const bypass = z
  .string()
  .regex(
    /^\.?[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?(\/\d{1,3})?$/,
    "must be a host, a domain such as .example.com, an address or a range such as 10.0.0.0/8",
  );

/** What a Pod without privileges can listen at, beside what the webhook has already. */
function isFreeOfWebhook(port: number): boolean {
  return port >= 1024 && port <= 65_535 && ![8080, 8081].includes(port);
}

/** The chart of the operator's own project, and where it is. */
const officialChart = "external-secrets";
const officialRepository = "https://charts.external-secrets.io";

/** Whether a chart says where it is by itself: a folder, or an OCI address. */
function isPlace(chart: string): boolean {
  return chart.includes("/") || chart.startsWith(".");
}

/** Facts of how the External Secrets Operator is installed into a cluster. */
export const externalSecrets = z
  .strictObject({
    chart: z.string().min(1).default(officialChart),
    repository: url.optional(),
    version: ruledText({
      // What `semver` takes, which refuses 02.09.00.
      pattern: /^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/,
      rule: "an exact version, such as 2.9.0: three numbers without leading zeros",
      characters: /[\d.]/,
      most: 20,
    }),
    namespace: namespaceName.default("external-secrets"),
    install: z.boolean().default(true),
    webhook: z.boolean().default(true),
    webhookPort: z
      .int()
      .refine(isFreeOfWebhook, {
        error: "must be from 1024 to 65535, and not 8080 or 8081, which the webhook's metrics and health have",
      })
      .optional(),
    concurrency: z.int().min(1).max(50).default(10),
    deadlineSeconds: z.int().min(10).max(3600).default(300),
    priorityClassName: z.string().min(1).optional(),
    image: image.optional(),
    proxy: z.strictObject({ url, bypass: z.array(bypass).default([]) }).optional(),
    caBundle: pem.optional(),
    webhookHostNetwork: z.boolean().default(false),
    values: chartValues.optional(),
    serviceMonitor: z.boolean().default(false),
    pushSecrets: z.boolean().default(false),
    networkPolicy: z
      .strictObject({
        apiServer: z.array(cidr).default([]),
        stores: z.array(cidr).default([]),
        apiServerPorts: ports.optional(),
        storePorts: ports.optional(),
        monitoringNamespace: namespaceName.optional(),
      })
      .optional(),
    clusterSecretStore: z.strictObject({ conditions: z.boolean().default(true) }).optional(),
    secretStoreName: namespaceName.optional(),
    controllerClass: namespaceName.optional(),
    admissionPolicy: z.boolean().default(true),
    sharedWith: z
      .strictObject({
        stores: z.array(z.enum(remoteStoreKinds)).default([]),
        podIdentity: z.boolean().default(false),
      })
      .optional(),
  })
  .superRefine(({ webhookHostNetwork, webhookPort, clusterSecretStore, secretStoreName }, context) => {
    if (webhookHostNetwork && webhookPort === undefined) {
      context.addIssue({
        code: "custom",
        path: ["webhookPort"],
        message:
          "is missing: with webhookHostNetwork the webhook can't listen on 10250, which the kubelet of its node has",
      });
    }
    if (clusterSecretStore !== undefined && secretStoreName !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["secretStoreName"],
        message: "has no effect beside clusterSecretStore, with which no namespace has a SecretStore of its own",
      });
    }
  });

/**
 * What an operator's chart and its repository get wrong together. Helm takes a chart of a plain name without a repository
 * for a folder, which is not there, and refuses a repository beside an address. Pure.
 */
export function chartIssues({ name, externalSecrets: { chart, repository } }: ClusterSpec): readonly Issue[] {
  const names = ["clusters", name, "externalSecrets", "repository"];
  const path = configPath(names);
  if (repository === undefined && !isPlace(chart)) {
    const problem =
      "is missing: the chart is neither the usual one, nor a folder (./charts/eso), nor an OCI address (oci://…)";
    return [{ path, problem, fix: setCommand(names, blank("https URL")) }];
  }
  if (repository === undefined || !isPlace(chart)) return [];
  const problem = "has no effect: the chart is a folder or an OCI address, which is in no repository";
  return [{ path, problem, fix: removeCommand(names) }];
}

/** The spec of an operator, from its facts. */
export function externalSecretsSpec(facts: z.output<typeof externalSecrets>): ExternalSecretsSpec {
  const {
    repository,
    priorityClassName,
    webhookPort,
    networkPolicy,
    clusterSecretStore,
    secretStoreName,
    controllerClass,
    admissionPolicy,
    sharedWith,
    image,
    proxy,
    caBundle,
    values,
    webhookHostNetwork,
    ...rest
  } = facts;
  const from = repository ?? (facts.chart === officialChart ? officialRepository : undefined);
  return {
    ...rest,
    ...(from === undefined ? {} : { repository: from }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(image === undefined ? {} : { image }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(webhookHostNetwork ? { webhookHostNetwork } : {}),
    ...(values === undefined ? {} : { values }),
    ...(webhookPort === undefined ? {} : { webhookPort }),
    ...(clusterSecretStore === undefined ? {} : { clusterSecretStore }),
    ...(secretStoreName === undefined ? {} : { secretStoreName }),
    ...(controllerClass === undefined ? {} : { controllerClass }),
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
