import type { Agent } from "node:https";
import { compare } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { StandInProvider } from "../support/provider.ts";
import { type PropertyMap, revealMap } from "../support/values.ts";
import { account } from "./resources/account.ts";
import { GoogleApi, type Patience } from "./client.ts";
import { parseConfig, unsupportedConfig } from "./config.ts";
import { FUNCTIONS } from "./functions.ts";
import { accountIamMember, secretIamMember } from "./resources/iam-member.ts";
import { pool, poolProvider } from "./resources/pools.ts";
import { gcpResource, type GcpResource, type GcpSession } from "./resource.ts";
import { secretResource } from "./resources/secret.ts";
import { secretVersion } from "./resources/secret-version.ts";

/** The resources by token. */
export const RESOURCES: Readonly<Record<string, GcpResource>> = {
  "gcp:secretmanager/secret:Secret": secretResource,
  "gcp:secretmanager/secretVersion:SecretVersion": secretVersion,
  "gcp:secretmanager/secretIamMember:SecretIamMember": secretIamMember,
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": pool,
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": poolProvider,
  "gcp:serviceaccount/account:Account": account,
  "gcp:serviceaccount/iAMMember:IAMMember": accountIamMember,
};

/** A stand-in for the `gcp` plugin, for the resources and functions of this program only, on Google's REST APIs. */
export function gcpProvider(how: { agent?: Agent; patience?: Patience } = {}): StandInProvider {
  let session: GcpSession | undefined;
  const connected = (): GcpSession => {
    if (session === undefined) throw new Error("gcp: the provider is not configured");
    return session;
  };
  return {
    name: "gcp",
    checkConfig: (inputs) => Promise.resolve({ inputs, failures: unsupportedConfig(inputs) }),
    // Another project shows at the resources themselves.
    diffConfig: (olds, news) => Promise.resolve(compare(olds, news, fieldsOf(olds, news))),
    configure: (config) => {
      const { accessToken, project, attribution } = parseConfig(config);
      const labels: Record<string, string> = attribution ? { "goog-pulumi-provisioned": "true" } : {};
      session = { api: new GoogleApi({ accessToken, ...how }), project, labels };
      return Promise.resolve();
    },
    resource: (type) => {
      const resource = RESOURCES[type];
      if (resource === undefined) throw new NotInStandIn("gcp", `Resource type ${type}`);
      return gcpResource(resource, connected);
    },
    invoke: async ({ token, args, signal }) => {
      const call = FUNCTIONS[token];
      if (call === undefined) throw new NotInStandIn("gcp", `Function ${token}`);
      return call({ ...connected(), signal }, revealMap(args));
    },
  };
}

function fieldsOf(olds: PropertyMap, news: PropertyMap): Record<string, object> {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  names.delete("version");
  return Object.fromEntries([...names].map((name) => [name, {}]));
}
