import { isRecord } from "../../support/is-record.ts";
import type { NotAsked, Told } from "../examiner.ts";
import type { OldVersions } from "../old-versions.ts";
import { vaultReads, vaultWrites, type ReadVaultPath, type VaultAnswer, type WriteVaultPath } from "./http.ts";
import type { VaultKvSpec } from "./kv.ts";

/** Opens Vault for its old versions, with the token of `VAULT_TOKEN`. */
export function open(
  spec: VaultKvSpec,
  variable: (name: string) => string | undefined,
): Promise<OldVersions | NotAsked> {
  const token = variable("VAULT_TOKEN") ?? "";
  if (token === "") return Promise.resolve({ reason: "VAULT_TOKEN is not set" });
  const caFile = spec.caFile ?? variable("VAULT_CACERT");
  const access = { address: spec.address, token, ...(caFile === undefined ? {} : { caFile }) };
  return Promise.resolve(vaultOldVersions(spec, vaultReads(access), vaultWrites(access)));
}

/**
 * Old versions are deleted, which `vault kv undelete` takes back, and not destroyed.
 * https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#delete-secret-versions, #read-secret-metadata
 */
export function vaultOldVersions(
  { mount, namespace = "" }: Pick<VaultKvSpec, "mount" | "namespace">,
  read: ReadVaultPath,
  write: WriteVaultPath,
): OldVersions {
  return {
    list: async (object) => told(await read(`${mount}/metadata/${object}`, namespace), oldIn),
    disable: async (object, version) =>
      told(await write(`${mount}/delete/${object}`, namespace, { versions: [Number(version)] }), () => true as const),
  };
}

/** Of each version that is not the current one, whether it can be read. Pure. */
function oldIn({ versions, current_version: current }: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(isRecord(versions) ? versions : {})
    .filter(([version, state]) => Number(version) < Number(current) && isReadable(state))
    .map(([version]) => version)
    .sort((a, b) => Number(a) - Number(b));
}

/** A deletion that is set for later (`delete_version_after`) has not come yet; whether it has is the server's to say. */
function isReadable(state: unknown): boolean {
  return isRecord(state) && state["destroyed"] !== true && (state["deletion_time"] ?? "") === "";
}

function told<T>(answer: VaultAnswer, as: (data: Readonly<Record<string, unknown>>) => T): Told<T> {
  if ("unreachable" in answer) return { refused: answer.unreachable };
  if (answer.status === 404) return { absent: true };
  if (answer.status >= 200 && answer.status < 300) return { value: as(answer.data) };
  return { refused: answer.errors.join("; ").trim() || `Vault answered ${answer.status}` };
}
