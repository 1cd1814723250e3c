import { AzureRefusal } from "../answers.ts";
import { type ArmAnswer, type ArmCall, type ArmType, inGroup, part } from "./types.ts";
import { existingVault } from "./vaults.ts";
import * as secrets from "../vault/secrets.ts";
import type { SecretVersion, StoredSecret, StoredVault } from "../state.ts";
import { attributesOf, objectOf, tagsOf, textOrNone } from "../vault/bodies.ts";

const TYPE = "Microsoft.KeyVault/vaults/secrets";

/**
 * Secrets on the management plane: written, described, never read, and with no delete.
 * https://learn.microsoft.com/rest/api/keyvault/keyvault/secrets
 */
export const SECRETS: readonly ArmType[] = [
  {
    name: TYPE,
    pattern: inGroup("/providers/Microsoft.KeyVault/vaults/(?<vault>[^/]+)/secrets/(?<secret>[^/]+)"),
    methods: { GET: get, PUT: put },
  },
  {
    name: TYPE,
    pattern: inGroup("/providers/Microsoft.KeyVault/vaults/(?<vault>[^/]+)/secrets"),
    methods: {
      GET: (call) => {
        const vault = existingVault(call);
        const all = Object.values(vault.secrets).map((secret) => secretOf(vault, secret, latest(secret)));
        return { status: 200, body: { value: all } };
      },
    },
  },
];

function get(call: ArmCall): ArmAnswer {
  const vault = existingVault(call);
  const { secret, found } = secrets.getVersion(vault, part(call, "secret"), undefined, call.now());
  return { status: 200, body: secretOf(vault, secret, found) };
}

function put(call: ArmCall): ArmAnswer {
  const vault = existingVault(call);
  const name = part(call, "secret");
  const body = objectOf(call.body, "The request body");
  const { value, contentType, attributes } = objectOf(body["properties"], "The property 'properties'");
  const isNew = vault.secrets[name.toLowerCase()] === undefined;
  secrets.expireDeleted(vault, call.now());
  const text = textOrNone(value, "value");
  if (text === undefined) {
    throw new AzureRefusal(400, "BadRequest", "The property 'value' of the secret is required.");
  }
  const type = textOrNone(contentType, "contentType");
  const made = secrets.setSecret(
    vault,
    name,
    {
      value: text,
      ...(type === undefined ? {} : { contentType: type }),
      ...(body["tags"] === undefined ? {} : { tags: tagsOf(body["tags"]) }),
      ...attributesOf(attributes, "nbf", "exp"),
    },
    call.now(),
  );
  const { secret } = secrets.getVersion(vault, name, undefined, call.now());
  return { status: isNew ? 201 : 200, body: secretOf(vault, secret, made) };
}

function secretOf(vault: StoredVault, secret: StoredSecret, found: SecretVersion): object {
  const uri = `https://${vault.name.toLowerCase()}.vault.azure.net/secrets/${secret.name}`;
  return {
    id: `${vault.id}/secrets/${secret.name}`,
    name: secret.name,
    type: TYPE,
    location: vault.location,
    tags: found.tags ?? {},
    properties: {
      ...(found.contentType === undefined ? {} : { contentType: found.contentType }),
      attributes: found.attributes,
      secretUri: uri,
      secretUriWithVersion: `${uri}/${found.version}`,
    },
  };
}

function latest(secret: StoredSecret): SecretVersion {
  const found = secret.versions.at(-1);
  if (found === undefined) throw new Error(`the secret ${secret.name} has no version`);
  return found;
}
