import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import type { ClusterSpec } from "../../../../components/clusters/contract.ts";
import { awsIdentity } from "../../../../components/backends/aws/identity.ts";
import type { AwsStoreSpec } from "../../../../components/backends/aws/identity-rules.ts";
import { openStore } from "../../../../components/backends/index.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import {
  evaluate,
  parsePolicy,
  type Policy,
  type Question,
  type Statement,
} from "../../../../sandbox/fakes/aws/policy.ts";
import { runProgram, type Run } from "../../../support/mocks.ts";
import { parameterArn, secretArn } from "../../../support/providers/aws.ts";
import { eks, parameterStore, secretsManager, podIdentity as podIdentityCluster } from "../identity-rows/aws.ts";
import { cluster } from "../identity-rows/row.ts";
import { surveyWith } from "../../../support/surveys.ts";

const key = "arn:aws:kms:eu-central-1:111122223333:key/0000-1111";
const podIdentity: ClusterSpec = { ...podIdentityCluster, name: "pods" };

/** Both stores with a customer key, read from a cluster of each way. */
async function everything(): Promise<void> {
  const stores: readonly AwsStoreSpec[] = [
    { ...parameterStore, kmsKeyArn: key },
    { ...secretsManager, kmsKeyArn: key },
  ];
  for (const store of stores) {
    const prepared = (await openStore({ spec: store, secretConfig: () => undefined, options: {} })).prepare(
      surveyWith(),
    );
    const name = store.kind === "aws-parameter-store" ? "/acme-test/shop/db" : "acme-test/shop/db";
    const object: RemoteObject = { name, layout: "bundle", keys: ["password"] };
    const put = { object, payload: secret("{}"), owner: {}, retain: false, options: {} };
    const { grant } = prepared.put(`shop/db/${store.name}`, put);
    for (const each of [eks, { ...cluster, name: "other" }, podIdentity]) {
      awsIdentity(`${each.name}/${store.name}`, {
        store,
        cluster: each,
        scope: { platform: "acme", environment: "test", cluster: each.name, namespace: "shop" },
        grants: [grant],
        options: prepared.options,
      });
    }
  }
}

interface Emitted {
  readonly where: string;
  readonly policy: Policy;
}

/** Every policy that a program emitted: each input that is one. */
function policiesIn({ resources }: Run<unknown>): readonly Emitted[] {
  return resources.all.flatMap(({ type, name, inputs }) =>
    Object.entries(inputs)
      .filter(([, value]) => typeof value === "string" && value.startsWith('{"Version"'))
      .map(([input, value]) => ({ where: `${type} ${name} ${input}`, policy: parsePolicy(value as string) })),
  );
}

function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe("every policy emitted for AWS", () => {
  let emitted: readonly Emitted[];
  const policyOf = (where: string) => {
    const found = emitted.find((each) => each.where === where);
    return (
      found?.policy ?? assert.fail(`no policy ${where}; there are: ${emitted.map((each) => each.where).join(", ")}`)
    );
  };

  before(async () => {
    emitted = policiesIn(await runProgram(everything));
  });

  it("is found by this test, one for each trust, right and secret", () => {
    assert.deepEqual(emitted.map(({ where }) => where).sort(), [
      "aws:iam/role:Role main/sm/role assumeRolePolicy",
      "aws:iam/role:Role main/ssm/role assumeRolePolicy",
      "aws:iam/role:Role other/sm/role assumeRolePolicy",
      "aws:iam/role:Role other/ssm/role assumeRolePolicy",
      "aws:iam/role:Role pods/operator-role assumeRolePolicy",
      "aws:iam/role:Role pods/sm/role assumeRolePolicy",
      "aws:iam/role:Role pods/ssm/role assumeRolePolicy",
      "aws:iam/rolePolicy:RolePolicy main/sm/policy policy",
      "aws:iam/rolePolicy:RolePolicy main/ssm/policy policy",
      "aws:iam/rolePolicy:RolePolicy other/sm/policy policy",
      "aws:iam/rolePolicy:RolePolicy other/ssm/policy policy",
      "aws:iam/rolePolicy:RolePolicy pods/sm/operator-policy policy",
      "aws:iam/rolePolicy:RolePolicy pods/sm/policy policy",
      "aws:iam/rolePolicy:RolePolicy pods/ssm/operator-policy policy",
      "aws:iam/rolePolicy:RolePolicy pods/ssm/policy policy",
      "aws:secretsmanager/secretPolicy:SecretPolicy shop/db/sm policy",
    ]);
  });

  it("allows nothing with a wildcard, and nothing by leaving something out", () => {
    const allowing = emitted.flatMap(({ where, policy }) =>
      [policy.Statement]
        .flat()
        .flatMap((statement: Statement) => (statement.Effect === "Allow" ? [{ where, ...statement }] : [])),
    );
    assert.equal(allowing.length, emitted.length - 1 + 6); // six readers decrypt too; the secret's policy only denies
    for (const { where, Action, Resource, Principal, ...others } of allowing) {
      assert.deepEqual(
        texts([Action, Resource, Principal]).filter((text) => /[*?]/.test(text)),
        [],
        where,
      );
      assert.deepEqual(
        Object.keys(others).filter((each) => each.startsWith("Not")),
        [],
        where,
      );
      assert.ok(Resource !== undefined || Principal !== undefined, where);
    }
  });

  it("never trusts without saying whom exactly", () => {
    for (const { where, policy } of emitted.filter((each) => each.where.endsWith("assumeRolePolicy"))) {
      for (const { Principal, Condition } of [policy.Statement].flat()) {
        assert.equal(texts(Principal).length, 1, where);
        assert.ok(Condition !== undefined || texts(Principal)[0]?.endsWith(":role/acme.test.pods.operator"), where);
      }
    }
  });

  describe("as IAM decides", () => {
    const context = {
      "kms:ViaService": "ssm.eu-central-1.amazonaws.com",
      "kms:EncryptionContext:PARAMETER_ARN": parameterArn("/acme-test/shop/db"),
    };
    const asked: readonly (readonly [string, Question, "allow" | "implicit-deny"])[] = [
      ["its parameter", { action: "ssm:GetParameter", resource: parameterArn("/acme-test/shop/db") }, "allow"],
      ["one below it", { action: "ssm:GetParameter", resource: parameterArn("/acme-test/shop/db/x") }, "implicit-deny"],
      ["one beside it", { action: "ssm:GetParameter", resource: parameterArn("/acme-test/shop/dba") }, "implicit-deny"],
      ["writing it", { action: "ssm:PutParameter", resource: parameterArn("/acme-test/shop/db") }, "implicit-deny"],
      ["listing", { action: "ssm:DescribeParameters", resource: "*" }, "implicit-deny"],
      ["decrypting it", { action: "kms:Decrypt", resource: key, context }, "allow"],
      ["decrypting without the service", { action: "kms:Decrypt", resource: key }, "implicit-deny"],
      [
        "decrypting another",
        {
          action: "kms:Decrypt",
          resource: key,
          context: { ...context, "kms:EncryptionContext:PARAMETER_ARN": parameterArn("/acme-test/shop/dba") },
        },
        "implicit-deny",
      ],
      ["encrypting", { action: "kms:Encrypt", resource: key, context }, "implicit-deny"],
    ];
    for (const [what, question, decision] of asked) {
      it(`a reader of a parameter: ${what}: ${decision}`, () => {
        const policy = policyOf("aws:iam/rolePolicy:RolePolicy main/ssm/policy policy");
        assert.equal(evaluate([policy], question).decision, decision);
      });
    }

    const logins: readonly (readonly [string, Readonly<Record<string, string>>, "allow" | "implicit-deny"])[] = [
      ["its service account", {}, "allow"],
      ["another of the namespace", { sub: "system:serviceaccount:shop:default" }, "implicit-deny"],
      ["that of another namespace", { sub: "system:serviceaccount:till:secrets-reader" }, "implicit-deny"],
      ["another audience", { aud: "vault" }, "implicit-deny"],
      ["another issuer", { issuer: "issuer.example/clusters/other" }, "implicit-deny"],
    ];
    for (const [what, changes, decision] of logins) {
      it(`a role is given to ${what}: ${decision}`, () => {
        const { issuer, sub, aud } = {
          ...{ issuer: "issuer.example/clusters/main", sub: "system:serviceaccount:shop:secrets-reader" },
          ...{ aud: "sts.amazonaws.com", ...changes },
        };
        const trust = policyOf("aws:iam/role:Role other/ssm/role assumeRolePolicy");
        const question: Question = {
          action: "sts:AssumeRoleWithWebIdentity",
          resource: "role",
          asker: { type: "Federated", names: [`arn:aws:iam::111122223333:oidc-provider/${issuer}`] },
          context: { [`${issuer}:sub`]: sub, [`${issuer}:aud`]: aud },
        };
        assert.equal(evaluate([trust], question).decision, decision);
      });
    }

    const callers: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
      ["of the account", { "aws:PrincipalAccount": "111122223333" }, "implicit-deny"],
      ["of another account", { "aws:PrincipalAccount": "999900001111" }, "explicit-deny"],
      ["that is a service of AWS", { "aws:PrincipalIsAWSService": "true" }, "implicit-deny"],
    ];
    for (const [who, given, decision] of callers) {
      it(`a secret's own policy, asked by one ${who}: ${decision}`, () => {
        const policy = policyOf("aws:secretsmanager/secretPolicy:SecretPolicy shop/db/sm policy");
        const question: Question = {
          action: "secretsmanager:GetSecretValue",
          resource: secretArn("acme-test/shop/db"),
          asker: { type: "AWS", names: ["arn:aws:iam::999900001111:role/any"] },
          context: { "aws:PrincipalIsAWSService": "false", ...given },
        };
        assert.equal(evaluate([policy], question).decision, decision);
      });
    }
  });
});
