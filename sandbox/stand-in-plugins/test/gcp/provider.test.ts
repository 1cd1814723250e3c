import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { gcpProvider } from "../../gcp/provider.ts";
import { type PropertyMap, Secret, textOf, Unknown, UNKNOWN } from "../../support/values.ts";
import { PROJECT } from "../../../test/fakes/gcp/fake.ts";
import { ACCOUNT, AUTO, HOST, MEMBER, POOL, SECRET, VERSION, withEngine } from "./engine.ts";

describe("the gcp stand-in", () => {
  it("asks Google nothing at preview, and knows what it can know", () =>
    withEngine(async (engine, fake) => {
      const { id, outputs } = await engine.create(SECRET, AUTO, true);
      assert.equal(id, "");
      assert.ok(outputs["name"] instanceof Unknown);
      assert.equal(outputs["project"], PROJECT.id);
      const { outputs: account } = await engine.create(ACCOUNT, { accountId: "shop-reader" }, true);
      assert.equal(account["email"], `shop-reader@${PROJECT.id}.iam.gserviceaccount.com`);
      const version = await engine.create(VERSION, { secret: UNKNOWN, secretData: new Secret(UNKNOWN) }, true);
      assert.ok((version.outputs["secretData"] as Secret).value instanceof Unknown);
      assert.deepEqual(fake.counts(HOST), {});
    }));

  it("answers its functions in clear, and Google's words where nothing is stored", () =>
    withEngine(async (engine) => {
      const replication = { userManaged: { replicas: [{ location: "europe-west1" }] } };
      const { id: secret } = await engine.create(SECRET, { secretId: "db", replication });
      const access = (args: PropertyMap) =>
        engine.invoke("gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess", args);
      await assert.rejects(
        access({ secret: "db" }),
        /googleapi: Error 404: Secret \[projects\/100000000001\/secrets\/db\] not found or has no versions\.$/,
      );
      await engine.create(VERSION, { secret, secretData: new Secret("one") });
      const got = await access({ secret });
      assert.deepEqual([got["secretData"], got["version"], got["secret"]], ["one", "1", "db"]);
      const version = await engine.invoke("gcp:secretmanager/getSecretVersion:getSecretVersion", {
        secret,
        fetchSecretData: false,
      });
      assert.deepEqual([version["enabled"], version["secretData"]], [true, ""]);
      const list = await engine.invoke("gcp:secretmanager/getSecrets:getSecrets", { filter: "name:db" });
      const [only] = list["secrets"] as PropertyMap[];
      assert.deepEqual(only?.["replications"], [
        { autos: [], userManageds: [{ replicas: [{ location: "europe-west1", customerManagedEncryptions: [] }] }] },
      ]);
      const project = await engine.invoke("gcp:organizations/getProject:getProject", {});
      assert.equal(project["number"], PROJECT.number);
      await assert.rejects(
        engine.invoke("gcp:organizations/getProject:getProject", { projectId: "other" }),
        /^Error: projects\/other not found or not in ACTIVE state$/,
      );
      await assert.rejects(engine.invoke("gcp:compute/getZones:getZones", {}), /not implemented by the stand-in/);
    }));

  it("asks again while Google is busy, and not when it refuses", () =>
    withEngine(async (engine, fake) => {
      fake.fault({ kind: "throttle", host: HOST, forMs: 60_000 });
      const created = engine.create(SECRET, AUTO);
      while ((fake.counts(HOST)["CreateSecret"] ?? 0) < 3) await sleep(5);
      fake.clearFaults();
      assert.equal((await created).id, `projects/${PROJECT.id}/secrets/db`);
      const before = fake.counts(HOST)["CreateSecret"] ?? 0;
      await assert.rejects(
        engine.create(SECRET, AUTO),
        /^Error: Error creating Secret: googleapi: Error 409: Secret \[projects\/100000000001\/secrets\/db\] already exists\.$/,
      );
      assert.equal(fake.counts(HOST)["CreateSecret"], before + 1);
    }));

  it("passes a refusal on, without the value", () =>
    withEngine(async (engine, fake) => {
      const { id: secret } = await engine.create(SECRET, AUTO);
      fake.fault({ kind: "deny", host: HOST, forMs: 60_000 });
      await assert.rejects(engine.create(VERSION, { secret, secretData: new Secret("top secret") }), (error: Error) => {
        assert.equal(
          error.message,
          "Error creating SecretVersion: googleapi: Error 403: The caller does not have permission",
        );
        return true;
      });
    }));

  it("refuses what only the official plugin does", () =>
    withEngine(async (engine) => {
      const failures = async (type: string, inputs: PropertyMap) =>
        (await engine.check(type, inputs)).failures?.map(({ property }) => property);
      assert.deepEqual(await failures(SECRET, { ...AUTO, ttl: "3600s", tags: {} }), ["ttl", "tags"]);
      assert.deepEqual(await failures(SECRET, { secretId: "x", replication: {} }), ["replication"]);
      assert.deepEqual(await failures(VERSION, { secret: "x" }), ["secretData"]);
      assert.deepEqual(await failures(POOL, { workloadIdentityPoolId: "gcp-x", mode: "TRUST_DOMAIN" }), [
        "mode",
        "workloadIdentityPoolId",
      ]);
      assert.deepEqual(await failures(MEMBER, { secretId: "x", role: "r", member: "nobody", condition: {} }), [
        "condition",
        "member",
      ]);
      assert.throws(() => engine.provider.resource("gcp:compute/instance:Instance"), /not implemented by the stand-in/);
      const { failures: settings } = await gcpProvider().checkConfig({
        project: "p",
        impersonateServiceAccount: "x",
        userProjectOverride: true,
        version: "9",
      });
      assert.deepEqual(
        settings?.map(({ property }) => property),
        ["impersonateServiceAccount", "userProjectOverride"],
      );
    }));

  it("names what has no name, and keeps the name", () =>
    withEngine(async (engine) => {
      const inputs = { replication: { auto: {} } };
      const first = await engine.check(SECRET, inputs);
      assert.match(textOf(first.inputs["secretId"]), /^n-[0-9a-f]{7}$/);
      const second = await engine.check(SECRET, inputs, first.inputs);
      assert.equal(second.inputs["secretId"], first.inputs["secretId"]);
    }));
});
