import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { credentials } from "@grpc/grpc-js";
import { SignJWT } from "jose";
import { gcpRoutes, type GcpOptions } from "../../../fakes/gcp/index.ts";
import { makeAuthority } from "../../../fakes/support/authority.ts";
import { startGateway } from "../../../fakes/support/gateway.ts";

export const PROJECT = { id: "sandbox-project", number: "100000000001" };
export const DEPLOYER_TOKEN = "deployer-token";
export const ISSUER = "https://127.0.0.1:16443";
export const CLUSTER = { project: PROJECT.id, location: "europe-west1", name: "sandbox" };

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** The public half of the cluster's key. */
export const PUBLIC_KEY = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
/** The same, as a provider takes it. */
export const JWKS = JSON.stringify({
  keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }],
});

/** An answer over REST. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** How a test talks to the fake. */
export interface Fake {
  readonly folder: string;
  /** A call over REST through the gateway; the body is sent as JSON, a text as a form. */
  readonly rest: (method: string, url: string, body?: unknown, token?: string) => Promise<Answer>;
  /** Google's own client over gRPC, with this access token. */
  readonly client: (token?: string) => SecretManagerServiceClient;
  /** Goes through the gateway, and believes its certificates. */
  readonly agent: Agent;
  /** What the gateway saw, by operation. */
  readonly counts: (host: string) => Readonly<Record<string, number>>;
  /** Makes requests fail (`Fault` of the gateway). */
  readonly fault: (fault: object) => void;
  readonly clearFaults: () => void;
}

/** A token of a Kubernetes service account, signed by the cluster. */
export async function serviceAccountToken(
  parts: { namespace?: string; name?: string; audience?: string | string[]; issuer?: string; seconds?: number } = {},
): Promise<string> {
  const {
    namespace = "shop",
    name = "reader",
    audience = `${PROJECT.id}.svc.id.goog`,
    issuer = ISSUER,
    seconds = 600,
  } = parts;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ "kubernetes.io": { namespace, serviceaccount: { name } } })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuer(issuer)
    .setSubject(`system:serviceaccount:${namespace}:${name}`)
    .setAudience(audience)
    .setIssuedAt(now - 1000)
    .setExpirationTime(now + seconds)
    .sign(keys.privateKey);
}

/** Runs a test against a fake of its own behind a gateway. */
export async function withFake<Result>(
  use: (fake: Fake) => Promise<Result>,
  options: Partial<GcpOptions> & { folder?: string } = {},
): Promise<Result> {
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), "gcp-fake-")));
  const { routes, close } = await gcpRoutes({
    folder,
    projects: [PROJECT],
    deployerToken: DEPLOYER_TOKEN,
    clusters: [{ ...CLUSTER, issuer: ISSUER, publicKeyPem: PUBLIC_KEY }],
    ...options,
  });
  const ca = await makeAuthority();
  const gateway = await startGateway({ port: 0, ca, routes });
  // Node 22.21 and newer; its type declarations do not know the option yet.
  const proxied = { proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${gateway.port}` } };
  const agent = new Agent({ ca: ca.certificate, keepAlive: true, ...proxied });
  const clients: SecretManagerServiceClient[] = [];
  const client = (token = DEPLOYER_TOKEN) => {
    const made = plaintextClient(routes[0]?.h2Target ?? 0, token);
    clients.push(made);
    return made;
  };
  try {
    const rest: Fake["rest"] = (method, url, body, token = DEPLOYER_TOKEN) => send(agent, method, url, body, token);
    const counts: Fake["counts"] = (host) => gateway.requests.snapshot()[host] ?? {};
    const fault: Fake["fault"] = (input) => void gateway.faults.add(input);
    return await use({ folder, rest, client, agent, counts, fault, clearFaults: () => gateway.faults.clear() });
  } finally {
    await Promise.all(clients.map((made) => made.close()));
    agent.destroy();
    await gateway.close();
    await close();
    if (options.folder === undefined) await rm(folder, { recursive: true });
  }
}

function plaintextClient(port: number, token: string): SecretManagerServiceClient {
  const made = new SecretManagerServiceClient({
    apiEndpoint: "127.0.0.1",
    port,
    sslCreds: credentials.createInsecure(),
  });
  // A channel without TLS takes no credentials, so each call brings its header along.
  const headers = { otherArgs: { headers: { Authorization: `Bearer ${token}` } } };
  for (const name of UNARY) {
    const call = (made[name] as (request: object, options: object) => unknown).bind(made);
    Object.assign(made, { [name]: (request: object) => call(request, { ...headers, retry: null }) });
  }
  return made;
}

const UNARY = [
  "accessSecretVersion",
  "getSecret",
  "createSecret",
  "addSecretVersion",
  "listSecrets",
  "listSecretVersions",
  "destroySecretVersion",
  "setIamPolicy",
] as const;

function send(agent: Agent, method: string, url: string, body: unknown, token: string): Promise<Answer> {
  const form = typeof body === "string";
  const payload = body === undefined ? undefined : form ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = {
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      ...(payload === undefined
        ? {}
        : { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" }),
    };
    const request = httpsRequest(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> });
      });
    });
    request.on("error", reject);
    request.end(payload);
  });
}
