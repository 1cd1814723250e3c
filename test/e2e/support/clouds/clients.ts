import { Agent } from "node:https";
import type { KMSClient } from "@aws-sdk/client-kms";
import { DEPLOYER, REGION } from "../../../../sandbox/fakes/aws/account.ts";
import { AZURE_SANDBOX } from "../../../../sandbox/fakes/azure/directory.ts";
import { GCP_SANDBOX } from "../../../../sandbox/fakes/gcp/sandbox.ts";
import type { Fault } from "../../../../sandbox/fakes/support/faults.ts";
import { Clients } from "../../../../sandbox/plugins/aws/clients.ts";
import { AzureClient } from "../../../../sandbox/plugins/azure-native/client.ts";
import { GoogleApi } from "../../../../sandbox/plugins/gcp/client.ts";
import { connection } from "../platform.ts";

/** Clients of the fake clouds with the deployer's rights: tests use them to change things by hand and to look at them. */

let clients: { readonly aws: Clients; readonly azure: AzureClient; readonly google: GoogleApi } | undefined;

function all() {
  // Made when the platform runs: they take the proxy from the environment, which `open` of a stack sets.
  clients ??= {
    aws: new Clients({ region: REGION, credentials: DEPLOYER, allowedAccountIds: [], defaultTags: {}, maxRetries: 10 }),
    azure: new AzureClient({ ...AZURE_SANDBOX, ...AZURE_SANDBOX.deployer }, { environment: process.env }),
    google: new GoogleApi({ accessToken: GCP_SANDBOX.deployerToken }),
  };
  return clients;
}

let kmsClient: Promise<KMSClient> | undefined;

/** The program makes no keys, so the stand-in of its provider has no client for them: customers do. */
async function openKms(): Promise<KMSClient> {
  const { KMSClient: Client } = await import("@aws-sdk/client-kms");
  // Known to Node.js from 22.21 on; its types do not say it yet.
  const options = { keepAlive: true, proxyEnv: process.env };
  return new Client({ region: REGION, credentials: DEPLOYER, requestHandler: { httpsAgent: new Agent(options) } });
}

export const aws = {
  ssm: () => all().aws.ssm(REGION),
  secretsManager: () => all().aws.secretsManager(REGION),
  iam: () => all().aws.iam(),
  eks: () => all().aws.eks(REGION),
  kms: () => (kmsClient ??= openKms()),
};

/** One call of Azure Resource Manager, below the sandbox's resource group unless the id starts with a slash. */
export async function arm(method: "GET" | "PUT" | "DELETE", id: string, apiVersion: string, body = {}) {
  const { subscriptionId, resourceGroup } = AZURE_SANDBOX;
  const full = id.startsWith("/")
    ? id
    : `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${id}`;
  const { azure } = all();
  const signal = AbortSignal.timeout(20_000);
  if (method === "GET") return azure.get(full, apiVersion, signal);
  if (method === "PUT") return azure.put(full, apiVersion, body, signal);
  await azure.delete(full, apiVersion, signal);
  return undefined;
}

/** One call of a vault's data plane; `undefined` for what is not there. */
export async function keyVault(method: string, vault: string, path: string) {
  return all().azure.vault(method, vault, path, AbortSignal.timeout(20_000));
}

export function google(): GoogleApi {
  return all().google;
}

/** Makes requests to the clouds fail until `clearFaults`, or until the fault's time is over. */
export async function addFault(fault: Fault): Promise<void> {
  await admin("faults", "POST", fault);
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
