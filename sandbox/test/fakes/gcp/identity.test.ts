import assert from "node:assert/strict";
import { type Answer, PROJECT, serviceAccountToken, withFake } from "./fake.ts";
import {
  access,
  bind,
  CLUSTER_URL,
  FEDERATED_READER,
  gke,
  GKE_READER,
  IAM,
  ok,
  refused,
  secretFor,
  SECRETS,
} from "./identity-scene.ts";

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
