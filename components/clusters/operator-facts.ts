import { z } from "zod";
import { backends, remoteStoreKinds } from "../backends/index.ts";
import { namespaceName, url } from "../support/facts.ts";
import { ruledText } from "../support/text-rules.ts";
import type { AdmissionPolicySpec, ExternalSecretsSpec, NetworkPolicySpec } from "./contract.ts";

const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "must be addresses in CIDR notation, such as 10.0.0.0/16" });

const ports = z
  .array(z.int().min(1).max(65_535))
  .min(1, "must name at least one port, or be left out: an empty list would mean every port");

/** What a Pod without privileges can listen at, beside what the webhook has already. */
function isFreeOfWebhook(port: number): boolean {
  return port >= 1024 && port <= 65_535 && ![8080, 8081].includes(port);
}

/** Facts of how the External Secrets Operator is installed into a cluster. */
export const externalSecrets = z.strictObject({
  chart: z.string().min(1).default("external-secrets"),
  repository: url.optional(),
  version: ruledText({
    pattern: /^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/,
    rule: "an exact version, such as 2.9.0: three numbers without zeros before them",
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
  priorityClassName: z.string().min(1).optional(),
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
  admissionPolicy: z.boolean().default(true),
  sharedWith: z
    .strictObject({
      stores: z.array(z.enum(remoteStoreKinds)).default([]),
      podIdentity: z.boolean().default(false),
    })
    .optional(),
});

/** The spec of an operator, from its facts. */
export function externalSecretsSpec(facts: z.output<typeof externalSecrets>): ExternalSecretsSpec {
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
