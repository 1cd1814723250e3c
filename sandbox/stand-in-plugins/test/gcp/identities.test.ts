import assert from "node:assert/strict";
import type { PropertyMap } from "../../support/values.ts";
import { ISSUER, JWKS, PROJECT } from "../../../test/fakes/gcp/fake.ts";
import {
  ACCOUNT,
  ACCOUNT_MEMBER,
  AUTO,
  kinds,
  type Made,
  MEMBER,
  POOL,
  PROVIDER,
  READER,
  SECRET,
  SECRETS,
  withEngine,
} from "./engine.ts";

describe("identities in the gcp stand-in", () => {
  it("adds members to a policy and takes only its own away, many at a time", () =>
    withEngine(async (engine, fake) => {
      const { id: secretId } = await engine.create(SECRET, AUTO);
      const role = "roles/secretmanager.secretAccessor";
      const members = [1, 2, 3, 4, 5].map((n) => READER.replace(/reader$/, `reader-${n}`));
      const made = await Promise.all(members.map((member) => engine.create(MEMBER, { secretId, role, member })));
      const [first] = made;
      assert.equal(first?.id, `${secretId}/${role}/${members[0] ?? ""}`);
      assert.equal(first?.outputs["secretId"], secretId);
      const bound = async () => {
        const { body } = await fake.rest("GET", `${SECRETS}/db:getIamPolicy`);
        return ((body["bindings"] ?? []) as { members: string[] }[]).flatMap((binding) => binding.members);
      };
      assert.deepEqual(await bound(), members);
      assert.deepEqual((await engine.diff(first as Made, { secretId: "db", role, member: members[0] })).detailed, {});
      const other = await engine.diff(first, {
        secretId,
        role: "roles/secretmanager.viewer",
        member: members[0],
      });
      assert.deepEqual(kinds(other), { role: "update-replace" });
      await Promise.all(made.slice(0, 2).map((one) => engine.delete(one)));
      assert.deepEqual(await bound(), members.slice(2));
      assert.equal(await engine.read(first as Made), undefined);
      const found = await engine.import(MEMBER, `${secretId} ${role} ${members[4] ?? ""}`);
      assert.deepEqual(found?.inputs, { secretId, project: PROJECT.id, role, member: members[4] });
    }));

  it("binds nobody from a pool that is not there, in Google's words", () =>
    withEngine(async (engine) => {
      const { id: secretId } = await engine.create(SECRET, AUTO);
      const member = READER.replace(/workloadIdentityPools\/[^/]+/, "workloadIdentityPools/none");
      await assert.rejects(
        engine.create(MEMBER, { secretId, role: "roles/secretmanager.secretAccessor", member }),
        /^Error: Error setting IAM policy for projects\/sandbox-project\/secrets\/db: googleapi: Error 400: Identity Pool does not exist/,
      );
    }));

  it("makes pools and providers, changes them, and finds a deleted one's id taken", () =>
    withEngine(async (engine) => {
      const pool = await engine.create(POOL, { workloadIdentityPoolId: "onprem", displayName: "on premises" });
      assert.equal(pool.id, `projects/${PROJECT.id}/locations/global/workloadIdentityPools/onprem`);
      assert.equal(pool.outputs["name"], `projects/${PROJECT.number}/locations/global/workloadIdentityPools/onprem`);
      const inputs = {
        workloadIdentityPoolId: "onprem",
        workloadIdentityPoolProviderId: "cluster",
        attributeMapping: { "google.subject": "assertion.sub" },
        oidc: { issuerUri: ISSUER, jwksJson: JWKS, allowedAudiences: ["gcp"] },
      };
      const made = await engine.create(PROVIDER, inputs);
      assert.equal(made.outputs["state"], "ACTIVE");
      const spaced = { ...inputs, oidc: { ...inputs.oidc, jwksJson: JSON.stringify(JSON.parse(JWKS), undefined, 2) } };
      assert.deepEqual((await engine.diff(made, spaced)).detailed, {});
      const wanted = { ...inputs, oidc: { ...inputs.oidc, allowedAudiences: ["other"] }, description: "x" };
      assert.deepEqual(Object.values(kinds(await engine.diff(made, wanted))).sort(), ["update", "update"]);
      const updated = await engine.update(made, wanted);
      assert.deepEqual((updated.outputs["oidc"] as PropertyMap)["allowedAudiences"], ["other"]);
      await engine.delete(updated);
      await engine.delete(pool);
      assert.equal(await engine.read(pool), undefined);
      await assert.rejects(
        engine.create(POOL, { workloadIdentityPoolId: "onprem" }),
        /^Error: Error creating WorkloadIdentityPool: googleapi: Error 409: Requested entity already exists$/,
      );
    }));

  it("makes service accounts and lets others act as them", () =>
    withEngine(async (engine, fake) => {
      const made = await engine.create(ACCOUNT, { accountId: "shop-reader", displayName: "Reader" });
      const email = `shop-reader@${PROJECT.id}.iam.gserviceaccount.com`;
      assert.equal(made.id, `projects/${PROJECT.id}/serviceAccounts/${email}`);
      assert.equal(made.outputs["member"], `serviceAccount:${email}`);
      const user = { serviceAccountId: made.outputs["name"], role: "roles/iam.workloadIdentityUser", member: READER };
      const member = await engine.create(ACCOUNT_MEMBER, user);
      assert.equal(member.id, `${made.id}/roles/iam.workloadIdentityUser/${READER}`);
      const updated = await engine.update(made, { accountId: "shop-reader", displayName: "Other", disabled: true });
      assert.deepEqual([updated.outputs["displayName"], updated.outputs["disabled"]], ["Other", true]);
      assert.deepEqual(kinds(await engine.diff(made, { accountId: "other-reader" })), {
        accountId: "update-replace",
        displayName: "update",
      });
      await engine.delete(member);
      await engine.delete(updated);
      assert.equal(await engine.read(made), undefined);
      assert.equal((await fake.rest("GET", `https://iam.googleapis.com/v1/${made.id}`)).status, 404);
    }));
});
