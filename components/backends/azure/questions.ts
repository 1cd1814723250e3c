import { jsonObject } from "../../support/json-object.ts";
import { messageOf } from "../../support/messages/errors.ts";
import { remembered } from "../../support/remembered.ts";
import { childOf } from "../../support/value-at.ts";
import type { Told } from "../examiner.ts";
import type { TokenSource } from "./key-vault-client.ts";
import { azureClouds, vaultUrl, type AzureKeyVaultSpec } from "./key-vault.ts";
import { send } from "./send.ts";

/** A JSON object of Azure's. */
export type AzureJson = Readonly<Record<string, unknown>>;

/**
 * Reads something of Azure: `management` by its resource id, `vault` by its path in the vault. The query follows the path;
 * each has its own version of the API.
 */
export type AskAzure = (plane: "management" | "vault", path: string) => Promise<Told<AzureJson>>;

/** Asks Azure with these tokens; what is asked twice is read once, but for values. */
export function azureQuestions(spec: AzureKeyVaultSpec, token: TokenSource): AskAzure {
  const management = `https://${azureClouds[spec.vaultSuffix].management}`;
  const hosts = { management, vault: vaultUrl(spec).replace(/\/$/, "") };
  const resources = { management, vault: `https://${spec.vaultSuffix}` };
  const ask: AskAzure = async (plane, path) => {
    try {
      const authorization = `Bearer ${await token(resources[plane])}`;
      return told(await send({ url: `${hosts[plane]}${path}`, headers: { authorization } }));
    } catch (error) {
      return { refused: messageOf(error).split("\n")[0] ?? "" };
    }
  };
  const once = remembered(ask);
  return (plane, path) => (plane === "management" ? once(plane, path) : ask(plane, path));
}

/** Changes something of a vault, by its path. */
export type UpdateAzure = (path: string, body: object) => Promise<Told<AzureJson>>;

/** Changes what a vault has, with these tokens. */
export function azureUpdates(spec: AzureKeyVaultSpec, token: TokenSource): UpdateAzure {
  const host = vaultUrl(spec).replace(/\/$/, "");
  return async (path, body) => {
    try {
      const authorization = `Bearer ${await token(`https://${spec.vaultSuffix}`)}`;
      const headers = { authorization, "content-type": "application/json" };
      return told(await send({ url: `${host}${path}`, method: "PATCH", headers, body: JSON.stringify(body) }));
    } catch (error) {
      return { refused: messageOf(error).split("\n")[0] ?? "" };
    }
  };
}

function told({ status, text }: { readonly status: number; readonly text: string }): Told<AzureJson> {
  if (status === 404) return { absent: true };
  const body = jsonObject(text);
  if (status >= 200 && status < 300) return { value: body };
  const error = childOf(body, "error");
  const [code, message] = [childOf(error, "code"), childOf(error, "message")].map((each) =>
    typeof each === "string" ? each : "",
  );
  const words = [code, (message ?? "").split(/\r?\n/)[0]].filter((each) => each !== "").join(": ");
  return { refused: words === "" ? `Azure answered ${status}` : words };
}
