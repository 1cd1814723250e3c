import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { jsonObject } from "../../support/json-object.ts";
import { remembered } from "../../support/remembered.ts";
import type { TokenSource } from "./key-vault-client.ts";
import { azureClouds, type AzureKeyVaultSpec } from "./key-vault.ts";
import { tokenExchangeAudience } from "./identity-rules.ts";
import { send } from "./send.ts";

/** An environment variable of whoever asks. */
type Variable = (name: string) => string | undefined;

/** Runs a program and answers what it prints. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

/**
 * Access tokens of the deployer, by the variables that Pulumi's provider reads: a client secret, a token of a CI job
 * (`ARM_USE_OIDC`), or else whoever is logged in to Azure's CLI. Certificates and managed identities are left to that CLI.
 */
export function deployerTokens(spec: AzureKeyVaultSpec, variable: Variable, run: RunProgram = runProgram): TokenSource {
  const tenant = variable("ARM_TENANT_ID") ?? spec.tenantId;
  const clientId = variable("ARM_CLIENT_ID") ?? "";
  const secret = variable("ARM_CLIENT_SECRET") ?? "";
  const exchange = (resource: string, proof: Readonly<Record<string, string>>) =>
    tokenFor(spec, tenant, { client_id: clientId, scope: `${resource}/.default`, ...proof });
  return remembered(async (resource: string) => {
    if (clientId !== "" && isTrue(variable("ARM_USE_OIDC"))) {
      return exchange(resource, {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await assertion(variable),
      });
    }
    if (clientId !== "" && secret !== "") return exchange(resource, { client_secret: secret });
    return fromCli(run, resource, tenant);
  });
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function tokenFor(
  { vaultSuffix }: AzureKeyVaultSpec,
  tenant: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const url = `https://${azureClouds[vaultSuffix].login}/${tenant}/oauth2/v2.0/token`;
  const body = new URLSearchParams({ grant_type: "client_credentials", ...fields }).toString();
  const { status, text } = await send({
    url,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  const answer = jsonObject(text);
  const token = answer["access_token"];
  if (status === 200 && typeof token === "string") return token;
  // Azure's description names the application and the tenant, and repeats no secret.
  const words = [answer["error_description"], answer["error"]].find((each) => typeof each === "string");
  throw new Error(`signing in failed: ${words?.split(/\r?\n/)[0] ?? `status ${status}`}`);
}

/** The token of a CI job: given, in a file, or asked of GitHub. */
async function assertion(variable: Variable): Promise<string> {
  const given = variable("ARM_OIDC_TOKEN") ?? "";
  if (given !== "") return given;
  const file = variable("ARM_OIDC_TOKEN_FILE_PATH") ?? "";
  if (file !== "") return (await readFile(file, "utf8")).trim();
  const url = variable("ARM_OIDC_REQUEST_URL") ?? variable("ACTIONS_ID_TOKEN_REQUEST_URL") ?? "";
  const token = variable("ARM_OIDC_REQUEST_TOKEN") ?? variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN") ?? "";
  if (url === "" || token === "")
    throw new Error("ARM_USE_OIDC is set, and neither ARM_OIDC_TOKEN nor a job's token is");
  const { status, text } = await send({
    url: `${url}&audience=${encodeURIComponent(tokenExchangeAudience)}`,
    headers: { authorization: `Bearer ${token}` },
  });
  const { value } = jsonObject(text);
  if (status !== 200 || typeof value !== "string") throw new Error(`the job's token was refused: status ${status}`);
  return value;
}

async function fromCli(run: RunProgram, resource: string, tenant: string): Promise<string> {
  const words = ["account", "get-access-token", "--resource", resource, "--tenant", tenant];
  const printed = await run("az", [...words, "--query", "accessToken", "--output", "tsv"]);
  return printed.trim();
}

/** What a program prints. Of one that fails only its complaint is told: what it printed may be a token. */
function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const line = stderr.split("\n").find((each) => each.trim() !== "");
      reject(
        new Error(
          error.code === "ENOENT"
            ? "neither ARM_CLIENT_ID with ARM_CLIENT_SECRET or ARM_USE_OIDC is set, nor is `az` installed"
            : `az gave no token: ${line?.trim() ?? "it failed"}`,
        ),
      );
    });
  });
}

function isTrue(text: string | undefined): boolean {
  return text === "true" || text === "1";
}
