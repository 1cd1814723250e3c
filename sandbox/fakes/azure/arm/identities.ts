import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AzureRefusal } from "../answers.ts";
import { type ArmAnswer, type ArmCall, type ArmType, badRequest, checkGroup, inGroup, part } from "./types.ts";
import { resourceNotFound } from "./types.ts";
import { AZURE_SANDBOX } from "../directory.ts";
import type { FederatedCredential, StoredIdentity } from "../state.ts";
import { objectOf, tagsOf, textOrNone } from "../vault/bodies.ts";

const TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities";
const CREDENTIALS = `${TYPE}/federatedIdentityCredentials`;
const IDENTITY = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/(?<identity>[^/]+)";
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/;
const CREDENTIAL_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}$/;
/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MAX_CREDENTIALS = 20;
/** How long a write of a credential takes; meanwhile Azure refuses another one for the same identity. */
const WRITE_MS = 20;

/** User-assigned identities and their federated credentials: https://learn.microsoft.com/rest/api/managedidentity/ */
export const IDENTITIES: readonly ArmType[] = [
  {
    name: CREDENTIALS,
    pattern: inGroup(`${IDENTITY}/federatedIdentityCredentials/(?<credential>[^/]+)`),
    methods: { GET: getCredential, PUT: putCredential, DELETE: removeCredential },
  },
  {
    name: TYPE,
    pattern: inGroup(IDENTITY),
    methods: { GET: (call) => ({ status: 200, body: identityOf(existing(call)) }), PUT: put, DELETE: remove },
  },
];

const beingWritten = new Set<string>();

function put(call: ArmCall): ArmAnswer {
  checkGroup(call);
  const name = part(call, "identity");
  if (!NAME.test(name)) throw badRequest(`The identity name '${name}' is invalid: 3 to 128 letters, digits, - and _.`);
  const body = objectOf(call.body, "The request body");
  const location = textOrNone(body["location"], "location");
  if (location === undefined) {
    throw new AzureRefusal(400, "LocationRequired", "The location property is required for this definition.");
  }
  const { identities } = call.store.state;
  const key = call.path.toLowerCase();
  const found = identities[key];
  const tags = body["tags"] === undefined ? {} : tagsOf(body["tags"]);
  const identity: StoredIdentity = found ?? {
    id: call.path,
    name,
    location: location.toLowerCase().replaceAll(" ", ""),
    tags,
    clientId: randomUUID(),
    principalId: randomUUID(),
    federatedCredentials: {},
  };
  identity.tags = tags;
  identities[key] = identity;
  return { status: found === undefined ? 201 : 200, body: identityOf(identity) };
}

function remove(call: ArmCall): ArmAnswer {
  checkGroup(call);
  const { identities } = call.store.state;
  const key = call.path.toLowerCase();
  if (identities[key] === undefined) return { status: 204 };
  // Role assignments of an identity that is gone stay, and give nobody anything: so it is in Azure.
  delete identities[key];
  return { status: 200 };
}

function getCredential(call: ArmCall): ArmAnswer {
  const identity = existing(call);
  const name = part(call, "credential");
  const found = identity.federatedCredentials[name.toLowerCase()];
  if (found === undefined) throw resourceNotFound(call, CREDENTIALS, `${identity.name}/${name}`);
  return { status: 200, body: credentialOf(identity, found) };
}

async function putCredential(call: ArmCall): Promise<ArmAnswer> {
  const identity = existing(call);
  const name = part(call, "credential");
  if (!CREDENTIAL_NAME.test(name)) {
    throw badRequest(`The federated identity credential name '${name}' is invalid: 3 to 120 letters, digits, - and _.`);
  }
  const credential = { name, ...credentialProperties(call.body) };
  const others = Object.values(identity.federatedCredentials).filter(
    (one) => one.name.toLowerCase() !== name.toLowerCase(),
  );
  if (others.length >= MAX_CREDENTIALS) {
    throw badRequest(
      `The identity '${identity.name}' has the maximum of ${MAX_CREDENTIALS} federated identity credentials.`,
    );
  }
  const { issuer, subject } = credential;
  if (others.some((one) => one.issuer === issuer && one.subject === subject)) {
    throw new AzureRefusal(409, "Conflict", `Issuer and subject combination already exists for this Managed Identity.`);
  }
  return exclusively(identity, () => {
    const isNew = identity.federatedCredentials[name.toLowerCase()] === undefined;
    identity.federatedCredentials[name.toLowerCase()] = credential;
    return { status: isNew ? 201 : 200, body: credentialOf(identity, credential) };
  });
}

async function removeCredential(call: ArmCall): Promise<ArmAnswer> {
  const identity = existing(call);
  const key = part(call, "credential").toLowerCase();
  return exclusively(identity, () => {
    if (identity.federatedCredentials[key] === undefined) return { status: 204 };
    delete identity.federatedCredentials[key];
    return { status: 200 };
  });
}

async function exclusively(identity: StoredIdentity, write: () => ArmAnswer): Promise<ArmAnswer> {
  if (beingWritten.has(identity.id)) {
    throw new AzureRefusal(
      409,
      "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
      "Too many concurrent Federated Identity Credentials writes for the managed identity. Concurrent Federated Identity " +
        "Credentials writes under the same managed identity are not supported.",
    );
  }
  beingWritten.add(identity.id);
  try {
    await sleep(WRITE_MS);
    return write();
  } finally {
    beingWritten.delete(identity.id);
  }
}

function existing(call: ArmCall): StoredIdentity {
  checkGroup(call);
  const [id = ""] = /^.*\/userAssignedIdentities\/[^/]+/i.exec(call.path) ?? [];
  const identity = call.store.state.identities[id.toLowerCase()];
  if (identity === undefined) throw resourceNotFound(call, TYPE, part(call, "identity"));
  return identity;
}

function credentialProperties(body: unknown): Omit<FederatedCredential, "name"> {
  const { issuer, subject, audiences } = objectOf(
    objectOf(body, "The request body")["properties"],
    "The property 'properties'",
  );
  if (typeof issuer !== "string" || !/^https:\/\//.test(issuer))
    throw badRequest("The property 'issuer' is an https URL.");
  if (typeof subject !== "string" || subject === "") throw badRequest("The property 'subject' is required.");
  const list: unknown[] = Array.isArray(audiences) ? audiences : [];
  if (list.length !== 1 || typeof list[0] !== "string") throw badRequest("The property 'audiences' holds one text.");
  return { issuer, subject, audiences: [list[0]] };
}

function identityOf({ id, name, location, tags, clientId, principalId }: StoredIdentity): object {
  const properties = { tenantId: AZURE_SANDBOX.tenantId, principalId, clientId };
  return { id, name, type: TYPE, location, tags, properties };
}

function credentialOf(identity: StoredIdentity, { name, ...properties }: FederatedCredential): object {
  return { id: `${identity.id}/federatedIdentityCredentials/${name}`, name, type: CREDENTIALS, properties };
}
