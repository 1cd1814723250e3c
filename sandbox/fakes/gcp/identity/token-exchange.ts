/**
 * The two places where the token of a Kubernetes service account becomes one of Google:
 * - https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 * - `securetoken.googleapis.com/v1/identitybindingtoken`, which has no reference: what is known of it is what the operator sends
 *   (pkg/provider/gcp/secretmanager/workload_identity.go) and what people got back (external-secrets#1156, #2752).
 */
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { type ServiceAccountClaims, serviceAccountVerifier, TokenRefused } from "../../support/tokens.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { gkeMembers, gkePool, type KnownCluster } from "./callers.ts";
import { type Attributes, holds, mapAttributes } from "./mapping.ts";
import type { Pools } from "./pools.ts";
import type { Projects } from "../projects.ts";
import type { StoredProvider } from "../state.ts";

/** A refusal in the format of OAuth 2.0 (RFC 6749, 5.2), which both services use. */
export class ExchangeRefused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, description: string) {
    super(description);
    this.name = "ExchangeRefused";
    this.status = status;
    this.code = code;
  }

  toJson(): unknown {
    return { error: this.code, error_description: this.message };
  }
}

/** An issuer whose keys Google could fetch: its discovery document is on the internet. */
export interface ReachableIssuer {
  readonly issuer: string;
  readonly publicKeyPem: string;
}

const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const JWT = ["urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"];
const LIFETIME_SECONDS = 3600;
const AUDIENCE =
  /^\/\/iam\.googleapis\.com\/(projects\/([0-9]+)\/locations\/global\/workloadIdentityPools\/([^/]+)\/providers\/[^/]+)$/;

/** Exchanges tokens. */
export class TokenExchange {
  private readonly pools: Pools;
  private readonly tokens: AccessTokens;
  private readonly projects: Projects;
  private readonly clusters: readonly KnownCluster[];
  private readonly issuers: readonly ReachableIssuer[];

  constructor(parts: {
    pools: Pools;
    tokens: AccessTokens;
    projects: Projects;
    clusters: readonly KnownCluster[];
    issuers: readonly ReachableIssuer[];
  }) {
    this.pools = parts.pools;
    this.tokens = parts.tokens;
    this.projects = parts.projects;
    this.clusters = parts.clusters;
    this.issuers = parts.issuers;
  }

  /** `POST /v1/token` of the Security Token Service. */
  async federated(fields: Readonly<Record<string, string>>): Promise<unknown> {
    checkGrant(fields);
    const [, name] = AUDIENCE.exec(fields["audience"] ?? "") ?? [];
    if (name === undefined) {
      throw new ExchangeRefused(
        400,
        "invalid_request",
        'Invalid value for "audience". This value should be the full resource name of the Identity Provider. ' +
          "See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.",
      );
    }
    const provider = this.pools.usable(name);
    if (provider === undefined) {
      throw new ExchangeRefused(
        400,
        "invalid_target",
        'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider ' +
          "is disabled or deleted or because it doesn't exist.",
      );
    }
    const token = fields["subject_token"] ?? "";
    await this.verify(provider, token);
    const assertion = decodeJwt(token);
    const attributes = mapAttributes(provider.attributeMapping, assertion);
    if (attributes === undefined) {
      throw new ExchangeRefused(
        400,
        "invalid_grant",
        "The mapped attributes cannot be evaluated from the given credential.",
      );
    }
    if (provider.attributeCondition !== undefined && !holds(provider.attributeCondition, assertion, attributes)) {
      throw new ExchangeRefused(
        401,
        "unauthorized_client",
        "The given credential is rejected by the attribute condition.",
      );
    }
    const [pool = ""] = name.split("/providers/");
    return this.answer(pool, federatedMembers(pool, attributes));
  }

  /** `POST /v1/identitybindingtoken`, for clusters of GKE. */
  async identityBinding(fields: Readonly<Record<string, string>>): Promise<unknown> {
    checkGrant(fields);
    const [, poolName, cluster] = /^identitynamespace:([^:]+):(https:\/\/.+)$/.exec(fields["audience"] ?? "") ?? [];
    const known = this.clusters.find((candidate) => clusterUrl(candidate) === cluster);
    const project = known === undefined ? undefined : this.projects.find(known.project);
    if (known === undefined || cluster === undefined || project === undefined || poolName !== gkePool(project)) {
      throw new ExchangeRefused(404, "invalid_target", `The identity provider ${cluster ?? ""} was not found.`);
    }
    const claims = await verified(known, fields["subject_token"] ?? "", poolName);
    const { namespace, serviceAccount } = claims;
    const pool = `projects/${project.number}/locations/global/workloadIdentityPools/${poolName}`;
    return this.answer(pool, gkeMembers(project, { namespace, serviceAccount, cluster }));
  }

  private answer(pool: string, members: readonly string[]): unknown {
    const expiresAt = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
    return {
      access_token: this.tokens.mint({ kind: "federated", pool, members, expiresAt }),
      issued_token_type: ACCESS_TOKEN,
      token_type: "Bearer",
      expires_in: LIFETIME_SECONDS,
    };
  }

  private async verify(provider: StoredProvider, token: string): Promise<void> {
    const { issuerUri } = provider.oidc;
    const claims = await verified({ issuer: issuerUri, publicKeyPem: this.keyOf(provider, token) }, token, undefined);
    const given = provider.oidc.allowedAudiences ?? [];
    // "If this list is empty, the audience must be the full canonical resource name of the provider, with or without the HTTPS prefix."
    const allowed =
      given.length > 0
        ? given
        : [`//iam.googleapis.com/${provider.name}`, `https://iam.googleapis.com/${provider.name}`];
    if (!claims.audiences.some((audience) => allowed.includes(audience))) throw wrongAudience(claims.audiences);
  }

  private keyOf({ oidc }: StoredProvider, token: string): string {
    if (oidc.jwksJson !== undefined && oidc.jwksJson !== "") {
      const { keys } = JSON.parse(oidc.jwksJson) as { keys: (JsonWebKey & { kid?: string })[] };
      const kid = keyIdOf(token);
      const key =
        keys.find((candidate) => candidate.kid === kid) ??
        (keys.length === 1 && keys[0]?.kid === undefined ? keys[0] : undefined);
      if (key === undefined) throw badSignature();
      return createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
    }
    const reachable = this.issuers.find(({ issuer }) => issuer === oidc.issuerUri);
    if (reachable === undefined) {
      throw new ExchangeRefused(400, "invalid_grant", "Error connecting to the given credential's issuer.");
    }
    return reachable.publicKeyPem;
  }
}

/** The name of a cluster as a token's issuer: https://cloud.google.com/kubernetes-engine/docs/reference/rest */
export function clusterUrl({ project, location, name }: Pick<KnownCluster, "project" | "location" | "name">): string {
  return `https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${name}`;
}

function checkGrant(fields: Readonly<Record<string, string>>): void {
  if (fields["grant_type"] !== GRANT) throw new ExchangeRefused(400, "unsupported_grant_type", "Invalid grant_type");
  if (!JWT.includes(fields["subject_token_type"] ?? "")) {
    throw new ExchangeRefused(
      400,
      "invalid_request",
      "Invalid value for subject_token_type: only JWTs are known to the sandbox's fake",
    );
  }
  if (fields["requested_token_type"] !== ACCESS_TOKEN) {
    throw new ExchangeRefused(400, "invalid_request", "Invalid value for requested_token_type");
  }
}

async function verified(
  issuer: ReachableIssuer,
  token: string,
  audience: string | undefined,
): Promise<ServiceAccountClaims> {
  try {
    return await serviceAccountVerifier({ issuer: issuer.issuer, publicKeyPem: issuer.publicKeyPem })(token, audience);
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    throw refusal(error, issuer.issuer);
  }
}

// Words that people were given by Google: "does not match the expected audience", "is stale to sign-in".
function refusal({ reason, claimed }: TokenRefused, issuer: string): ExchangeRefused {
  switch (reason) {
    case "issuer":
      return grant(
        `The issuer in ID Token ${claimed.issuer ?? ""} does not match the expected one in config: ${issuer}.`,
      );
    case "audience":
      return wrongAudience(claimed.audiences);
    case "expired":
      return grant("ID Token is stale to sign-in.");
    case "signature":
      return badSignature();
    case "malformed":
      return grant("Unable to parse the ID Token.");
  }
}

function wrongAudience(audiences: readonly string[]): ExchangeRefused {
  return grant(`The audience in ID Token [${audiences.join(", ")}] does not match the expected audience.`);
}

function badSignature(): ExchangeRefused {
  return grant("Invalid JWT Signature.");
}

function grant(description: string): ExchangeRefused {
  return new ExchangeRefused(400, "invalid_grant", description);
}

function federatedMembers(pool: string, { subject, groups, custom }: Attributes): string[] {
  const base = `iam.googleapis.com/${pool}`;
  return [
    `principal://${base}/subject/${subject}`,
    `principalSet://${base}/*`,
    ...groups.map((group) => `principalSet://${base}/group/${group}`),
    ...Object.entries(custom).map(([name, value]) => `principalSet://${base}/attribute.${name}/${value}`),
  ];
}

/** The key that a token names; none where it is no JSON Web Token. */
function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}
