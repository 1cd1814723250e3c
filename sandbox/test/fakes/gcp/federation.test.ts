import assert from "node:assert/strict";
import { ISSUER, PUBLIC_KEY, serviceAccountToken, withFake } from "./fake.ts";
import {
  access,
  federate,
  FEDERATED_READER,
  ok,
  POOL_NAME,
  POOLS,
  PROVIDER_NAME,
  refused,
  secretFor,
  withPool,
} from "./identity-scene.ts";

describe("federated identities in the fake Google Cloud", () => {
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
});
