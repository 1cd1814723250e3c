import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, type AgentOptions, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { SignJWT } from "jose";
import { AZURE_SANDBOX, ROLES } from "../../../fakes/azure/directory.ts";
import { azureRoutes } from "../../../fakes/azure/index.ts";
import { type Authority, makeAuthority } from "../../../fakes/support/authority.ts";
import { type Running, startGateway } from "../../../fakes/support/gateway.ts";
import { serviceAccountVerifier } from "../../../fakes/support/tokens.ts";

export const ISSUER = "https://127.0.0.1:6443";
export const SUBJECT = "system:serviceaccount:shop:external-secrets";
export const AUDIENCE = "api://AzureADTokenExchange";
export const GROUP = `/subscriptions/${AZURE_SANDBOX.subscriptionId}/resourceGroups/${AZURE_SANDBOX.resourceGroup}`;
export const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/team`;
export const IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop`;

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** What a server answered, to look into: "error.code", "value.0.id". */
export class Body {
  readonly content: unknown;
  constructor(content: unknown) {
    this.content = content;
  }
  get(path: string): unknown {
    return path
      .split(".")
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], this.content);
  }
  text(path: string): string {
    return String(this.get(path));
  }
  list<Item>(path: string): Item[] {
    return this.get(path) as Item[];
  }
  toJSON(): unknown {
    return this.content;
  }
}

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The time of the fake Azure, in milliseconds. */
export interface TestClock {
  /** On top of the machine's time. */
  offset: number;
  /** In place of the machine's time, where something happens within a moment that a busy machine might miss. */
  stoppedAt?: number;
}

/** A fake Azure behind a gateway, and a client of it. */
export class Cloud {
  readonly gateway: Running;
  readonly ca: Authority;
  readonly folder: string;
  readonly clock: TestClock;
  /** Reaches the gateway, and trusts it. */
  readonly agent: Agent;

  private constructor(gateway: Running, ca: Authority, folder: string, clock: TestClock) {
    this.gateway = gateway;
    this.ca = ca;
    this.folder = folder;
    this.clock = clock;
    const proxyEnv = { HTTPS_PROXY: `http://127.0.0.1:${gateway.port}` };
    this.agent = new Agent({ ca: ca.certificate, keepAlive: true, proxyEnv } as AgentOptions);
  }

  static async start(options: { folder?: string; rolePropagationMs?: number } = {}): Promise<Cloud> {
    const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), "azure-")));
    const publicKeyPem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
    const clock: TestClock = { offset: 0 };
    const { routes } = await azureRoutes({
      folder,
      verify: serviceAccountVerifier({ publicKeyPem, issuer: ISSUER }),
      now: () => (clock.stoppedAt ?? Date.now()) + clock.offset,
      ...(options.rolePropagationMs === undefined ? {} : { rolePropagationMs: options.rolePropagationMs }),
    });
    const ca = await makeAuthority();
    return new Cloud(await startGateway({ port: 0, ca, routes }), ca, folder, clock);
  }

  async stop(remove = true): Promise<void> {
    this.agent.destroy();
    await this.gateway.close();
    if (remove) await rm(this.folder, { recursive: true, force: true });
  }

  async request(
    method: string,
    url: string,
    options: { token?: string; body?: unknown; form?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { token, body, form } = options;
    const payload =
      form === undefined ? (body === undefined ? "" : JSON.stringify(body)) : new URLSearchParams(form).toString();
    const headers: Record<string, string | number> = {
      "Content-Length": Buffer.byteLength(payload),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(payload === "" ? {} : { "Content-Type": form ? "application/x-www-form-urlencoded" : "application/json" }),
    };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(url, { method, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const parsed = text.startsWith("{") ? (JSON.parse(text) as unknown) : text;
          resolve({ status: response.statusCode ?? 0, body: new Body(parsed), headers: response.headers });
        });
      });
      request.on("error", reject);
      request.end(payload);
    });
  }

  signIn(form: Record<string, string>, tenant: string = AZURE_SANDBOX.tenantId): Promise<Answer> {
    return this.request("POST", `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, {
      form: { grant_type: "client_credentials", scope: "https://vault.azure.net/.default", ...form },
    });
  }

  /** A token of the deployer. */
  async deployer(resource = "https://management.azure.com"): Promise<string> {
    const { clientId, clientSecret } = AZURE_SANDBOX.deployer;
    const form = { client_id: clientId, client_secret: clientSecret, scope: `${resource}/.default` };
    return (await this.signIn(form)).body.text("access_token");
  }

  /** Signs in with a service account's token. */
  federated(clientId: string, assertion: string): Promise<Answer> {
    return this.signIn({
      client_id: clientId,
      client_assertion: assertion,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
  }

  async arm(method: string, id: string, body?: unknown): Promise<Answer> {
    const token = await this.deployer();
    const url = `https://management.azure.com${id}?api-version=2024-11-01`;
    return this.request(method, url, { token, ...(body === undefined ? {} : { body }) });
  }

  /** A call of a vault's data plane. */
  vault(token: string | undefined, method: string, call: string, body?: unknown): Promise<Answer> {
    const joint = call.includes("?") ? "&" : "?";
    return this.request(method, `https://team.vault.azure.net/${call}${joint}api-version=7.4`, {
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The vault "team", with the deployer's right to its secrets unless said otherwise; a token for it. */
  async team(properties: Record<string, unknown> = {}, officer = true): Promise<string> {
    const made = await this.arm("PUT", VAULT, {
      location: "westeurope",
      properties: { ...vaultBody(), ...properties },
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    if (officer) await this.assign(AZURE_SANDBOX.deployer.objectId, ROLES.secretsOfficer, VAULT);
    return this.deployer("https://vault.azure.net");
  }

  async assign(principalId: string, role: string, scope: string, name: string = crypto.randomUUID()): Promise<Answer> {
    const roleDefinitionId = `/subscriptions/${AZURE_SANDBOX.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    return this.arm("PUT", `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
      properties: { roleDefinitionId, principalId, principalType: "ServicePrincipal" },
    });
  }

  /** The identity "shop", federated with the service account of the tests unless said otherwise. */
  async identity(
    credential: Record<string, unknown> | undefined = {},
  ): Promise<{ clientId: string; principalId: string }> {
    const made = await this.arm("PUT", IDENTITY, { location: "westeurope" });
    const properties = { issuer: ISSUER, subject: SUBJECT, audiences: [AUDIENCE], ...credential };
    await this.arm("PUT", `${IDENTITY}/federatedIdentityCredentials/cluster`, { properties });
    return made.body.get("properties") as { clientId: string; principalId: string };
  }
}

/** The properties of a vault in RBAC mode. */
export function vaultBody(): Record<string, unknown> {
  return {
    tenantId: AZURE_SANDBOX.tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: true,
    softDeleteRetentionInDays: 7,
  };
}

/** A service account's token, as the cluster would sign it. */
export function serviceAccountToken(
  claims: { issuer?: string; subject?: string; audience?: string; expired?: boolean; forged?: boolean } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(claims.issuer ?? ISSUER)
    .setSubject(claims.subject ?? SUBJECT)
    .setAudience(claims.audience ?? AUDIENCE)
    .setIssuedAt(now - 1000)
    .setExpirationTime(claims.expired === true ? now - 500 : now + 600)
    .sign(claims.forged === true ? otherKeys.privateKey : keys.privateKey);
}
