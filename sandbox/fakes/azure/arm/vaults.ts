import { AzureRefusal } from "../answers.ts";
import { type ArmAnswer, type ArmCall, type ArmType, checkGroup, checkSubscription } from "./types.ts";
import { inGroup, part, resourceNotFound } from "./types.ts";
import { AZURE_SANDBOX } from "../directory.ts";
import type { DeletedVault, StoredVault } from "../state.ts";
import { objectOf, tagsOf, textOrNone } from "../vault/bodies.ts";
import { vaultProperties } from "./vault-properties.ts";

const TYPE = "Microsoft.KeyVault/vaults";
const NAME = /^(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])*$/;
const DAY_MS = 24 * 3600 * 1000;

/** Vaults, deleted ones too: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults */
export const VAULTS: readonly ArmType[] = [
  {
    name: TYPE,
    pattern: inGroup("/providers/Microsoft.KeyVault/vaults/(?<vault>[^/]+)"),
    methods: {
      GET: (call) => ({ status: 200, body: vaultOf(existingVault(call)) }),
      PUT: put,
      PATCH: patch,
      DELETE: remove,
    },
  },
  {
    name: "Microsoft.KeyVault/locations/deletedVaults",
    pattern: deletedPattern(""),
    methods: { GET: (call) => ({ status: 200, body: deletedOf(deletedVault(call)) }) },
  },
  {
    name: "Microsoft.KeyVault/locations/deletedVaults/purge",
    pattern: deletedPattern("/purge"),
    methods: { POST: purge },
  },
  {
    name: "Microsoft.KeyVault/deletedVaults",
    pattern: /^\/subscriptions\/(?<subscription>[^/]+)\/providers\/Microsoft.KeyVault\/deletedVaults$/i,
    methods: {
      GET: (call) => {
        checkSubscription(call);
        return { status: 200, body: { value: Object.values(call.store.state.deletedVaults).map(deletedOf) } };
      },
    },
  },
];

/** The vault of a path, or the refusal that there is none. */
export function existingVault(call: ArmCall): StoredVault {
  checkGroup(call);
  const name = part(call, "vault");
  const vault = call.store.state.vaults[name.toLowerCase()];
  if (vault === undefined || groupOf(vault) !== part(call, "group").toLowerCase()) {
    throw resourceNotFound(call, TYPE, name);
  }
  return vault;
}

function put(call: ArmCall): ArmAnswer {
  checkGroup(call);
  const name = part(call, "vault");
  if (!NAME.test(name)) throw invalidName(name);
  expireDeleted(call);
  const { state } = call.store;
  const body = objectOf(call.body, "The request body");
  const existing = state.vaults[name.toLowerCase()];
  if (existing !== undefined && groupOf(existing) !== part(call, "group").toLowerCase()) throw nameTaken(name);
  const createMode = textOrNone(objectOf(body["properties"], "The property 'properties'")["createMode"], "createMode");
  const deleted = state.deletedVaults[name.toLowerCase()];
  if (deleted !== undefined) return { status: 200, body: vaultOf(recover(call, deleted, createMode)) };

  const location = (textOrNone(body["location"], "location") ?? "").toLowerCase().replaceAll(" ", "");
  if (location === "")
    throw new AzureRefusal(400, "LocationRequired", "The location property is required for this definition.");
  if (existing !== undefined && existing.location !== location) {
    throw new AzureRefusal(
      409,
      "InvalidResourceLocation",
      `The resource '${name}' already exists in location '${existing.location}' in resource group '${part(call, "group")}'. A ` +
        `resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
    );
  }
  const properties = vaultProperties(name, body["properties"], existing?.properties);
  const tags = body["tags"] === undefined ? {} : tagsOf(body["tags"]);
  const vault: StoredVault = existing ?? {
    name,
    id: call.path,
    location,
    tags,
    properties,
    secrets: {},
    deletedSecrets: {},
  };
  Object.assign(vault, { tags, properties });
  state.vaults[name.toLowerCase()] = vault;
  return { status: existing === undefined ? 201 : 200, body: vaultOf(vault) };
}

/** What is not named stays: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update */
function patch(call: ArmCall): ArmAnswer {
  const vault = existingVault(call);
  const body = objectOf(call.body, "The request body");
  const changes = body["properties"] === undefined ? {} : objectOf(body["properties"], "The property 'properties'");
  const properties = vaultProperties(vault.name, { ...vault.properties, ...changes }, vault.properties);
  Object.assign(vault, { properties, ...(body["tags"] === undefined ? {} : { tags: tagsOf(body["tags"]) }) });
  return { status: 200, body: vaultOf(vault) };
}

/** As it was, whatever is asked for with it (azure-rest-api-specs#21306). */
function recover(call: ArmCall, deleted: DeletedVault, createMode: string | undefined): StoredVault {
  const { vault } = deleted;
  if (createMode !== "recover" || vault.id.toLowerCase() !== call.path.toLowerCase()) {
    throw new AzureRefusal(
      409,
      "ConflictError",
      "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow " +
        "this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
    );
  }
  delete call.store.state.deletedVaults[vault.name.toLowerCase()];
  call.store.state.vaults[vault.name.toLowerCase()] = vault;
  return vault;
}

function remove(call: ArmCall): ArmAnswer {
  checkGroup(call);
  const { state } = call.store;
  const vault = state.vaults[part(call, "vault").toLowerCase()];
  if (vault === undefined) return { status: 204 };
  existingVault(call);
  delete state.vaults[vault.name.toLowerCase()];
  // What refers to a vault goes with it, and does not come back when the vault is recovered.
  const within = `${vault.id.toLowerCase()}/`;
  for (const resources of [state.roleAssignments, state.diagnosticSettings]) {
    for (const id of Object.keys(resources)) if (id.startsWith(within)) delete resources[id];
  }
  const days = Number(vault.properties["softDeleteRetentionInDays"]);
  state.deletedVaults[vault.name.toLowerCase()] = {
    vault,
    deletionDate: new Date(call.now()).toISOString(),
    scheduledPurgeDate: new Date(call.now() + days * DAY_MS).toISOString(),
  };
  return { status: 200 };
}

function purge(call: ArmCall): ArmAnswer {
  const { vault } = deletedVault(call);
  if (vault.properties["enablePurgeProtection"] === true) {
    throw new AzureRefusal(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.");
  }
  delete call.store.state.deletedVaults[vault.name.toLowerCase()];
  return { status: 200 };
}

function deletedVault(call: ArmCall): DeletedVault {
  checkSubscription(call);
  expireDeleted(call);
  const name = part(call, "vault");
  const deleted = call.store.state.deletedVaults[name.toLowerCase()];
  if (deleted === undefined || deleted.vault.location !== part(call, "location").toLowerCase()) {
    throw new AzureRefusal(
      404,
      "DeletedVaultNotFound",
      `The specified deleted vault '${name}' in location '${part(call, "location")}' does not exist.`,
    );
  }
  return deleted;
}

function expireDeleted(call: ArmCall): void {
  const { deletedVaults } = call.store.state;
  for (const [name, { scheduledPurgeDate }] of Object.entries(deletedVaults)) {
    if (Date.parse(scheduledPurgeDate) <= call.now()) delete deletedVaults[name];
  }
}

function vaultOf({ id, name, location, tags, properties }: StoredVault): object {
  return { id, name, type: TYPE, location, tags, properties };
}

function deletedOf({ vault, deletionDate, scheduledPurgeDate }: DeletedVault): object {
  const { subscriptionId } = AZURE_SANDBOX;
  return {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${vault.location}/deletedVaults/${vault.name}`,
    name: vault.name,
    type: "Microsoft.KeyVault/deletedVaults",
    properties: {
      vaultId: vault.id,
      location: vault.location,
      tags: vault.tags,
      deletionDate,
      scheduledPurgeDate,
      ...(vault.properties["enablePurgeProtection"] === true ? { purgeProtectionEnabled: true } : {}),
    },
  };
}

function groupOf(vault: StoredVault): string {
  return (vault.id.split("/")[4] ?? "").toLowerCase();
}

function deletedPattern(rest: string): RegExp {
  const base = "/subscriptions/(?<subscription>[^/]+)/providers/Microsoft.KeyVault/locations/(?<location>[^/]+)";
  return new RegExp(`^${base}/deletedVaults/(?<vault>[^/]+)${rest}$`, "i");
}

function invalidName(name: string): AzureRefusal {
  return new AzureRefusal(
    400,
    "VaultNameNotValid",
    `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a ` +
      `letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for more information: ` +
      `https://go.microsoft.com/fwlink/?linkid=2147742`,
  );
}

function nameTaken(name: string): AzureRefusal {
  return new AzureRefusal(
    409,
    "VaultAlreadyExists",
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
  );
}
