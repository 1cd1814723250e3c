import assert from "node:assert/strict";
import { authorize } from "../../../fakes/aws/authorize.ts";
import type { AwsCall } from "../../../fakes/aws/call.ts";
import type { Statement } from "../../../fakes/aws/policy.ts";
import type { ReplicaKeys } from "../../../fakes/aws/moto/replica-keys.ts";
import { aCall, aMoto, anIam, aRole, refusal } from "./scene.ts";

const ROLE = "arn:aws:iam::123456789012:role/reader";
const USER = "arn:aws:sts::123456789012:assumed-role/reader/eso";
const KEY = "arn:aws:kms:eu-central-1:123456789012:key/k1";
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/api-AbCdEf";
const parameter = (name: string) => `arn:aws:ssm:eu-central-1:123456789012:parameter/${name}`;
const allow = (Action: string, Resource: string): Statement => ({ Effect: "Allow", Action, Resource });
const rootKeyPolicy = {
  Statement: [
    { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" },
  ],
};
const caller = { kind: "role", arn: USER, userId: "AROA:eso", roleArn: ROLE, tags: {}, transitive: [] } as const;

interface World {
  readonly policies?: readonly Statement[];
  readonly keyId?: string;
  readonly keyPolicy?: object;
  readonly secretPolicy?: object;
  readonly primaryRegion?: string;
  readonly replicaKey?: string;
}

function ask(call: AwsCall, world: World): Promise<void> {
  const { policies = [], keyId, keyPolicy = rootKeyPolicy, secretPolicy, primaryRegion, replicaKey } = world;
  const moto = aMoto({
    DescribeParameters: () => ({
      Parameters: [{ Name: "/shop/db", Type: "SecureString", KeyId: keyId ?? "alias/aws/ssm" }],
    }),
    GetParametersByPath: () => ({ Parameters: [{ Name: "/shop/db" }] }),
    DescribeSecret: ({ SecretId }) =>
      SecretId === "shop/none"
        ? undefined
        : { ARN: SECRET, Name: "shop/api", KmsKeyId: keyId, PrimaryRegion: primaryRegion },
    GetResourcePolicy: () => (secretPolicy === undefined ? {} : { ResourcePolicy: JSON.stringify(secretPolicy) }),
    DescribeKey: ({ KeyId }) => (KeyId === KEY ? { KeyMetadata: { Arn: KEY, KeyId: "k1" } } : undefined),
    GetKeyPolicy: () => ({ Policy: JSON.stringify(keyPolicy) }),
  });
  const replicaKeys = { keyOf: () => replicaKey } as unknown as ReplicaKeys;
  return authorize(call, caller, { iam: anIam([aRole("reader", [], policies)]), moto, replicaKeys });
}

describe("rights in the fake AWS", () => {
  const get = aCall("ssm", "GetParameter", { Name: "/shop/db", WithDecryption: true });
  const value = aCall("secretsmanager", "GetSecretValue", { SecretId: "shop/api" });

  it("let the deployer do everything", async () => {
    const administrator = { kind: "administrator", arn: "a", userId: "b" } as const;
    const nothing = { iam: anIam([]), moto: aMoto({}), replicaKeys: {} as ReplicaKeys };
    await authorize(aCall("iam", "CreateRole", {}), administrator, nothing);
  });

  it("let a role read exactly the parameter that its policy names", async () => {
    const policies = [allow("ssm:GetParameter", parameter("shop/db"))];
    await ask(get, { policies });
    await ask(aCall("ssm", "GetParameter", { Name: "/shop/db:3" }), { policies });
    assert.deepEqual(await refusal(ask(aCall("ssm", "GetParameter", { Name: "/shop/other" }), { policies })), [
      "AccessDeniedException",
      400,
      `User: ${USER} is not authorized to perform: ssm:GetParameter on resource: ${parameter("shop/other")} because no identity-based policy allows the ssm:GetParameter action`,
    ]);
  });

  it("ask for each of several parameters, and for a path as it is", async () => {
    const policies = [allow("ssm:GetParameters", parameter("a")), allow("ssm:GetParametersByPath", parameter("shop"))];
    assert.equal(
      (await refusal(ask(aCall("ssm", "GetParameters", { Names: ["a", "b"] }), { policies })))[0],
      "AccessDeniedException",
    );
    await ask(aCall("ssm", "GetParametersByPath", { Path: "/shop", WithDecryption: true }), { policies });
  });

  it("say what an explicit deny is", async () => {
    const policies: Statement[] = [allow("ssm:*", "*"), { ...allow("ssm:GetParameter", "*"), Effect: "Deny" }];
    assert.match((await refusal(ask(get, { policies })))[2], / with an explicit deny in an identity-based policy$/);
  });

  it("ask for the customer's key, and name it", async () => {
    const policies = [allow("ssm:GetParameter", parameter("shop/db"))];
    assert.deepEqual(await refusal(ask(get, { policies, keyId: KEY })), [
      "AccessDeniedException",
      400,
      `User: ${USER} is not authorized to perform: kms:Decrypt on resource: ${KEY} because no identity-based policy allows the kms:Decrypt action (Service: Kms, Status Code: 400)`,
    ]);
    await ask(get, { policies: [...policies, allow("kms:Decrypt", KEY)], keyId: KEY });
    await ask(aCall("ssm", "GetParameter", { Name: "/shop/db" }), { policies, keyId: KEY });
  });

  it("let a condition bind the key to its use", async () => {
    const via = (service: string): Statement => ({
      ...allow("kms:Decrypt", KEY),
      Condition: { StringEquals: { "kms:ViaService": service } },
    });
    const policies = [allow("ssm:GetParameter", parameter("shop/db"))];
    await ask(get, { policies: [...policies, via("ssm.eu-central-1.amazonaws.com")], keyId: KEY });
    const wrong = { policies: [...policies, via("secretsmanager.eu-central-1.amazonaws.com")], keyId: KEY };
    assert.equal((await refusal(ask(get, wrong)))[0], "AccessDeniedException");
  });

  it("follow the key's own policy: one that does not trust the account leaves policies of roles without effect", async () => {
    const policies = [allow("ssm:GetParameter", parameter("shop/db")), allow("kms:Decrypt", KEY)];
    const keyPolicy = {
      Statement: [{ Effect: "Allow", Principal: { AWS: `${ROLE}2` }, Action: "kms:*", Resource: "*" }],
    };
    assert.match(
      (await refusal(ask(get, { policies, keyId: KEY, keyPolicy })))[2],
      /no resource-based policy allows the kms:Decrypt/,
    );
    const direct = { Statement: [{ Effect: "Allow", Principal: { AWS: ROLE }, Action: "kms:Decrypt", Resource: "*" }] };
    await ask(get, { policies: policies.slice(0, 1), keyId: KEY, keyPolicy: direct });
  });

  it("let a role read exactly the secret that its policy names, by its whole ARN", async () => {
    await ask(value, { policies: [allow("secretsmanager:GetSecretValue", SECRET)] });
    const said = `User: ${USER} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET} because no identity-based policy allows the secretsmanager:GetSecretValue action`;
    const wrong = { policies: [allow("secretsmanager:GetSecretValue", SECRET.slice(0, -7))] };
    assert.deepEqual(await refusal(ask(value, wrong)), ["AccessDeniedException", 400, said]);
  });

  it("do not tell whether a secret exists to whom may not read it", async () => {
    const none = aCall("secretsmanager", "GetSecretValue", { SecretId: "shop/none" });
    assert.match((await refusal(ask(none, {})))[2], /GetSecretValue on resource: shop\/none because no identity-based/);
  });

  it("follow the policy of a secret: allow and deny", async () => {
    const of = (Effect: string, AWS: string) => ({
      Statement: [{ Effect, Principal: { AWS }, Action: "secretsmanager:GetSecretValue", Resource: "*" }],
    });
    await ask(value, { secretPolicy: of("Allow", ROLE) });
    assert.equal((await refusal(ask(value, { secretPolicy: of("Allow", `${ROLE}2`) })))[0], "AccessDeniedException");
    const denied = { policies: [allow("secretsmanager:*", "*")], secretPolicy: of("Deny", "*") };
    assert.match((await refusal(ask(value, denied)))[2], / with an explicit deny in a resource-based policy$/);
  });

  it("ask for the secret's key, and for the replica's own in its region", async () => {
    const policies = [allow("secretsmanager:GetSecretValue", SECRET)];
    const kms = ["AccessDeniedException", 400, "Access to KMS is not allowed"];
    assert.deepEqual(await refusal(ask(value, { policies, keyId: KEY })), kms);
    await ask(value, { policies: [...policies, allow("kms:Decrypt", KEY)], keyId: KEY });
    const replica = { policies, keyId: "primary's", primaryRegion: "eu-west-1" };
    await ask(value, replica);
    assert.deepEqual(await refusal(ask(value, { ...replica, replicaKey: KEY })), kms);
  });

  it("refuse what is about no one thing without a policy for all", async () => {
    const list = aCall("secretsmanager", "ListSecrets", {});
    const message = `User: ${USER} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action`;
    assert.deepEqual(await refusal(ask(list, { policies: [allow("secretsmanager:*", SECRET)] })), [
      "AccessDeniedException",
      400,
      message,
    ]);
    await ask(list, { policies: [allow("secretsmanager:ListSecrets", "*")] });
    assert.deepEqual((await refusal(ask(aCall("iam", "CreateRole", {}), {}))).slice(0, 2), ["AccessDenied", 403]);
  });
});
