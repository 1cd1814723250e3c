// eslint-disable-next-line no-restricted-syntax -- for `versionOf` alone: a number that tells nothing without an encrypted key
import { all, unsecret, type Output } from "@pulumi/pulumi";
import { getSecret } from "@pulumi/vault/generic/getSecret.js";
import type { Provider } from "@pulumi/vault/provider.js";
import { canonicalJson } from "../../support/canonical-json.ts";
import { messageOf, StoreError } from "../../support/messages/errors.ts";
import type { VaultKvSpec } from "./kv.ts";
import { valueNumber } from "../write-only.ts";

/** The newest version of a secret. */
export interface HeldInVault {
  /** By key; what is no text is JSON. */
  readonly data: Readonly<Record<string, string>>;
  /** The same as JSON with sorted keys: equal for equal values. */
  readonly json: string;
}

/**
 * What a Vault holds under a name, by default in the newest version; `undefined` where that was deleted.
 *
 * By the data source for any path, because the provider warns at each call of the one for KV version 2 that it is
 * deprecated (terraform-provider-vault `vault/data_source_kv_secret_v2.go`), and Pulumi has none of the ephemeral kind
 * that it names instead. It asks Vault for the engine's version, which every token may that has a right in the engine,
 * and puts `data/` behind the mount itself (`vault/kv_helpers.go`).
 *
 * @throws StoreError where there is nothing to read, or no right to.
 */
export async function readVault(
  spec: VaultKvSpec,
  provider: Provider,
  name: string,
  version?: string,
): Promise<HeldInVault | undefined> {
  let found;
  try {
    const pinned = version === undefined ? {} : { version: Number(version) };
    found = await getSecret({ path: `${spec.mount}/${name}`, ...pinned }, { provider, async: true });
  } catch (error) {
    throw unreadable(spec, name, messageOf(error), version);
  }
  const value: unknown = JSON.parse(found.dataJson);
  if (typeof value !== "object" || value === null)
    throw unreadable(spec, name, "the answer has no value: the mount may not be a KV engine of version 2");
  return isEnvelope(value) ? undefined : { data: found.data, json: canonicalJson({ ...value }) };
}

/**
 * A version of a value, where Vault's own is not known: it moves exactly when the value does. No secret: 31 bits
 * of an HMAC whose key lies encrypted in the state.
 */
export function versionOf(name: string, held: Output<HeldInVault>, key: Output<string>): Output<string> {
  return unsecret(all([key, held]).apply(([secretKey, { json }]) => String(valueNumber(secretKey, name, json))));
}

/** Of a version that was deleted the provider answers with what Vault has around a value, as if that were one. */
function isEnvelope(value: object): boolean {
  const { data, metadata, ...others } = value as Readonly<Record<string, unknown>>;
  return (
    data === null &&
    typeof metadata === "object" &&
    metadata !== null &&
    "deletion_time" in metadata &&
    Object.keys(others).length === 0
  );
}

function unreadable(
  { name: store, address, mount }: VaultKvSpec,
  name: string,
  problem: string,
  version?: string,
): StoreError {
  const path = `${mount}/data/${name}`;
  return new StoreError(
    `stores.${store}`,
    `reading ${version === undefined ? "" : `version ${version} of `}"${name}" in Vault at ${address} (mount ${mount}) failed: ${problem}`,
    `check that the token may read it (vault token capabilities ${path}): the provider reports a missing right as a missing secret`,
  );
}
