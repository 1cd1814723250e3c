import { Agent } from "node:https";
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import { DEPLOYER, REGION } from "../../../../sandbox/fakes/aws/account.ts";
import { AZURE_SANDBOX, LOGIN_HOST, MANAGEMENT_HOST, VAULT_SUFFIX } from "../../../../sandbox/fakes/azure/directory.ts";
import { GCP_SANDBOX } from "../../../../sandbox/fakes/gcp/sandbox.ts";
import type { Fault } from "../../../../sandbox/fakes/support/faults.ts";
import { connection } from "../platform.ts";

/**
 * Clients of the fake clouds with the deployer's rights: tests use them to change things by hand and to look at them.
 * Each is opened at its first use, since it takes the proxy from the environment, which opening a stack sets.
 */

/** A JSON object, as these APIs send and receive it. */
export type JsonObject = Readonly<Record<string, unknown>>;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Opens a client at its first use, and hands out that one from then on. */
function once<Client>(open: () => Promise<Client>): () => Promise<Client> {
  let opened: Promise<Client> | undefined;
  return () => (opened ??= open());
}

function awsSettings() {
  // Node.js knows `proxyEnv` from 22.21 on; its types do not yet.
  const agent = { keepAlive: true, proxyEnv: process.env };
  return { region: REGION, credentials: DEPLOYER, maxAttempts: 11, requestHandler: { httpsAgent: new Agent(agent) } };
}

export const aws = {
  ssm: once(async () => new (await import("@aws-sdk/client-ssm")).SSMClient(awsSettings())),
  secretsManager: once(
    async () => new (await import("@aws-sdk/client-secrets-manager")).SecretsManagerClient(awsSettings()),
  ),
  /** In another region, where replicas are. */
  secretsManagerIn: async (region: string) =>
    new (await import("@aws-sdk/client-secrets-manager")).SecretsManagerClient({ ...awsSettings(), region }),
  iam: once(async () => new (await import("@aws-sdk/client-iam")).IAMClient(awsSettings())),
  eks: once(async () => new (await import("@aws-sdk/client-eks")).EKSClient(awsSettings())),
  kms: once(async () => new (await import("@aws-sdk/client-kms")).KMSClient(awsSettings())),
};

/** One call of Azure Resource Manager, below the sandbox's resource group unless the id starts with a slash. */
export async function arm(method: "GET" | "PUT" | "DELETE", id: string, apiVersion: string, body?: JsonObject) {
  const { subscriptionId, resourceGroup } = AZURE_SANDBOX;
  const full = id.startsWith("/")
    ? id
    : `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${id}`;
  const url = `https://${MANAGEMENT_HOST}${encodeURI(full)}?api-version=${apiVersion}`;
  return callIfPresent(method, url, await azureToken(`https://${MANAGEMENT_HOST}`), body);
}

/** One call of a vault's data plane; `undefined` for what is not there. */
export async function keyVault(method: Method, vault: string, path: string, body?: JsonObject) {
  const url = `https://${vault}${VAULT_SUFFIX}/${path}?api-version=7.6`;
  return callIfPresent(method, url, await azureToken(`https://${VAULT_SUFFIX.slice(1)}`), body);
}

/** One call of a Google API; throws what Google refuses. */
export async function google(method: Method, url: string, body?: JsonObject): Promise<JsonObject> {
  const answer = await googleIfPresent(method, url, body);
  if (answer === undefined) throw new Error(`${method} ${url}: not found`);
  return answer;
}

/** {@link google}; `undefined` for what is not there. */
export async function googleIfPresent(method: Method, url: string, body?: JsonObject): Promise<JsonObject | undefined> {
  return callIfPresent(method, url, GCP_SANDBOX.deployerToken, body);
}

/** Signs in as the deployer. A test makes a handful of calls: each has a token of its own. */
async function azureToken(resource: string): Promise<string> {
  const { tenantId, deployer } = AZURE_SANDBOX;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: deployer.clientId,
    client_secret: deployer.clientSecret,
    scope: `${resource}/.default`,
  });
  const url = `https://${LOGIN_HOST}/${tenantId}/oauth2/v2.0/token`;
  const { status, text } = await send(
    "POST",
    url,
    { "content-type": "application/x-www-form-urlencoded" },
    form.toString(),
  );
  if (status !== 200) throw new Error(`POST ${url}: ${status} ${text}`);
  return (JSON.parse(text) as { readonly access_token: string }).access_token;
}

async function callIfPresent(
  method: Method,
  url: string,
  token: string,
  body?: JsonObject,
): Promise<JsonObject | undefined> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
  const { status, text } = await send(method, url, headers, body && JSON.stringify(body));
  if (status === 404) return undefined;
  if (status >= 300) throw new Error(`${method} ${url}: ${status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as JsonObject);
}

/** Microsoft's HTTP client, for Google too: it takes the proxy from the environment, and asks again when throttled. */
async function send(method: Method, url: string, headers: Readonly<Record<string, string>>, body?: string) {
  const request = createPipelineRequest({ url, method, timeout: 20_000, ...(body === undefined ? {} : { body }) });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  const { status, bodyAsText } = await createPipelineFromOptions({}).sendRequest(createDefaultHttpClient(), request);
  return { status, text: bodyAsText ?? "" };
}

/** Makes requests to the clouds fail until `clearFaults`, or until the fault's time is over. */
export async function addFault(fault: Fault): Promise<void> {
  await admin("faults", "POST", fault);
}

/** Says where a Lambda function that rotates secrets answers. */
export async function putFunction(arn: string, url: string): Promise<void> {
  await admin("functions", "POST", { arn, url });
}

export async function clearFaults(): Promise<void> {
  await admin("faults", "DELETE");
}

/** Number of requests for each operation of each host since `resetRequests`. */
export async function requests(): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  return (await admin("requests", "GET")) as Record<string, Record<string, number>>;
}

export async function resetRequests(): Promise<void> {
  await admin("requests", "DELETE");
}

async function admin(path: string, method: "GET" | "POST" | "DELETE", body?: unknown): Promise<unknown> {
  const answer = await fetch(`${connection().clouds?.health ?? ""}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
