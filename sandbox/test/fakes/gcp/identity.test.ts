import assert from "node:assert/strict";
import {
  type Answer,
  CLUSTER,
  type Fake,
  ISSUER,
  JWKS,
  PROJECT,
  PUBLIC_KEY,
  serviceAccountToken,
  withFake,
} from "./fake.ts";

const SECRETS = `https://secretmanager.googleapis.com/v1/projects/${PROJECT.id}/secrets`;
const IAM = `https://iam.googleapis.com/v1/projects/${PROJECT.id}`;
const POOLS = `${IAM}/locations/global/workloadIdentityPools`;
const POOL_NAME = `projects/${PROJECT.number}/locations/global/workloadIdentityPools/onprem`;
const PROVIDER_NAME = `${POOL_NAME}/providers/cluster`;
const CLUSTER_URL = `https://container.googleapis.com/v1/projects/${PROJECT.id}/locations/${CLUSTER.location}/clusters/${CLUSTER.name}`;
const GKE_POOL = `projects/${PROJECT.number}/locations/global/workloadIdentityPools/${PROJECT.id}.svc.id.goog`;
const GKE_READER = `principal://iam.googleapis.com/${GKE_POOL}/subject/ns/shop/sa/reader`;
const FEDERATED_READER = `principal://iam.googleapis.com/${POOL_NAME}/subject/system:serviceaccount:shop:reader`;

const exchange = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
  scope: "https://www.googleapis.com/auth/cloud-platform",
};

function gke(fake: Fake, token: string, cluster = CLUSTER_URL): Promise<Answer> {
  const audience = `identitynamespace:${PROJECT.id}.svc.id.goog:${cluster}`;
  return fake.rest(
    "POST",
    "https://securetoken.googleapis.com/v1/identitybindingtoken",
    { ...exchange, audience, subject_token: token },
    "",
  );
}

function federate(fake: Fake, token: string, provider = PROVIDER_NAME): Promise<Answer> {
  const form = new URLSearchParams({ ...exchange, audience: `//iam.googleapis.com/${provider}`, subject_token: token });
  return fake.rest("POST", "https://sts.googleapis.com/v1/token", form.toString(), "");
}

async function withPool(fake: Fake, provider: object = {}): Promise<void> {
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

async function ok(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function secretFor(fake: Fake, members: readonly string[]): Promise<void> {
  await ok(fake.rest("POST", `${SECRETS}?secretId=db`, { replication: { automatic: {} } }));
  await ok(fake.rest("POST", `${SECRETS}/db:addVersion`, { payload: { data: Buffer.from("one").toString("base64") } }));
  await ok(bind(fake, members));
}

function bind(fake: Fake, members: readonly string[], role = "roles/secretmanager.secretAccessor"): Promise<Answer> {
  return fake.rest("POST", `${SECRETS}/db:setIamPolicy`, { policy: { bindings: [{ role, members }] } });
}

async function access(fake: Fake, token: unknown): Promise<number> {
  return (await fake.rest("GET", `${SECRETS}/db/versions/latest:access`, undefined, String(token))).status;
}

const refused = (answer: Answer): unknown => [answer.status, answer.body["error"], answer.body["error_description"]];

describe("identities in the fake Google Cloud", () => {
  it("lets a bound service account of a GKE cluster read, and no other one", () =>
    withFake(async (fake) => {
      await secretFor(fake, [GKE_READER]);
      const reader = await ok(gke(fake, await serviceAccountToken()));
      assert.equal(reader["token_type"], "Bearer");
      assert.equal(await access(fake, reader["access_token"]), 200);
      const stranger = await ok(gke(fake, await serviceAccountToken({ name: "stranger" })));
      assert.equal(await access(fake, stranger["access_token"]), 403);
      const elsewhere = await ok(gke(fake, await serviceAccountToken({ namespace: "other" })));
      assert.equal(await access(fake, elsewhere["access_token"]), 403);
    }));

  it("names the missing right in Google's words, over gRPC with the reason for programs", () =>
    withFake(async (fake) => {
      await secretFor(fake, []);
      const { access_token: token } = await ok(gke(fake, await serviceAccountToken()));
      const name = `projects/${PROJECT.id}/secrets/db/versions/latest`;
      const message = `Permission 'secretmanager.versions.access' denied for resource '${name}' (or it may not exist).`;
      await assert.rejects(
        fake.client(String(token)).accessSecretVersion({ name }),
        (error: Error & { reason?: string }) => {
          assert.equal(error.message, `7 PERMISSION_DENIED: ${message}`);
          assert.equal(error.reason, "IAM_PERMISSION_DENIED");
          return true;
        },
      );
      const missing = await fake.rest("GET", `${SECRETS}/none/versions/latest:access`, undefined, String(token));
      assert.equal(missing.status, 403, "whoever has no right does not learn what exists");
    }));

  it("binds the older name of a GKE account as well", () =>
    withFake(async (fake) => {
      await secretFor(fake, [`serviceAccount:${PROJECT.id}.svc.id.goog[shop/reader]`]);
      assert.equal(await access(fake, (await ok(gke(fake, await serviceAccountToken())))["access_token"]), 200);
    }));

  it("knows only the clusters that it was told of, and their tokens for the pool", () =>
    withFake(async (fake) => {
      const unknown = CLUSTER_URL.replace(/sandbox$/, "other");
      assert.equal((await gke(fake, await serviceAccountToken(), unknown)).status, 404);
      const audience = await gke(fake, await serviceAccountToken({ audience: "vault" }));
      assert.deepEqual(refused(audience), [
        400,
        "invalid_grant",
        "The audience in ID Token [vault] does not match the expected audience.",
      ]);
      const expired = await gke(fake, await serviceAccountToken({ seconds: -60 }));
      assert.deepEqual(refused(expired), [400, "invalid_grant", "ID Token is stale to sign-in."]);
      const forged = (await serviceAccountToken()).replace(/\.[^.]+$/, `.${"A".repeat(342)}`);
      assert.deepEqual(refused(await gke(fake, forged)), [400, "invalid_grant", "Invalid JWT Signature."]);
    }));

  it("federates a cluster outside Google by its uploaded keys: subject, issuer and audience count", () =>
    withFake(async (fake) => {
      await withPool(fake);
      await secretFor(fake, [FEDERATED_READER]);
      const reader = await ok(federate(fake, await serviceAccountToken({ audience: "gcp" })));
      assert.equal(await access(fake, reader["access_token"]), 200);
      const stranger = await ok(federate(fake, await serviceAccountToken({ audience: "gcp", name: "stranger" })));
      assert.equal(await access(fake, stranger["access_token"]), 403);
      assert.deepEqual(refused(await federate(fake, await serviceAccountToken({ audience: ["vault", "other"] }))), [
        400,
        "invalid_grant",
        "The audience in ID Token [vault, other] does not match the expected audience.",
      ]);
      assert.deepEqual(
        refused(await federate(fake, await serviceAccountToken({ audience: "gcp", issuer: "https://other" }))),
        [
          400,
          "invalid_grant",
          `The issuer in ID Token https://other does not match the expected one in config: ${ISSUER}.`,
        ],
      );
      const target = await federate(
        fake,
        await serviceAccountToken({ audience: "gcp" }),
        `${POOL_NAME}/providers/none`,
      );
      assert.equal(target.body["error"], "invalid_target");
    }));

  it("takes the provider's own name as the audience when none is set", () =>
    withFake(async (fake) => {
      await withPool(fake, { oidc: { issuerUri: ISSUER } });
      for (const audience of [`//iam.googleapis.com/${PROVIDER_NAME}`, `https://iam.googleapis.com/${PROVIDER_NAME}`]) {
        assert.equal((await federate(fake, await serviceAccountToken({ audience }))).status, 200);
      }
      assert.equal(
        (await federate(fake, await serviceAccountToken({ audience: "gcp" }))).body["error"],
        "invalid_grant",
      );
    }));

  it("has the providers that were there before, and does not make them anew", async () => {
    const providers = [{ name: PROVIDER_NAME, issuer: ISSUER, publicKeyPem: PUBLIC_KEY }];
    const audience = `https://iam.googleapis.com/${PROVIDER_NAME}`;
    await withFake(
      async (fake) => {
        await ok(federate(fake, await serviceAccountToken({ audience })));
        await ok(fake.rest("DELETE", `${POOLS}/onprem/providers/cluster`));
        await withFake(
          async (again) => {
            const answer = await federate(again, await serviceAccountToken({ audience }));
            assert.equal(answer.body["error"], "invalid_target");
          },
          { folder: fake.folder, providers },
        );
      },
      { providers },
    );
  });

  it("cannot fetch the keys of an issuer that is not on the internet", () =>
    withFake(async (fake) => {
      await withPool(fake, { oidc: { issuerUri: "https://10.0.0.1", allowedAudiences: ["gcp"] } });
      const token = await serviceAccountToken({ audience: "gcp", issuer: "https://10.0.0.1" });
      assert.deepEqual(refused(await federate(fake, token)), [
        400,
        "invalid_grant",
        "Error connecting to the given credential's issuer.",
      ]);
    }));

  it("maps attributes and applies the condition, which must be CEL", () =>
    withFake(async (fake) => {
      await withPool(fake, { attributeCondition: "attribute.namespace == 'shop'" });
      await secretFor(fake, [`principalSet://iam.googleapis.com/${POOL_NAME}/attribute.namespace/shop`]);
      const reader = await ok(federate(fake, await serviceAccountToken({ audience: "gcp", name: "anyone" })));
      assert.equal(await access(fake, reader["access_token"]), 200);
      assert.deepEqual(
        refused(await federate(fake, await serviceAccountToken({ audience: "gcp", namespace: "other" }))),
        [401, "unauthorized_client", "The given credential is rejected by the attribute condition."],
      );
      const broken = await fake.rest("PATCH", `${POOLS}/onprem/providers/cluster?updateMask=attributeCondition`, {
        attributeCondition: "a ==",
      });
      assert.equal(broken.status, 400);
    }));

  it("stops believing tokens of a pool that is disabled or deleted, old ones too", () =>
    withFake(async (fake) => {
      await withPool(fake);
      await secretFor(fake, [FEDERATED_READER]);
      const { access_token: token } = await ok(federate(fake, await serviceAccountToken({ audience: "gcp" })));
      await ok(fake.rest("PATCH", `${POOLS}/onprem?updateMask=disabled`, { disabled: true }));
      assert.equal(await access(fake, token), 401);
      assert.equal(
        (await federate(fake, await serviceAccountToken({ audience: "gcp" }))).body["error"],
        "invalid_target",
      );
      await ok(fake.rest("PATCH", `${POOLS}/onprem?updateMask=disabled`, { disabled: false }));
      assert.equal(await access(fake, token), 200);
      await ok(fake.rest("DELETE", `${POOLS}/onprem`));
      assert.equal(await access(fake, token), 401);
    }));

  it("keeps the id of a deleted pool for thirty days", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    await withFake(
      async (fake) => {
        const create = () => fake.rest("POST", `${POOLS}?workloadIdentityPoolId=onprem`, {});
        await ok(create());
        const { name } = await ok(fake.rest("DELETE", `${POOLS}/onprem`));
        assert.equal((await ok(fake.rest("GET", `https://iam.googleapis.com/v1/${String(name)}`)))["done"], true);
        assert.equal((await ok(fake.rest("GET", `${POOLS}/onprem`)))["state"], "DELETED");
        const again = await create();
        assert.deepEqual(
          [again.status, (again.body["error"] as { message: string }).message],
          [409, "Requested entity already exists"],
        );
        await ok(fake.rest("POST", `${POOLS}/onprem:undelete`, {}));
        assert.equal((await ok(fake.rest("GET", `${POOLS}/onprem`)))["state"], "ACTIVE");
        await ok(fake.rest("DELETE", `${POOLS}/onprem`));
        now += 31 * 86_400_000;
        await ok(create());
      },
      { now: () => now },
    );
  });

  it("binds only who exists, with roles that fit, and on the policy that was read", () =>
    withFake(async (fake) => {
      await secretFor(fake, [GKE_READER]);
      const message = async (answer: Promise<Answer>) => ((await answer).body["error"] as { message: string }).message;
      assert.match(
        await message(bind(fake, [FEDERATED_READER])),
        /^Identity Pool does not exist \(projects\/100000000001\/locations/,
      );
      assert.match(
        await message(bind(fake, ["serviceAccount:other.svc.id.goog[a/b]"])),
        /^Identity Pool does not exist \(other\.svc\.id\.goog\)/,
      );
      assert.equal(await message(bind(fake, ["serviceAccount:x@y"])), "Service account x@y does not exist.");
      assert.match(await message(bind(fake, [GKE_READER], "roles/owner")), /^Role roles\/owner is not supported/);
      const stale = { policy: { etag: "BwAA", bindings: [] } };
      const answer = await fake.rest("POST", `${SECRETS}/db:setIamPolicy`, stale);
      assert.deepEqual([answer.status, (answer.body["error"] as { status: string }).status], [409, "ABORTED"]);
      const policy = await ok(fake.rest("GET", `${SECRETS}/db:getIamPolicy`));
      assert.deepEqual(policy["bindings"], [{ role: "roles/secretmanager.secretAccessor", members: [GKE_READER] }]);
    }));

  it("lends the identity of a service account to whom it is bound", () =>
    withFake(async (fake) => {
      const email = `shop-reader@${PROJECT.id}.iam.gserviceaccount.com`;
      await ok(fake.rest("POST", `${IAM}/serviceAccounts`, { accountId: "shop-reader", serviceAccount: {} }));
      await secretFor(fake, [`serviceAccount:${email}`]);
      const policy = { bindings: [{ role: "roles/iam.workloadIdentityUser", members: [GKE_READER] }] };
      await ok(fake.rest("POST", `${IAM}/serviceAccounts/${email}:setIamPolicy`, { policy }));
      const impersonate = async (name: string) => {
        const { access_token: token } = await ok(gke(fake, await serviceAccountToken({ name })));
        const url = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
        return fake.rest("POST", url, { scope: ["https://www.googleapis.com/auth/cloud-platform"] }, String(token));
      };
      const lent = await ok(impersonate("reader"));
      assert.equal(await access(fake, lent["accessToken"]), 200);
      const denied = await impersonate("stranger");
      assert.deepEqual(
        [denied.status, (denied.body["error"] as { message: string }).message],
        [403, "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."],
      );
      await ok(fake.rest("DELETE", `${IAM}/serviceAccounts/${email}`));
      assert.equal(await access(fake, lent["accessToken"]), 401);
      await ok(fake.rest("POST", `${IAM}/serviceAccounts`, { accountId: "shop-reader", serviceAccount: {} }));
      const { bindings } = await ok(fake.rest("GET", `${SECRETS}/db:getIamPolicy`));
      assert.match(JSON.stringify(bindings), new RegExp(`"deleted:serviceAccount:${email}\\?uid=1[0-9]{20}"`));
    }));

  it("takes an access token from before it was started anew", () =>
    withFake(async (fake) => {
      await secretFor(fake, [GKE_READER]);
      const { access_token: token } = await ok(gke(fake, await serviceAccountToken()));
      await withFake(async (again) => assert.equal(await access(again, token), 200), { folder: fake.folder });
    }));

  it("answers the number of a project that exists, and nobody else's", () =>
    withFake(async (fake) => {
      const get = (id: string) => fake.rest("GET", `https://cloudresourcemanager.googleapis.com/v1/projects/${id}`);
      assert.equal((await ok(get(PROJECT.id)))["projectNumber"], PROJECT.number);
      assert.equal((await get("other")).status, 403);
    }));
});
