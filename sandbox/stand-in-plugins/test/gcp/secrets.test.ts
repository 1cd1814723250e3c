import assert from "node:assert/strict";
import { type PropertyMap, reveal, Secret, textOf } from "../../support/values.ts";
import { AUTO, kinds, SECRET, SECRETS, VERSION, withEngine } from "./engine.ts";
import { PROJECT } from "../../../test/fakes/gcp/fake.ts";

describe("secrets in the gcp stand-in", () => {
  it("creates a secret, reads it back and finds nothing to change", () =>
    withEngine(async (engine) => {
      const inputs = { ...AUTO, labels: { app: "shop" }, versionDestroyTtl: "86400s", deletionProtection: false };
      const made = await engine.create(SECRET, inputs);
      assert.equal(made.id, `projects/${PROJECT.id}/secrets/db`);
      assert.equal(made.outputs["name"], `projects/${PROJECT.number}/secrets/db`);
      assert.equal(made.outputs["project"], PROJECT.id);
      assert.ok(made.outputs["pulumiLabels"] instanceof Secret);
      assert.deepEqual((await engine.diff(made, inputs)).detailed, {});
      const read = await engine.read(made);
      assert.deepEqual(read?.outputs, made.outputs);
      assert.deepEqual(read?.inputs, made.inputs);
    }));

  it("moves no secret: other locations replace it, another key or label does not", () =>
    withEngine(async (engine) => {
      const replicas = (...locations: string[]) => ({
        userManaged: { replicas: locations.map((location) => ({ location })) },
      });
      const withKey = (location: string) => ({
        location,
        customerManagedEncryption: { kmsKeyName: `projects/p/locations/${location}/keyRings/r/cryptoKeys/k` },
      });
      const inputs = { secretId: "db", replication: replicas("europe-west1", "europe-west3") };
      const made = await engine.create(SECRET, inputs);
      const diff = async (change: PropertyMap) => engine.diff(made, { ...inputs, ...change });
      const moved = await diff({ replication: replicas("europe-west1") });
      assert.deepEqual(kinds(moved), { "replication.userManaged.replicas": "update-replace" });
      assert.equal(moved.deleteBeforeReplace, true, "two secrets can't have one id");
      assert.deepEqual(kinds(await diff({ replication: { auto: {} } })), { replication: "update-replace" });
      assert.deepEqual(kinds(await diff({ secretId: "other" })), { secretId: "update-replace" });
      assert.deepEqual(kinds(await diff({ labels: { app: "shop" } })), { labels: "add" });
      const encrypted = {
        ...inputs,
        replication: { userManaged: { replicas: [withKey("europe-west1"), withKey("europe-west3")] } },
      };
      assert.deepEqual(kinds(await engine.diff(made, encrypted)), { "replication.userManaged.replicas": "update" });
      const updated = await engine.update(made, encrypted);
      assert.deepEqual(updated.outputs["replication"], encrypted.replication);
    }));

  it("leaves other people's labels alone", () =>
    withEngine(async (engine, fake) => {
      const made = await engine.create(SECRET, { ...AUTO, labels: { app: "shop", old: "x" } });
      await fake.rest("PATCH", `${SECRETS}/db?updateMask=labels`, {
        labels: { app: "changed", old: "x", theirs: "y" },
      });
      const read = await engine.read(made);
      assert.deepEqual(read?.outputs["labels"], { app: "changed", old: "x" });
      assert.deepEqual(read?.inputs["labels"], { app: "changed", old: "x" });
      const current = { ...made, outputs: read?.outputs ?? {} };
      const wanted = { ...AUTO, labels: { app: "shop" } };
      assert.deepEqual(kinds(await engine.diff(current, wanted)), { labels: "update" });
      await engine.update(current, wanted);
      const { body } = await fake.rest("GET", `${SECRETS}/db`);
      assert.deepEqual(body["labels"], { app: "shop", theirs: "y" });
    }));

  it("adds the label of the official plugin unless told not to", () =>
    withEngine(
      async (engine, fake) => {
        const made = await engine.create(SECRET, AUTO);
        assert.deepEqual(made.outputs["labels"], {});
        const { body } = await fake.rest("GET", `${SECRETS}/db`);
        assert.deepEqual(body["labels"], { "goog-pulumi-provisioned": "true" });
      },
      { addPulumiAttributionLabel: "true" },
    ));

  it("makes a version of each value, and destroys, disables or leaves the old one", () =>
    withEngine(async (engine, fake) => {
      const { id: secret } = await engine.create(SECRET, AUTO);
      const states: Record<string, unknown> = {};
      for (const deletionPolicy of ["DELETE", "DISABLE", "ABANDON"]) {
        const inputs = { secret, secretData: new Secret(`of ${deletionPolicy}`), deletionPolicy };
        const made = await engine.create(VERSION, inputs);
        assert.ok(made.outputs["secretData"] instanceof Secret);
        assert.equal(made.outputs["enabled"], true);
        assert.deepEqual((await engine.diff(made, inputs)).detailed, {});
        const other = await engine.diff(made, { ...inputs, secretData: new Secret("other") });
        assert.deepEqual([kinds(other), other.deleteBeforeReplace], [{ secretData: "update-replace" }, false]);
        await engine.delete(made);
        const { body } = await fake.rest("GET", `${SECRETS}/db/versions/${textOf(made.outputs["version"])}`);
        states[deletionPolicy] = body["state"];
      }
      assert.deepEqual(states, { DELETE: "DESTROYED", DISABLE: "DISABLED", ABANDON: "ENABLED" });
    }));

  it("sees what was disabled or destroyed by hand", () =>
    withEngine(async (engine, fake) => {
      const { id: secret } = await engine.create(SECRET, AUTO);
      const made = await engine.create(VERSION, { secret, secretData: new Secret("one") });
      await fake.rest("POST", `${SECRETS}/db/versions/1:disable`, {});
      const read = await engine.read(made);
      assert.equal(read?.outputs["enabled"], false);
      assert.equal(
        reveal(read?.outputs["secretData"] ?? null),
        "one",
        "a disabled version cannot be read: the state's value stays",
      );
      const current = { ...made, outputs: read?.outputs ?? {} };
      assert.deepEqual(kinds(await engine.diff(current, made.inputs)), { enabled: "update" });
      assert.equal((await engine.update(current, made.inputs)).outputs["enabled"], true);
      await fake.rest("POST", `${SECRETS}/db/versions/1:destroy`, {});
      assert.equal(await engine.read(made), undefined);
    }));

  it("sends a write-only value and keeps none of it", () =>
    withEngine(async (engine, fake) => {
      const { id: secret } = await engine.create(SECRET, AUTO);
      const inputs = { secret, secretDataWo: new Secret("hidden"), secretDataWoVersion: 1 };
      const made = await engine.create(VERSION, inputs);
      assert.ok(!JSON.stringify(made.outputs).includes("hidden"));
      const { body } = await fake.rest("GET", `${SECRETS}/db/versions/latest:access`);
      assert.equal(Buffer.from((body as { payload: { data: string } }).payload.data, "base64").toString(), "hidden");
      assert.deepEqual((await engine.diff(made, { ...inputs, secretDataWo: new Secret("other") })).detailed, {});
      const next = await engine.diff(made, { ...inputs, secretDataWoVersion: 2 });
      assert.deepEqual(kinds(next), { secretDataWoVersion: "update-replace" });
    }));

  it("imports a secret and a version with what they have", () =>
    withEngine(async (engine, fake) => {
      const replication = { userManaged: { replicas: [{ location: "europe-west1" }] } };
      await fake.rest("POST", `${SECRETS}?secretId=old`, { replication, labels: { app: "x" } });
      await fake.rest("POST", `${SECRETS}/old:addVersion`, { payload: { data: Buffer.from("v").toString("base64") } });
      const secret = await engine.import(SECRET, `projects/${PROJECT.id}/secrets/old`);
      assert.deepEqual(secret?.inputs, { secretId: "old", project: PROJECT.id, replication });
      const version = await engine.import(VERSION, `projects/${PROJECT.id}/secrets/old/versions/1`);
      assert.equal(reveal(version?.inputs["secretData"] ?? null), "v");
      assert.equal(version?.inputs["secret"], `projects/${PROJECT.id}/secrets/old`);
      assert.equal(await engine.import(SECRET, `projects/${PROJECT.id}/secrets/none`), undefined);
      await assert.rejects(engine.import(SECRET, "old"), /^Error: Import id "old" doesn't match the accepted format/);
    }));

  it("refuses to delete what is protected, and takes what is gone as deleted", () =>
    withEngine(async (engine) => {
      const made = await engine.create(SECRET, { ...AUTO, deletionProtection: true });
      await assert.rejects(
        engine.delete(made),
        /^Error: cannot destroy secret without setting deletion_protection=false/,
      );
      const open = await engine.update(made, AUTO);
      await engine.delete(open);
      await engine.delete(open);
      assert.equal(await engine.read(open), undefined);
    }));
});
