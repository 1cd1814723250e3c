import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { jsonAnswer } from "../../../fakes/aws/answers.ts";
import type { Input } from "../../../fakes/aws/call.ts";
import { afterMoto, beforeMoto } from "../../../fakes/aws/moto/gaps.ts";
import { ReplicaKeys } from "../../../fakes/aws/moto/replica-keys.ts";
import { aCall, aMoto, refusal } from "./scene.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/api-AbCdEf";

describe("where AWS says more than moto", () => {
  describe("a parameter", () => {
    const put = async (input: Input, existing?: { Tier: string }): Promise<unknown> => {
      const moto = aMoto({
        ...(existing === undefined
          ? {}
          : { DescribeParameters: () => ({ Parameters: [{ Name: "/a", ...existing }] }) }),
      });
      const call = await beforeMoto(aCall("ssm", "PutParameter", { Name: "/a", Value: "v", ...input }), moto);
      assert.deepEqual(JSON.parse(call.body.toString()), call.input);
      return call.input["Tier"];
    };

    it("has 4096 bytes in the standard tier and 8192 in the advanced one, whatever the characters", async () => {
      assert.equal(await put({ Value: "x".repeat(4096) }), "Standard");
      const [code, , message] = await refusal(put({ Value: "é".repeat(2049) }));
      assert.equal(code, "ValidationException");
      assert.match(message, /^Standard tier parameters support a maximum parameter value of 4096 characters\./);
      assert.equal(await put({ Value: "x".repeat(8192), Tier: "Advanced" }), "Advanced");
      const large = await refusal(put({ Value: "x".repeat(8193), Tier: "Advanced" }));
      assert.match(
        large[2],
        /Value at 'value' failed to satisfy constraint: Member must have length less than or equal to 8192/,
      );
      assert.ok(!large[2].includes("xxx"));
    });

    it("gets its tier by its size where AWS may choose", async () => {
      assert.equal(await put({ Tier: "Intelligent-Tiering" }), "Standard");
      assert.equal(await put({ Tier: "Intelligent-Tiering", Value: "x".repeat(4097) }), "Advanced");
      assert.equal(await put({ Tier: "Intelligent-Tiering" }, { Tier: "Advanced" }), "Advanced");
    });

    it("stays advanced, and never becomes standard again", async () => {
      assert.equal(await put({ Value: "x".repeat(5000) }, { Tier: "Advanced" }), "Advanced");
      const [code, , message] = await refusal(put({ Tier: "Standard" }, { Tier: "Advanced" }));
      assert.equal(code, "ValidationException");
      assert.match(message, /You can't downgrade a parameter from the advanced-parameter tier/);
    });

    it("needs a key that exists", async () => {
      assert.deepEqual(await refusal(put({ KeyId: "alias/none" })), ["InvalidKeyId", 400, "Invalid keyId alias/none"]);
      assert.equal(await put({ KeyId: "alias/aws/ssm" }), "Standard");
    });
  });

  describe("a secret", () => {
    const before = (action: string, input: Input, found?: object) =>
      beforeMoto(
        aCall("secretsmanager", action, input),
        aMoto({ DescribeSecret: () => (found === undefined ? undefined : { ARN, Name: "shop/api", ...found }) }),
      );

    it("keeps its name while it waits for its deletion", async () => {
      await before("CreateSecret", { Name: "shop/api" });
      assert.deepEqual(await refusal(before("CreateSecret", { Name: "shop/api" }, { DeletedDate: 1 })), [
        "InvalidRequestException",
        400,
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      ]);
    });

    it("takes no value while it waits for its deletion", async () => {
      assert.deepEqual(await refusal(before("PutSecretValue", { SecretId: ARN }, { DeletedDate: 1 })), [
        "InvalidRequestException",
        400,
        "You can't perform this operation on the secret because it was marked for deletion.",
      ]);
    });

    it("has at most 65536 bytes, and a key that exists", async () => {
      await before("PutSecretValue", { SecretId: ARN, SecretString: "x".repeat(65_536) });
      const large = before("PutSecretValue", { SecretId: ARN, SecretString: "x".repeat(65_537) });
      assert.equal((await refusal(large))[0], "ValidationException");
      const keyed = before("CreateSecret", { Name: "a", KmsKeyId: "alias/none" });
      assert.equal((await refusal(keyed))[0], "EncryptionFailure");
    });

    it("gets no policy that is open to everyone, where that is to be refused", async () => {
      const put = (Principal: unknown, more: Input = {}, BlockPublicPolicy = true) => {
        const Statement = [{ Effect: "Allow", Principal, Action: "*", Resource: "*", ...more }];
        return before("PutResourcePolicy", {
          SecretId: ARN,
          ResourcePolicy: JSON.stringify({ Statement }),
          BlockPublicPolicy,
        });
      };
      for (const open of ["*", { AWS: "*" }, { AWS: ["a", "*"] }]) {
        assert.equal((await refusal(put(open)))[0], "PublicPolicyException");
      }
      await put("*", {}, false);
      await put({ AWS: "arn:aws:iam::123456789012:role/a" });
      await put("*", { Effect: "Deny" });
      await put("*", { Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } } });
      const broken = before("PutResourcePolicy", { SecretId: ARN, ResourcePolicy: "{" });
      assert.equal((await refusal(broken))[0], "MalformedPolicyDocumentException");
    });

    it("has one replica in a region", async () => {
      const input = { SecretId: ARN, AddReplicaRegions: [{ Region: "eu-west-1" }] };
      await before("ReplicateSecretToRegions", input, {});
      const twice = before("ReplicateSecretToRegions", input, { ReplicationStatus: [{ Region: "eu-west-1" }] });
      assert.deepEqual(await refusal(twice), [
        "InvalidParameterException",
        400,
        "Secret already replicated to region eu-west-1.",
      ]);
    });

    it("tells the key of each replica, also after a restart, until the replica goes", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "replicas-"));
      try {
        const regions = [{ Region: "eu-west-1" }, { Region: "us-east-1" }];
        const answer = jsonAnswer({
          ARN,
          ReplicationStatus: regions.map((each) => ({ ...each, KmsKeyId: "alias/aws/secretsmanager" })),
        });
        const keysAfter = async (action: string, input: Input): Promise<unknown> => {
          const keys = await ReplicaKeys.open(folder);
          const completed = await afterMoto(aCall("secretsmanager", action, input), answer, keys);
          const { ReplicationStatus } = JSON.parse(completed.body.toString()) as {
            ReplicationStatus: { KmsKeyId: string }[];
          };
          return ReplicationStatus.map(({ KmsKeyId }) => KmsKeyId);
        };
        const named = {
          SecretId: ARN,
          AddReplicaRegions: [{ Region: "us-east-1", KmsKeyId: "alias/aws/secretsmanager" }],
        };
        await keysAfter("ReplicateSecretToRegions", named);
        assert.equal((await ReplicaKeys.open(folder)).keyOf(ARN, "us-east-1"), undefined);
        const own = { AddReplicaRegions: [{ Region: "eu-west-1", KmsKeyId: "k" }, { Region: "us-east-1" }] };
        assert.deepEqual(await keysAfter("CreateSecret", { Name: "shop/api", ...own }), [
          "k",
          "alias/aws/secretsmanager",
        ]);
        assert.deepEqual(await keysAfter("DescribeSecret", { SecretId: ARN }), ["k", "alias/aws/secretsmanager"]);
        const removal = { SecretId: ARN, RemoveReplicaRegions: ["eu-west-1"] };
        await keysAfter("RemoveRegionsFromReplication", removal);
        assert.equal((await ReplicaKeys.open(folder)).keyOf(ARN, "eu-west-1"), undefined);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });
});
