import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { getIamPolicy } from "@pulumi/gcp/projects/getIamPolicy.js";
import { IAMAuditConfig } from "@pulumi/gcp/projects/iamauditConfig.js";
import { z } from "zod";
import { setCommand } from "../../support/messages/config-command.ts";
import { messageOf, StoreError } from "../../support/messages/errors.ts";
import type { Project } from "./queries.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

const service = "secretmanager.googleapis.com";

/**
 * What is logged: each read of a value. Changes are, in every project; who lists names is not
 * (https://cloud.google.com/secret-manager/docs/audit-logging, read 2026-11-29).
 */
const logType = "DATA_READ";

/**
 * Switches on the log of who reads values, for the whole project. It stays on after `destroy`, in every environment: whether
 * somebody else relies on it by then, nobody can tell.
 */
export function makeAuditLog(spec: GcpSecretManagerSpec, options: CustomResourceOptions): readonly Resource[] {
  if (spec.auditLogs !== "create") return [];
  const { name, project } = spec;
  return [
    new IAMAuditConfig(
      `${name}/audit-log`,
      { project, service, auditLogConfigs: [{ logType }] },
      { ...options, retainOnDelete: true },
    ),
  ];
}

const policySchema = z.object({
  auditConfigs: z
    .array(
      z.object({
        service: z.string(),
        auditLogConfigs: z
          .array(z.object({ logType: z.string(), exemptedMembers: z.array(z.string()).default([]) }))
          .default([]),
      }),
    )
    .default([]),
});

/**
 * A project has one configuration for a service, which a new one replaces as a whole: one that logs more, or exempts
 * somebody, is left alone.
 *
 * @throws StoreError where the project has one that would not be kept.
 */
export async function checkAuditLog({ spec, provider }: Project): Promise<void> {
  if (spec.auditLogs !== "create") return;
  const { name, project } = spec;
  const path = `stores.${name}.auditLogs`;
  const { policyData } = await getIamPolicy({ project }, { provider, async: true }).catch((error: unknown) => {
    throw new StoreError(
      path,
      `reading which audit logs project ${project} has failed: ${messageOf(error)}`,
      "the deployer needs resourcemanager.projects.getIamPolicy and setIamPolicy on the project (docs/stores/gcp-secret-manager.md#rights-of-the-deployer)",
    );
  });
  const { auditConfigs } = policySchema.parse(JSON.parse(policyData === "" ? "{}" : policyData));
  const configured = auditConfigs.find((each) => each.service === service)?.auditLogConfigs ?? [];
  const lost = configured.flatMap(({ logType: type, exemptedMembers }) => [
    ...(type === logType ? [] : [type]),
    ...(exemptedMembers.length === 0 ? [] : [`${exemptedMembers.length} exempted from ${type}`]),
  ]);
  if (lost.length === 0) return;
  throw new StoreError(
    path,
    `project ${project} has a configuration of its own for the audit logs of Secret Manager, which would be replaced (${lost.join(", ")})`,
    `leave it as it is: ${setCommand(["stores", name, "auditLogs"], "existing")}`,
  );
}
