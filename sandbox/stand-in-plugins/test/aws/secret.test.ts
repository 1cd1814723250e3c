import assert from "node:assert/strict";
import { rolePolicy } from "../../aws/resources/role-policy.ts";
import { secretResource } from "../../aws/resources/secret.ts";
import { secretVersion } from "../../aws/resources/secret-version.ts";
import { Secret, UNKNOWN } from "../../support/values.ts";
import { ask, kindsOf, onAws, refused } from "./scene.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/api-AbCdEf";
const replica = (region: string, kmsKeyId = "alias/aws/secretsmanager") => ({
  ...{ region, kmsKeyId, status: "InSync", statusMessage: "" },
});
const managed = "alias/aws/secretsmanager";
const inputs = { name: "shop/api", recoveryWindowInDays: 7, replicas: [{ region: "eu-west-1", kmsKeyId: managed }] };
const state = {
  ...{ arn: ARN, name: "shop/api", region: "eu-central-1", recoveryWindowInDays: 7, description: "", kmsKeyId: "" },
  ...{ forceOverwriteReplicaSecret: false, replicas: [replica("eu-west-1")], tags: {}, tagsAll: {} },
};

describe("the aws stand-in: a secret", () => {
  it("does not change for what AWS fills in, and shows a replica, its key, another name", async () => {
    const { handler } = onAws(secretResource);
    assert.deepEqual(await kindsOf(handler, state, inputs), {});
    const twice = [...inputs.replicas, { region: "us-east-1" }];
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, replicas: twice }), { replicas: "update" });
    const keyed = [{ region: "eu-west-1", kmsKeyId: "k" }];
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, replicas: keyed }), { replicas: "update" });
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, name: "other" }), { name: "update-replace" });
  });

  it("takes a replica whose key is left open for another than AWS answers with, by the provider's own hash", async () => {
    const { handler } = onAws(secretResource);
    const open = { ...inputs, replicas: [{ region: "eu-west-1" }] };
    assert.deepEqual(await kindsOf(handler, state, open), { replicas: "update" });
  });

  it("adds and removes replicas in place, with their keys", async () => {
    const describe = { ARN, Name: "shop/api", ReplicationStatus: [] };
    const { handler, sent } = onAws(secretResource, {
      ...{ RemoveRegionsFromReplication: {}, ReplicateSecretToRegions: {}, DescribeSecret: describe },
    });
    const wanted = [{ region: "us-east-1", kmsKeyId: "k" }];
    await handler.update(ask.update(ARN, state, { ...inputs, replicas: wanted }));
    assert.deepEqual(sent.slice(0, 2), [
      ["RemoveRegionsFromReplication", { SecretId: ARN, RemoveReplicaRegions: ["eu-west-1"] }],
      [
        "ReplicateSecretToRegions",
        {
          SecretId: ARN,
          AddReplicaRegions: [{ Region: "us-east-1", KmsKeyId: "k" }],
          ForceOverwriteReplicaSecret: false,
        },
      ],
    ]);
  });

  it("is deleted after its replicas, into its recovery window or for good", async () => {
    const remove = async (recoveryWindowInDays: number) => {
      const { handler, sent } = onAws(secretResource, { RemoveRegionsFromReplication: {}, DeleteSecret: {} });
      await handler.delete(ask.remove(ARN, { ...state, recoveryWindowInDays }));
      assert.deepEqual(
        sent.map(([name]) => name),
        ["RemoveRegionsFromReplication", "DeleteSecret"],
      );
      return sent[1]?.[1];
    };
    assert.deepEqual(await remove(7), { SecretId: ARN, RecoveryWindowInDays: 7 });
    assert.deepEqual(await remove(0), { SecretId: ARN, ForceDeleteWithoutRecovery: true });
  });

  it("says that a name is scheduled for deletion", async () => {
    const why = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    const { handler } = onAws(secretResource, { CreateSecret: refused("InvalidRequestException", why) });
    await assert.rejects(handler.create(ask.create(inputs)), {
      message: `creating Secrets Manager Secret (shop/api): operation error Secrets Manager: CreateSecret, https response error StatusCode: 400, RequestID: r1, InvalidRequestException: ${why}`,
    });
  });

  it("is gone while it waits for its deletion", async () => {
    const { handler } = onAws(secretResource, { DescribeSecret: { ARN, DeletedDate: new Date(0) } });
    assert.equal(await handler.read(ask.read(ARN, inputs, state)), undefined);
  });

  it("takes a recovery window of 0 or 7 to 30 days", async () => {
    const { handler } = onAws(secretResource);
    const failures = async (recoveryWindowInDays: number) =>
      (await handler.check(ask.check({ ...inputs, recoveryWindowInDays }))).failures?.length;
    assert.deepEqual(await Promise.all([0, 6, 7, 30, 31].map(failures)), [0, 1, 0, 0, 1]);
  });
});

describe("the aws stand-in: a value of a secret", () => {
  const id = `${ARN}|v1`;
  const value = { secretId: ARN, secretString: new Secret("s") };
  const found = { ARN, VersionId: "v1", SecretString: "s", VersionStages: ["AWSCURRENT"] };

  it("is replaced by another value, kept secret, and never updated in place", async () => {
    const { handler } = onAws(secretVersion, { PutSecretValue: { VersionId: "v1" }, GetSecretValue: found });
    const created = await handler.create(ask.create(value));
    assert.equal(created.id, id);
    assert.ok(created.outputs["secretString"] instanceof Secret);
    assert.deepEqual(await kindsOf(handler, created.outputs, value), {});
    const other = { ...value, secretString: new Secret("t") };
    assert.deepEqual(await kindsOf(handler, created.outputs, other), { secretString: "update-replace" });
  });

  it("leaves AWSCURRENT where it is when it is deleted", async () => {
    const { handler, sent } = onAws(secretVersion);
    await handler.delete(ask.remove(id, { versionStages: ["AWSCURRENT"] }));
    assert.deepEqual(sent, []);
  });

  it("is gone with its secret", async () => {
    const why = "You can't perform this operation on the secret because it was marked for deletion.";
    const { handler } = onAws(secretVersion, { GetSecretValue: refused("InvalidRequestException", why) });
    assert.equal(await handler.read(ask.read(id, value, value)), undefined);
  });
});

describe("the aws stand-in: a policy of a role", () => {
  const text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a"],"Resource":"b"}]}';
  const inputs = { name: "read", role: "r", policy: text };

  it("is the same in another spelling, and text when it was an object", async () => {
    const { handler } = onAws(rolePolicy);
    const spelt = '{"Statement":{"Resource":["b"],"Action":"a","Effect":"Allow"},"Version":"2012-10-17"}';
    assert.deepEqual(await kindsOf(handler, inputs, { ...inputs, policy: spelt }), {});
    assert.deepEqual(await kindsOf(handler, inputs, { ...inputs, policy: text.replace('"b"', '"c"') }), {
      policy: "update",
    });
    const checked = await handler.check(ask.check({ ...inputs, policy: { Version: "2012-10-17", Statement: [] } }));
    assert.equal(checked.inputs["policy"], '{"Statement":[],"Version":"2012-10-17"}');
    const unknown = await handler.check(ask.check({ ...inputs, policy: { Version: UNKNOWN } }));
    assert.equal(unknown.inputs["policy"], UNKNOWN);
  });

  it("keeps the program's spelling when AWS holds the same", async () => {
    const stored = encodeURIComponent(text.replace('["a"]', '"a"'));
    const { handler } = onAws(rolePolicy, { GetRolePolicy: { PolicyDocument: stored } });
    const found = await handler.read(ask.read("r:read", inputs, inputs));
    assert.equal(found?.outputs["policy"], text);
  });
});
