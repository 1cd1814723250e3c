import assert from "node:assert/strict";
import { awsExaminer } from "../../../../components/backends/aws/examiner.ts";
import type { AwsStoreSpec } from "../../../../components/backends/aws/identity-rules.ts";
import {
  awsReadPolicy,
  assumePolicy,
  roleTrust,
  webIdentityTrust,
} from "../../../../components/backends/aws/policies.ts";
import type { AwsQuestions, SecretFacts } from "../../../../components/backends/aws/questions.ts";
import type { Reading, StoreExamination } from "../../../../components/backends/examiner.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import { eks, parameterStore, podIdentity, secretsManager } from "../identity-rows/aws.ts";
import { findingsOf, seenIn, unansweredIn } from "../examined.ts";

const account = "111122223333";
const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const provider = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
const secretArn = `arn:aws:secretsmanager:eu-central-1:${account}:secret:acme-test/shop/db-AbCdEf`;
const parameterArn = `arn:aws:ssm:eu-central-1:${account}:parameter/acme-test/shop/db/password`;
const bundle: RemoteObject = { name: "acme-test/shop/db", layout: "bundle", keys: ["password", "user"] };
const parameter: RemoteObject = { name: "/acme-test/shop/db/password", layout: "per-key", keys: ["password"] };
const reading = (object: RemoteObject, cluster = eks): Reading => ({
  scope: { platform: "acme", environment: "test", cluster: "main", namespace: "shop" },
  cluster,
  objects: [{ ...object, secret: "shop/db" }],
  by: "operator",
});
const value = "the-value-that-nobody-may-see";
const up = "pulumi up --refresh";

const trust = (change: { readonly namespace?: string; readonly issuer?: string } = {}) =>
  webIdentityTrust({
    oidcProviderArn: provider,
    issuer: `https://${issuer}`,
    namespace: "shop",
    serviceAccount: "secrets-reader",
    ...change,
  });
const policyFor = (arn: string, kind: AwsStoreSpec["kind"] = "aws-secrets-manager") =>
  awsReadPolicy([{ kind, arn }], { region: "eu-central-1", partition: "aws" });

const facts: SecretFacts = {
  arn: secretArn,
  changed: new Date("2026-02-01T00:00:00Z"),
  stages: { "v-2": ["AWSCURRENT"], "v-1": ["AWSPREVIOUS"] },
};

type Answers = { readonly [K in keyof AwsQuestions]?: Awaited<ReturnType<AwsQuestions[K]>> };

/** An account where all is as this program makes it. */
const sound: Required<Answers> = {
  trustOf: { value: trust() },
  inlinePolicy: { value: policyFor(secretArn) },
  clientIdsOf: { value: ["sts.amazonaws.com"] },
  simulated: { value: [{ action: "secretsmanager:GetSecretValue", arn: secretArn, decision: "allowed" }] },
  parameter: { value: { version: 3, type: "SecureString", changed: new Date("2026-02-01T00:00:00Z") } },
  parameterValue: { value },
  secret: { value: facts },
  secretValue: { value: JSON.stringify({ password: value, user: value }) },
};

function examiner(spec: AwsStoreSpec, change: Answers = {}) {
  const answers = { ...sound, ...change };
  const answer = <K extends keyof AwsQuestions>(name: K) =>
    (() => Promise.resolve(answers[name])) as unknown as AwsQuestions[K];
  return awsExaminer(spec, {
    trustOf: answer("trustOf"),
    inlinePolicy: answer("inlinePolicy"),
    clientIdsOf: answer("clientIdsOf"),
    simulated: answer("simulated"),
    parameter: answer("parameter"),
    parameterValue: answer("parameterValue"),
    secret: answer("secret"),
    secretValue: answer("secretValue"),
  });
}

async function examined(
  change: Answers = {},
  { object = bundle, keys = ["password"] }: { readonly object?: RemoteObject; readonly keys?: readonly string[] } = {},
): Promise<readonly StoreExamination[]> {
  const asked = examiner(secretsManager, change);
  const all = [await asked.store(), await asked.reader(reading(object)), await asked.object(object, keys)];
  assert.ok(!JSON.stringify(all).includes(value), "a value was told");
  return all;
}

describe("what an account of AWS is asked", () => {
  it("finds nothing where all is as this program makes it, and says what it saw", async () => {
    const all = await examined();
    assert.deepEqual([findingsOf(...all), unansweredIn(...all)], [[], []]);
    assert.deepEqual(seenIn(...all), [
      `store: account ${account} answers, in region eu-central-1, for store sm`,
      `identity: OIDC provider ${provider} accepts audience sts.amazonaws.com`,
      `identity: IAM role acme.test.main.shop.sm lets shop/secrets-reader log in, with tokens of https://${issuer} for sts.amazonaws.com`,
      "rights: policy read-secrets of IAM role acme.test.main.shop.sm allows reading acme-test/shop/db",
      "rights: nothing above the policies of IAM role acme.test.main.shop.sm forbids secretsmanager:GetSecretValue",
      `object: secret "acme-test/shop/db" in account ${account}, region eu-central-1 has version v-2 (AWSCURRENT), changed at 2026-02-01T00:00:00Z`,
    ]);
  });

  const role = "IAM role acme.test.main.shop.sm";
  const policy = `policy read-secrets of ${role}`;
  const secret = `secret "acme-test/shop/db" in account ${account}, region eu-central-1`;
  const cases: Readonly<Record<string, { readonly change: Answers; readonly told: readonly string[] }>> = {
    "a role that is gone": {
      change: { trustOf: { absent: true } },
      told: [`identity: ${role} does not exist → ${up}`],
    },
    "a subject of another namespace": {
      change: { trustOf: { value: trust({ namespace: "default" }) } },
      told: [
        `identity: ${role} wants ${issuer}:sub to be system:serviceaccount:default:secrets-reader, not system:serviceaccount:shop:secrets-reader → ${up}`,
      ],
    },
    "another issuer": {
      change: { trustOf: { value: trust().replaceAll(issuer, "issuer.example") } },
      told: [`identity: ${role} trusts arn:aws:iam::${account}:oidc-provider/issuer.example, not ${provider} → ${up}`],
    },
    "a trust policy that denies": {
      change: {
        trustOf: {
          value: trust().replace(
            '"Statement":[',
            '"Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"},',
          ),
        },
      },
      told: [`identity: ${role} has a statement that denies → ${up}`],
    },
    "a role that trusts nobody": {
      change: { trustOf: { value: '{"Statement":[]}' } },
      told: [`identity: ${role} does not allow sts:AssumeRoleWithWebIdentity → ${up}`],
    },
    "an issuer without a provider": {
      change: { clientIdsOf: { absent: true } },
      told: [
        `identity: OIDC provider ${provider} does not exist: account ${account} does not trust the issuer of cluster main, https://${issuer} → ${up}`,
      ],
    },
    "a provider of another audience": {
      change: { clientIdsOf: { value: ["somebody"] } },
      told: [
        `identity: OIDC provider ${provider} accepts audience somebody, not sts.amazonaws.com → aws iam add-client-id-to-open-id-connect-provider --client-id sts.amazonaws.com --open-id-connect-provider-arn ${provider}`,
      ],
    },
    "a policy that is gone": {
      change: { inlinePolicy: { absent: true } },
      told: [`rights: ${policy} does not exist → ${up}`],
    },
    "a secret that was made anew under its name": {
      change: { inlinePolicy: { value: policyFor(secretArn.replace("AbCdEf", "ZzZzZz")) } },
      told: [
        `rights: ${policy} allows reading ${secretArn.replace("AbCdEf", "ZzZzZz")}, and secret "acme-test/shop/db" was deleted and made anew: it is ${secretArn} now → pulumi refresh && pulumi config set --path 'adopt["shop/db"]' true && pulumi up`,
      ],
    },
    "a policy of another secret, whose name begins with this one's": {
      change: { inlinePolicy: { value: policyFor(secretArn.replace("-AbCdEf", "-user-AbCdEf")) } },
      told: [`rights: ${policy} does not allow secretsmanager:GetSecretValue on ${secretArn} → ${up}`],
    },
    "a permissions boundary": {
      change: {
        simulated: {
          value: [
            {
              action: "secretsmanager:GetSecretValue",
              arn: secretArn,
              decision: "implicitDeny",
              byBoundary: false,
            },
          ],
        },
      },
      told: [
        `rights: ${role} may not call secretsmanager:GetSecretValue on ${secretArn}: its permissions boundary does not allow it → have the owner of the permissions boundary allow it (stores.<name>.roles.permissionsBoundary)`,
      ],
    },
    "a secret that is gone": {
      change: { secret: { absent: true } },
      told: [`object: ${secret} does not exist → ${up}`],
    },
    "a secret that is scheduled for deletion": {
      change: { secret: { value: { ...facts, deleted: new Date("2026-02-03T04:05:06Z") } } },
      told: [
        `object: ${secret} is scheduled for deletion, since 2026-02-03T04:05:06Z: nobody can read it → aws secretsmanager restore-secret --region eu-central-1 --secret-id acme-test/shop/db`,
      ],
    },
    "a secret without a current version": {
      change: { secret: { value: { ...facts, stages: { "v-1": ["AWSPREVIOUS"] } } } },
      told: [`object: ${secret} has no version AWSCURRENT → ${up}`],
    },
    "a key that is gone": {
      change: { secretValue: { value: JSON.stringify({ user: value }) } },
      told: [
        `object: ${secret} lacks key password in version v-2: it was changed outside this program → aws secretsmanager update-secret-version-stage --region eu-central-1 --secret-id acme-test/shop/db --version-stage AWSCURRENT --move-to-version-id <last version written by this program> --remove-from-version-id v-2`,
      ],
    },
  };
  for (const [title, { change, told }] of Object.entries(cases)) {
    it(`names ${title}`, async () => {
      assert.deepEqual(findingsOf(...(await examined(change))), told);
    });
  }

  describe("of replicas", () => {
    const replicated: AwsStoreSpec = {
      ...secretsManager,
      replicas: [{ region: "eu-west-1" }],
    };
    const primaryWith = (replicas: SecretFacts["replicas"] & {}) =>
      examiner(replicated, { secret: { value: { ...facts, replicas } } }).object({ ...bundle, secret: "shop/db" }, [
        "password",
      ]);
    const inIreland = { ...bundle, replicaOf: "main" };

    it("sees those that are there", async () => {
      const found = await primaryWith([{ region: "eu-west-1", status: "InSync", message: "" }]);
      assert.deepEqual(findingsOf(found), []);
      assert.ok(seenIn(found).includes("object: its replica in region eu-west-1 is InSync"));
    });

    it("names one that is gone, and one that failed, as warnings", async () => {
      const gone = await primaryWith([]);
      assert.deepEqual(findingsOf(gone), [`object: ${secret} has no replica in region eu-west-1 → ${up}`]);
      const failed = await primaryWith([{ region: "eu-west-1", status: "Failed", message: "the name exists" }]);
      assert.deepEqual(findingsOf(failed), [
        `object: ${secret} has no replica in region eu-west-1: the name exists → once the cause is gone (docs/stores/aws-secrets-manager.md#replicas): aws secretsmanager remove-regions-from-replication --region eu-central-1 --secret-id acme-test/shop/db --remove-replica-regions eu-west-1 && ${up}`,
      ]);
      for (const { findings } of [gone, failed]) assert.equal(findings?.[0]?.severity, "warning");
    });

    it("says nothing of those of a secret that somebody else writes", async () => {
      assert.deepEqual(findingsOf(await examiner(replicated).object(bundle, ["password"])), []);
    });

    it("names the run that makes one again which is gone", async () => {
      const foreign = { readings: { password: { property: "password" } } };
      const gone = examiner(secretsManager, { secret: { absent: true } });
      assert.deepEqual(findingsOf(await gone.object({ ...inIreland, foreign }, ["password"])), [
        `object: ${secret} does not exist → ${up}`,
      ]);
    });

    it("names another secret in the place of one, and speaks of no rights to it", async () => {
      const there = examiner(secretsManager, {
        inlinePolicy: { value: policyFor(secretArn.replace("AbCdEf", "ZzZzZz")) },
      });
      assert.deepEqual(findingsOf(await there.object(inIreland, ["password"])), [
        `object: ${secret} is no replica of the one that is written in store main → see whose it is: docs/stores/aws-secrets-manager.md#replicas`,
      ]);
      const rights = (await there.reader({ ...reading(bundle), objects: [inIreland] })).findings ?? [];
      assert.deepEqual(rights, []);
      const replica = examiner(secretsManager, { secret: { value: { ...facts, primaryRegion: "eu-central-1" } } });
      assert.deepEqual(findingsOf(await replica.object(inIreland, ["password"])), []);
    });
  });

  it("says what it may not ask, with AWS's reason", async () => {
    const refused = { refused: "AccessDenied: not authorized" };
    const all = await examined({
      trustOf: refused,
      inlinePolicy: refused,
      clientIdsOf: refused,
      secretValue: refused,
    });
    assert.deepEqual(findingsOf(...all), []);
    assert.deepEqual(unansweredIn(...all), [
      `identity: OIDC provider ${provider}: AccessDenied: not authorized`,
      `identity: trust policy of ${role}: AccessDenied: not authorized`,
      `rights: ${policy}: AccessDenied: not authorized`,
      `object: keys of ${secret}: AccessDenied: not authorized`,
    ]);
    assert.deepEqual(unansweredIn(...(await examined({ simulated: refused }))), [
      `rights: what bounds ${role}: AccessDenied: not authorized`,
    ]);
  });

  it("looks for the versions and properties that facts name, in what somebody else writes", async () => {
    const theirs: RemoteObject = {
      name: "legacy/db",
      layout: "bundle",
      keys: ["password", "user"],
      foreign: {
        readings: { password: { property: "login.password" }, user: { property: "user", version: "AWSPREVIOUS" } },
      },
    };
    const asked: unknown[] = [];
    const theirExaminer = awsExaminer(secretsManager, {
      ...(sound as unknown as AwsQuestions),
      secret: () => Promise.resolve(sound.secret),
      secretValue: (name, version) => {
        asked.push([name, version]);
        return Promise.resolve({ value: JSON.stringify({ login: { password: value } }) });
      },
      ...Object.fromEntries(
        ["trustOf", "inlinePolicy", "clientIdsOf", "simulated", "parameter", "parameterValue"].map((name) => [
          name,
          () => Promise.reject(new Error("not asked")),
        ]),
      ),
    });
    const found = await theirExaminer.object(theirs, ["password", "user"]);
    assert.deepEqual(asked, [
      ["legacy/db", undefined],
      ["legacy/db", "AWSPREVIOUS"],
    ]);
    assert.deepEqual(findingsOf(found), [
      `object: secret "legacy/db" in account ${account}, region eu-central-1 lacks key user in version v-1 → ask whoever writes it to write it again`,
    ]);
  });

  it("asks Parameter Store for a version and no value, where each key is an object", async () => {
    const asked = examiner(parameterStore, {
      inlinePolicy: { value: policyFor(parameterArn, "aws-parameter-store") },
      simulated: { value: [{ action: "ssm:GetParameter", arn: parameterArn, decision: "allowed" }] },
      parameterValue: { refused: "it must not be asked" },
    });
    const all = [await asked.reader(reading(parameter)), await asked.object(parameter, ["password"])];
    assert.deepEqual([findingsOf(...all), unansweredIn(...all)], [[], []]);
    assert.ok(
      seenIn(...all).includes(
        `object: parameter "/acme-test/shop/db/password" in account ${account}, region eu-central-1 has version 3 (SecureString), changed at 2026-02-01T00:00:00Z`,
      ),
    );
    const gone = await examiner(parameterStore, { parameter: { absent: true } }).object(parameter, ["password"]);
    assert.deepEqual(findingsOf(gone), [
      `object: parameter "/acme-test/shop/db/password" in account ${account}, region eu-central-1 does not exist → ${up}`,
    ]);
  });

  it("asks for the calls of the CSI driver where Pods mount", async () => {
    const grant = { kind: "aws-parameter-store", arn: parameterArn } as const;
    const where = { region: "eu-central-1", partition: "aws" };
    const asked = examiner(parameterStore, { inlinePolicy: { value: awsReadPolicy([], where, [grant]) } });
    const mounting = await asked.reader({ ...reading(parameter), by: "mount" });
    assert.deepEqual(findingsOf(mounting), []);
    assert.ok(seenIn(mounting).some((each) => each.endsWith("forbids ssm:GetParameters")));
    assert.deepEqual(findingsOf(await asked.reader(reading(parameter))), [
      `rights: policy read-secrets of IAM role acme.test.main.shop.ssm does not allow ssm:GetParameter on ${parameterArn} → ${up}`,
    ]);
  });

  it("follows the operator's role where Pods log in, and says that EKS is not asked", async () => {
    const operator = `arn:aws:iam::${account}:role/acme.test.main.operator`;
    const reader = `arn:aws:iam::${account}:role/acme.test.main.shop.sm`;
    const asked = examiner(secretsManager, {
      trustOf: { value: roleTrust(operator) },
      inlinePolicy: { value: assumePolicy(reader) },
    });
    const found = await asked.reader(reading(bundle, podIdentity));
    assert.deepEqual(findingsOf(found), [
      `identity: IAM role acme.test.main.operator trusts nobody, not pods.eks.amazonaws.com → ${up}`,
      `rights: ${policy} does not allow secretsmanager:GetSecretValue on ${secretArn} → ${up}`,
    ]);
    assert.deepEqual(unansweredIn(found), [
      "identity: association of external-secrets/external-secrets: EKS is not asked: aws eks list-pod-identity-associations --region eu-central-1 --cluster-name main-eks --namespace external-secrets --service-account external-secrets",
    ]);
  });
});
