import assert from "node:assert/strict";
import { type Answer, CLUSTER, type Fake, ISSUER, JWKS, PROJECT } from "./fake.ts";

export const SECRETS = `https://secretmanager.googleapis.com/v1/projects/${PROJECT.id}/secrets`;
export const IAM = `https://iam.googleapis.com/v1/projects/${PROJECT.id}`;
export const POOLS = `${IAM}/locations/global/workloadIdentityPools`;
export const POOL_NAME = `projects/${PROJECT.number}/locations/global/workloadIdentityPools/onprem`;
export const PROVIDER_NAME = `${POOL_NAME}/providers/cluster`;
export const CLUSTER_URL = `https://container.googleapis.com/v1/projects/${PROJECT.id}/locations/${CLUSTER.location}/clusters/${CLUSTER.name}`;
export const GKE_POOL = `projects/${PROJECT.number}/locations/global/workloadIdentityPools/${PROJECT.id}.svc.id.goog`;
export const GKE_READER = `principal://iam.googleapis.com/${GKE_POOL}/subject/ns/shop/sa/reader`;
export const FEDERATED_READER = `principal://iam.googleapis.com/${POOL_NAME}/subject/system:serviceaccount:shop:reader`;

const exchange = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
  scope: "https://www.googleapis.com/auth/cloud-platform",
};

export function gke(fake: Fake, token: string, cluster = CLUSTER_URL): Promise<Answer> {
  const audience = `identitynamespace:${PROJECT.id}.svc.id.goog:${cluster}`;
  return fake.rest(
    "POST",
    "https://securetoken.googleapis.com/v1/identitybindingtoken",
    { ...exchange, audience, subject_token: token },
    "",
  );
}

export function federate(fake: Fake, token: string, provider = PROVIDER_NAME): Promise<Answer> {
  const form = new URLSearchParams({ ...exchange, audience: `//iam.googleapis.com/${provider}`, subject_token: token });
  return fake.rest("POST", "https://sts.googleapis.com/v1/token", form.toString(), "");
}

export async function withPool(fake: Fake, provider: object = {}): Promise<void> {
  await ok(fake.rest("POST", `${POOLS}?workloadIdentityPoolId=onprem`, { displayName: "on premises" }));
  await ok(
    fake.rest("POST", `${POOLS}/onprem/providers?workloadIdentityPoolProviderId=cluster`, {
      oidc: { issuerUri: ISSUER, jwksJson: JWKS, allowedAudiences: ["gcp"] },
      attributeMapping: {
        "google.subject": "assertion.sub",
        "attribute.namespace": "assertion['kubernetes.io'].namespace",
      },
      ...provider,
    }),
  );
}

export async function ok(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

export async function secretFor(fake: Fake, members: readonly string[]): Promise<void> {
  await ok(fake.rest("POST", `${SECRETS}?secretId=db`, { replication: { automatic: {} } }));
  await ok(fake.rest("POST", `${SECRETS}/db:addVersion`, { payload: { data: Buffer.from("one").toString("base64") } }));
  await ok(bind(fake, members));
}

export function bind(
  fake: Fake,
  members: readonly string[],
  role = "roles/secretmanager.secretAccessor",
): Promise<Answer> {
  return fake.rest("POST", `${SECRETS}/db:setIamPolicy`, { policy: { bindings: [{ role, members }] } });
}

export async function access(fake: Fake, token: unknown): Promise<number> {
  return (await fake.rest("GET", `${SECRETS}/db/versions/latest:access`, undefined, String(token))).status;
}

export const refused = (answer: Answer): unknown => [
  answer.status,
  answer.body["error"],
  answer.body["error_description"],
];
