/**
 * A fake of Google Cloud: what the operator's provider `gcpsm` and the program use, and an error for everything else. Its parts
 * name the public pages that they follow.
 */
import type { Route } from "../support/route.ts";
import { AccessTokens } from "./identity/access-tokens.ts";
import { Accounts } from "./identity/accounts.ts";
import { Callers, type KnownCluster } from "./identity/callers.ts";
import { credentialsMethods } from "./identity/credentials.ts";
import { addProviders, type ExistingProvider } from "./existing.ts";
import { startGrpc } from "./grpc.ts";
import { Pools } from "./identity/pools.ts";
import { type Project, Projects } from "./projects.ts";
import { denied, restHandler, restOperation, throttled } from "./rest.ts";
import { restHosts } from "./rest-methods.ts";
import { SecretManager } from "./secret-manager/methods.ts";
import { GcpState } from "./state.ts";
import { type ReachableIssuer, TokenExchange } from "./identity/token-exchange.ts";

export type { ExistingProvider } from "./existing.ts";
export type { KnownCluster } from "./identity/callers.ts";
export type { Project } from "./projects.ts";
export type { ReachableIssuer } from "./identity/token-exchange.ts";

/** What the fake is told. */
export interface GcpOptions {
  /** Where its state is kept. */
  readonly folder: string;
  /** The projects that exist; the first is the deployer's. */
  readonly projects: readonly Project[];
  /** The access token of the account that deploys (`GOOGLE_OAUTH_ACCESS_TOKEN`). */
  readonly deployerToken: string;
  /** The clusters of GKE that exist. */
  readonly clusters: readonly KnownCluster[];
  /** Issuers whose keys can be fetched, for providers without keys of their own; those of the clusters when left out. */
  readonly issuers?: readonly ReachableIssuer[];
  /** Providers that someone made before anyone deploys here, with their pools: each trusts the service accounts of one issuer. */
  readonly providers?: readonly ExistingProvider[];
  /** The clock, for what is put off: delayed destruction, deleted pools. */
  readonly now?: () => number;
}

const REGIONAL = /^secretmanager\.[a-z0-9-]+\.rep\.googleapis\.com$/;

/**
 * Starts the fake and answers its routes, for the gateway.
 *
 * @example const { routes, close } = await gcpRoutes({ folder, projects: [{ id: "p", number: "1" }], deployerToken, clusters: [] })
 */
export async function gcpRoutes(options: GcpOptions): Promise<{ routes: Route[]; close: () => Promise<void> }> {
  const now = options.now ?? Date.now;
  const state = await GcpState.open(options.folder);
  const projects = new Projects(options.projects);
  const tokens = new AccessTokens(state.data.signingKey);
  const { clusters, deployerToken } = options;
  const callers = new Callers({ state, tokens, projects, clusters, deployerToken });
  const pools = new Pools({ state, projects, callers, now });
  if (addProviders(state.data, options.providers ?? [])) await state.commit();
  const accounts = new Accounts({ state, projects, callers });
  const secrets = new SecretManager({ state, projects, callers, now }).methods;
  const credentials = credentialsMethods(accounts, tokens);
  const exchange = new TokenExchange({ pools, tokens, projects, clusters, issuers: options.issuers ?? clusters });
  const grpc = await startGrpc(
    [
      {
        packageName: "@google-cloud/secret-manager",
        service: "google.cloud.secretmanager.v1.SecretManagerService",
        methods: secrets,
      },
      {
        packageName: "@google-cloud/iam-credentials",
        service: "google.iam.credentials.v1.IAMCredentials",
        methods: credentials,
      },
    ],
    callers,
  );
  const hosts = restHosts({ callers, projects, secrets, credentials, pools, accounts, exchange });
  const route: Route = {
    name: "gcp",
    // Regional endpoints get an answer, which is that there are no regional secrets here.
    matches: (host) => host in hosts || REGIONAL.test(host),
    handler: restHandler(hosts),
    h2Target: grpc.port,
    operation: restOperation(hosts),
    throttled,
    denied,
  };
  return {
    routes: [route],
    close: async () => {
      grpc.close();
      await state.commit();
    },
  };
}
