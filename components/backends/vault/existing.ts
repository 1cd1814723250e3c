import type { ErrorHook } from "@pulumi/pulumi";
import { asFix, explainHook, type FailedOperation } from "../../support/explain-hook.ts";
import type { VaultKvSpec } from "./kv.ts";
import { removeCommand } from "../../support/messages/config-command.ts";

/**
 * Explains what to do about a part of Vault that exists and is not in the state: retained by `destroy`, left behind by a
 * lost state, or created elsewhere.
 */
export function existingHook(spec: VaultKvSpec): ErrorHook {
  return explainHook(`explain-existing-${spec.name}`, (failed) => asFix(existingAdvice(spec, failed)));
}

/** Advice for such an error; `undefined` for any other. */
export function existingAdvice(
  { name: store, auditDevices = [] }: Pick<VaultKvSpec, "name" | "auditDevices">,
  { type, name, error }: Pick<FailedOperation, "type" | "name" | "error">,
): string | undefined {
  // Vault's messages (v1.21: vault/audit.go, vault/mount.go, vault/auth.go).
  if (!/path (?:is )?already in use/.test(error)) return undefined;
  const last = name.slice(name.lastIndexOf("/") + 1);
  switch (type) {
    case "vault:index/audit:Audit": {
      const facts = `stores.${store}.auditDevices`;
      const leave = auditDevices.length === 1 ? removeCommand(facts) : `take ${last} out of ${facts}`;
      return `the device is left unchanged if the facts do not name it: ${leave}`;
    }
    case "vault:index/mount:Mount":
      return `use the existing engine, which keeps its secrets: ${removeCommand(["stores", store, "createMount"])}`;
    case "vault:index/authBackend:AuthBackend":
    case "vault:jwt/authBackend:AuthBackend":
      return `use the existing method: ${removeCommand(["stores", store, "auth", "methods", last])}`;
    default:
      return undefined;
  }
}
