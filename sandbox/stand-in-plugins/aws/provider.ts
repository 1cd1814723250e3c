import { compare } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { ResourceHandler, StandInProvider } from "../support/provider.ts";
import { type PropertyMap, revealMap, textOf } from "../support/values.ts";
import { Clients } from "./clients.ts";
import { type AwsConfig, parseConfig, unsupportedConfig } from "./config.ts";
import { FUNCTIONS } from "./functions.ts";
import { awsResource, type AwsResource, type AwsSession } from "./resource.ts";

/** Each loads the SDK's client of its service: only when the first of its kind comes up. */
export const RESOURCES: Readonly<Record<string, () => Promise<AwsResource>>> = {
  "aws:ssm/parameter:Parameter": async () => (await import("./resources/parameter.ts")).parameter,
  "aws:secretsmanager/secret:Secret": async () => (await import("./resources/secret.ts")).secretResource,
  "aws:secretsmanager/secretVersion:SecretVersion": async () =>
    (await import("./resources/secret-version.ts")).secretVersion,
  "aws:secretsmanager/secretPolicy:SecretPolicy": async () =>
    (await import("./resources/secret-policy.ts")).secretPolicy,
  "aws:secretsmanager/secretRotation:SecretRotation": async () =>
    (await import("./resources/secret-rotation.ts")).secretRotation,
  "aws:iam/role:Role": async () => (await import("./resources/role.ts")).role,
  "aws:iam/rolePolicy:RolePolicy": async () => (await import("./resources/role-policy.ts")).rolePolicy,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": async () =>
    (await import("./resources/open-id-connect-provider.ts")).openIdConnectProvider,
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": async () =>
    (await import("./resources/pod-identity-association.ts")).podIdentityAssociation,
};

/** A stand-in for the `aws` plugin, for the resources and functions of this program only, on the AWS SDK. */
export function awsProvider(): StandInProvider {
  let session: AwsSession | undefined;
  const connected = (): AwsSession => {
    if (session === undefined) throw new Error("aws: the provider is not configured");
    return session;
  };
  return {
    name: "aws",
    checkConfig: (inputs) => Promise.resolve({ inputs, failures: unsupportedConfig(inputs) }),
    // Region and account may change under a program: what lives elsewhere shows at the resources themselves.
    diffConfig: (olds, news) => Promise.resolve(compare(olds, news, fieldsOf(olds, news))),
    configure: async (config) => {
      const parsed = parseConfig(config);
      session = { clients: new Clients(parsed), region: parsed.region, defaultTags: parsed.defaultTags };
      await requireAllowedAccount(parsed, session);
    },
    resource: (type) => {
      const load = RESOURCES[type];
      if (load === undefined) throw new NotInStandIn("aws", `Resource type ${type}`);
      return lazily(async () => awsResource(await load(), connected));
    },
    invoke: async ({ token, args, signal }) => {
      const call = FUNCTIONS[token];
      if (call === undefined) throw new NotInStandIn("aws", `Function ${token}`);
      const plain = revealMap(args);
      const { clients, region } = connected();
      return call({ clients, region: textOf(plain["region"], region), signal }, plain);
    },
  };
}

/** hashicorp/terraform-provider-aws, internal/conns/config.go: the wrong account is found before anything is read or written. */
async function requireAllowedAccount({ allowedAccountIds }: AwsConfig, session: AwsSession): Promise<void> {
  if (allowedAccountIds.length === 0) return;
  const call = FUNCTIONS["aws:index/getCallerIdentity:getCallerIdentity"];
  const context = { clients: session.clients, region: session.region, signal: AbortSignal.timeout(60_000) };
  const accountId = textOf((await call?.(context, {}))?.["accountId"]);
  if (!allowedAccountIds.includes(accountId)) throw new Error(`AWS account ID not allowed: ${accountId}`);
}

function lazily(load: () => Promise<ResourceHandler>): ResourceHandler {
  return {
    check: async (request) => (await load()).check(request),
    diff: async (request) => (await load()).diff(request),
    create: async (request) => (await load()).create(request),
    read: async (request) => (await load()).read(request),
    update: async (request) => (await load()).update(request),
    delete: async (request) => (await load()).delete(request),
  };
}

function fieldsOf(olds: PropertyMap, news: PropertyMap): Record<string, object> {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  names.delete("version");
  return Object.fromEntries([...names].map((name) => [name, {}]));
}
