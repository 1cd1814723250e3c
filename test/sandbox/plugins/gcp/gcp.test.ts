import assert from "node:assert/strict";
import { SILENT } from "../../../../sandbox/plugins/support/engine.ts";
import type { DiffResult, ResourceHandler, StandInProvider } from "../../../../sandbox/plugins/support/provider.ts";
import {
  type PropertyMap,
  reveal,
  Secret,
  textOf,
  Unknown,
  UNKNOWN,
} from "../../../../sandbox/plugins/support/values.ts";
import { gcpProvider } from "../../../../sandbox/plugins/gcp/provider.ts";
import { CLUSTER, DEPLOYER_TOKEN, type Fake, ISSUER, JWKS, PROJECT, withFake } from "../../fakes/gcp/fake.ts";

const SECRET = "gcp:secretmanager/secret:Secret";
const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember";
const POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool";
const PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const HOST = "secretmanager.googleapis.com";
const SECRETS = `https://${HOST}/v1/projects/${PROJECT.id}/secrets`;
const signal = new AbortController().signal;
const reader = `principal://iam.googleapis.com/projects/${PROJECT.number}/locations/global/workloadIdentityPools/${CLUSTER.project}.svc.id.goog/subject/ns/shop/sa/reader`;

/** A plugin with resources that a test creates, changes and deletes as the engine would. */
class Engine {
  readonly provider: StandInProvider;
  constructor(provider: StandInProvider) {
    this.provider = provider;
  }

  async check(type: string, inputs: PropertyMap, oldInputs: PropertyMap = {}) {
    const request = { ...this.request(type), oldInputs, newInputs: inputs, randomSeed: new Uint8Array() };
    return this.handler(type).check(request);
  }

  async create(type: string, inputs: PropertyMap, preview = false) {
    const checked = await this.check(type, inputs);
    assert.deepEqual(checked.failures, []);
    const request = { ...this.request(type), inputs: checked.inputs, timeoutSeconds: 0, preview };
    const { id, outputs } = await this.handler(type).create(request);
    return { type, id, outputs, inputs: checked.inputs };
  }

  diff({ type, id, outputs, inputs }: Made, newInputs: PropertyMap): Promise<DiffResult> {
    const request = { ...this.request(type), id, oldInputs: inputs, oldOutputs: outputs, newInputs, ignoreChanges: [] };
    return this.handler(type).diff(request);
  }

  async update(made: Made, newInputs: PropertyMap): Promise<Made> {
    const { type, id, outputs: oldOutputs, inputs: oldInputs } = made;
    const request = { ...this.request(type), id, oldInputs, oldOutputs, newInputs, ignoreChanges: [] };
    const outputs = await this.handler(type).update({ ...request, timeoutSeconds: 0, preview: false });
    return { type, id, outputs, inputs: newInputs };
  }

  read({ type, id, outputs, inputs }: Made) {
    return this.handler(type).read({ ...this.request(type), id, oldInputs: inputs, oldOutputs: outputs });
  }

  import(type: string, id: string) {
    return this.handler(type).read({ ...this.request(type), id, oldInputs: {}, oldOutputs: {} });
  }

  delete({ type, id, outputs, inputs }: Made): Promise<void> {
    const request = { ...this.request(type), id, oldInputs: inputs, oldOutputs: outputs, timeoutSeconds: 0 };
    return this.handler(type).delete(request);
  }

  invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
    return this.provider.invoke({ token, args, preview: false, signal });
  }

  private handler(type: string): ResourceHandler {
    return this.provider.resource(type);
  }

  private request(type: string) {
    return { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal };
  }
}

interface Made {
  readonly type: string;
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;
}

function withEngine(use: (engine: Engine, fake: Fake) => Promise<void>, config: PropertyMap = {}): Promise<void> {
  return withFake(async (fake) => {
    const patience = { firstWaitMs: 5, longestWaitMs: 20, attempts: 5 };
    const provider = gcpProvider({ agent: fake.agent, patience });
    const settings = { accessToken: new Secret(DEPLOYER_TOKEN), project: PROJECT.id, addPulumiAttributionLabel: false };
    await provider.configure({ ...settings, ...config });
    await use(new Engine(provider), fake);
  });
}

const auto = { secretId: "db", replication: { auto: {} } };
const kinds = ({ detailed }: DiffResult): Record<string, string> =>
  Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]));

describe("the gcp stand-in", () => {
  it("creates a secret, reads it back and finds nothing to change", () =>
    withEngine(async (engine) => {
      const inputs = { ...auto, labels: { app: "shop" }, versionDestroyTtl: "86400s", deletionProtection: false };
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

  it("asks Google nothing at preview, and knows what it can know", () =>
    withEngine(async (engine, fake) => {
      const { id, outputs } = await engine.create(SECRET, auto, true);
      assert.equal(id, "");
      assert.ok(outputs["name"] instanceof Unknown);
      assert.equal(outputs["project"], PROJECT.id);
      const { outputs: account } = await engine.create(ACCOUNT, { accountId: "shop-reader" }, true);
      assert.equal(account["email"], `shop-reader@${PROJECT.id}.iam.gserviceaccount.com`);
      const version = await engine.create(VERSION, { secret: UNKNOWN, secretData: new Secret(UNKNOWN) }, true);
      assert.ok((version.outputs["secretData"] as Secret).value instanceof Unknown);
      assert.deepEqual(fake.counts(HOST), {});
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
      const made = await engine.create(SECRET, { ...auto, labels: { app: "shop", old: "x" } });
      await fake.rest("PATCH", `${SECRETS}/db?updateMask=labels`, {
        labels: { app: "changed", old: "x", theirs: "y" },
      });
      const read = await engine.read(made);
      assert.deepEqual(read?.outputs["labels"], { app: "changed", old: "x" });
      assert.deepEqual(read?.inputs["labels"], { app: "changed", old: "x" });
      const current = { ...made, outputs: read?.outputs ?? {} };
      const wanted = { ...auto, labels: { app: "shop" } };
      assert.deepEqual(kinds(await engine.diff(current, wanted)), { labels: "update" });
      await engine.update(current, wanted);
      const { body } = await fake.rest("GET", `${SECRETS}/db`);
      assert.deepEqual(body["labels"], { app: "shop", theirs: "y" });
    }));

  it("adds the label of the official plugin unless told not to", () =>
    withEngine(
      async (engine, fake) => {
        const made = await engine.create(SECRET, auto);
        assert.deepEqual(made.outputs["labels"], {});
        const { body } = await fake.rest("GET", `${SECRETS}/db`);
        assert.deepEqual(body["labels"], { "goog-pulumi-provisioned": "true" });
      },
      { addPulumiAttributionLabel: "true" },
    ));

  it("makes a version of each value, and destroys, disables or leaves the old one", () =>
    withEngine(async (engine, fake) => {
      const { id: secret } = await engine.create(SECRET, auto);
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
      const { id: secret } = await engine.create(SECRET, auto);
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
      const { id: secret } = await engine.create(SECRET, auto);
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
      const made = await engine.create(SECRET, { ...auto, deletionProtection: true });
      await assert.rejects(
        engine.delete(made),
        /^Error: cannot destroy secret without setting deletion_protection=false/,
      );
      const open = await engine.update(made, auto);
      await engine.delete(open);
      await engine.delete(open);
      assert.equal(await engine.read(open), undefined);
    }));

  it("adds members to a policy and takes only its own away, many at a time", () =>
    withEngine(async (engine, fake) => {
      const { id: secretId } = await engine.create(SECRET, auto);
      const role = "roles/secretmanager.secretAccessor";
      const members = [1, 2, 3, 4, 5].map((n) => reader.replace(/reader$/, `reader-${n}`));
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
      const { id: secretId } = await engine.create(SECRET, auto);
      const member = reader.replace(/workloadIdentityPools\/[^/]+/, "workloadIdentityPools/none");
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
      const user = { serviceAccountId: made.outputs["name"], role: "roles/iam.workloadIdentityUser", member: reader };
      const member = await engine.create(ACCOUNT_MEMBER, user);
      assert.equal(member.id, `${made.id}/roles/iam.workloadIdentityUser/${reader}`);
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
      fake.fault({ kind: "throttle", host: HOST, rate: 1, forMs: 25 });
      await engine.create(SECRET, auto);
      assert.ok((fake.counts(HOST)["CreateSecret"] ?? 0) > 1);
      const before = fake.counts(HOST)["CreateSecret"] ?? 0;
      await assert.rejects(
        engine.create(SECRET, auto),
        /^Error: Error creating Secret: googleapi: Error 409: Secret \[projects\/100000000001\/secrets\/db\] already exists\.$/,
      );
      assert.equal(fake.counts(HOST)["CreateSecret"], before + 1);
    }));

  it("passes a refusal on, without the value", () =>
    withEngine(async (engine, fake) => {
      const { id: secret } = await engine.create(SECRET, auto);
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
      assert.deepEqual(await failures(SECRET, { ...auto, ttl: "3600s", tags: {} }), ["ttl", "tags"]);
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
