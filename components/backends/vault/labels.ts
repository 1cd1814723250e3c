import { settled } from "../../support/settled.ts";
import type { NotAsked, Told } from "../examiner.ts";
import { labelTexts, type LabelAccess, type Labels, type ReadLabels } from "../labels.ts";
import { vaultReads, type ReadVaultPath, type VaultAnswer } from "./http.ts";
import type { VaultKvSpec } from "./kv.ts";
import { tokenKey } from "./token-key.ts";

/**
 * Opens Vault for its custom metadata, with the deployer's token. The provider has one function that tells it, which reads
 * the value too, and warns at each call that it is deprecated (terraform-provider-vault `vault/data_source_kv_secret_v2.go`).
 */
export async function openLabels(
  spec: VaultKvSpec,
  { variable, secretConfig }: LabelAccess,
): Promise<ReadLabels | NotAsked> {
  const configured = secretConfig(tokenKey);
  const token = (configured === undefined ? undefined : await settled(configured)) ?? variable("VAULT_TOKEN") ?? "";
  if (token === "") return { reason: "VAULT_TOKEN is not set" };
  const caFile = spec.caFile ?? variable("VAULT_CACERT");
  return vaultLabels(spec, vaultReads({ address: spec.address, token, ...(caFile === undefined ? {} : { caFile }) }));
}

/** https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-metadata */
export function vaultLabels(
  { mount, namespace = "" }: Pick<VaultKvSpec, "mount" | "namespace">,
  read: ReadVaultPath,
): ReadLabels {
  return async (name) =>
    customMetadata(await read(`${mount}/metadata/${name}`, namespace), `${mount}/metadata/${name}`);
}

function customMetadata(answer: VaultAnswer, path: string): Told<Labels> {
  if ("unreachable" in answer) return { refused: answer.unreachable };
  const { status, data, errors } = answer;
  if (status === 404) return { absent: true };
  if (status !== 200) return { refused: `read of ${path}: ${errors.join("; ") || `status ${status}`}` };
  return { value: labelTexts(data["custom_metadata"] ?? undefined) };
}
