import assert from "node:assert/strict";
import {
  assumePolicy,
  awsReadPolicy,
  podIdentityTrust,
  roleTrust,
  webIdentityTrust,
  type KnownGrant,
} from "../../../../components/backends/aws/policies.ts";

const where = { region: "eu-central-1", partition: "aws" };
const parameter = (name: string): KnownGrant => ({
  kind: "aws-parameter-store",
  arn: `arn:aws:ssm:eu-central-1:111122223333:parameter/acme-dev/${name}`,
});
const secret = (name: string): KnownGrant => ({
  kind: "aws-secrets-manager",
  arn: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:acme-dev/${name}-AbCdEf`,
});
const key = "arn:aws:kms:eu-central-1:111122223333:key/0000-1111";
const otherKey = "arn:aws:kms:eu-central-1:111122223333:key/2222-3333";
const statements = (policy: string) =>
  (JSON.parse(policy) as { readonly Statement: readonly Readonly<Record<string, unknown>>[] }).Statement;

describe("AWS policy of a reader", () => {
  it("names exactly the parameters that are granted, sorted, each once, and the one action that the operator calls", () => {
    assert.deepEqual(JSON.parse(awsReadPolicy([parameter("b"), parameter("a"), parameter("b")], where)), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadParameters",
          Effect: "Allow",
          Action: "ssm:GetParameter",
          Resource: [parameter("a").arn, parameter("b").arn],
        },
      ],
    });
  });

  it("names exactly the secrets that are granted, with their suffix", () => {
    assert.deepEqual(statements(awsReadPolicy([secret("db")], where)), [
      { Sid: "ReadSecrets", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret("db").arn] },
    ]);
  });

  it("lets no key be used without a customer key: the account's own needs no right", () => {
    assert.ok(!awsReadPolicy([parameter("a"), secret("a")], where).includes("kms"));
  });

  it("allows what the CSI driver's provider calls for what Pods mount, and that alone", () => {
    assert.deepEqual(
      statements(awsReadPolicy([parameter("a")], where, [parameter("b"), secret("db")])).map(
        ({ Sid, Action, Resource }) => [Sid, Action, Resource],
      ),
      [
        ["ReadParameters", "ssm:GetParameter", [parameter("a").arn]],
        ["MountParameters", "ssm:GetParameters", [parameter("b").arn]],
        ["MountSecrets", ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], [secret("db").arn]],
      ],
    );
  });

  it("decrypts with the customer key for the very objects, and only through their service", () => {
    const policy = awsReadPolicy([{ ...parameter("a"), kmsKeyArn: key }, parameter("b")], where);
    assert.deepEqual(statements(policy)[1], {
      Sid: "Decrypt1",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: key,
      Condition: {
        StringEquals: {
          "kms:ViaService": "ssm.eu-central-1.amazonaws.com",
          "kms:EncryptionContext:PARAMETER_ARN": [parameter("a").arn],
        },
      },
    });
  });

  it("keeps keys apart", () => {
    const policy = awsReadPolicy(
      [
        { ...secret("a"), kmsKeyArn: otherKey },
        { ...secret("b"), kmsKeyArn: key },
      ],
      where,
    );
    const decrypting = statements(policy).slice(1);
    assert.deepEqual(
      decrypting.map(({ Sid, Resource, Condition }) => [Sid, Resource, Condition]),
      [
        [
          "Decrypt1",
          key,
          {
            StringEquals: {
              "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
              "kms:EncryptionContext:SecretARN": [secret("b").arn],
            },
          },
        ],
        [
          "Decrypt2",
          otherKey,
          {
            StringEquals: {
              "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
              "kms:EncryptionContext:SecretARN": [secret("a").arn],
            },
          },
        ],
      ],
    );
  });

  it("names the services of China by their own hosts", () => {
    const policy = awsReadPolicy([{ ...parameter("a"), kmsKeyArn: key }], {
      region: "cn-north-1",
      partition: "aws-cn",
    });
    assert.match(policy, /"kms:ViaService":"ssm\.cn-north-1\.amazonaws\.com\.cn"/);
  });

  for (const wildcard of ["*", "?"]) {
    it(`rejects an ARN or key with ${wildcard}`, () => {
      const message = `an IAM policy must name exact ARNs, but "${parameter(wildcard).arn}" contains a wildcard`;
      assert.throws(() => awsReadPolicy([parameter(wildcard)], where), { message });
      assert.throws(() => awsReadPolicy([{ ...parameter("a"), kmsKeyArn: `${key}${wildcard}` }], where), {
        message: `an IAM policy must name exact ARNs, but "${key}${wildcard}" contains a wildcard`,
      });
    });
  }
});

describe("AWS trust", () => {
  it("is in one service account of one issuer, for one audience", () => {
    const trust = webIdentityTrust({
      oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/issuer.example/main",
      issuer: "https://issuer.example/main",
      namespace: "shop",
      serviceAccount: "secrets-reader",
    });
    assert.deepEqual(JSON.parse(trust), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TrustReader",
          Effect: "Allow",
          Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/issuer.example/main" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "issuer.example/main:sub": "system:serviceaccount:shop:secrets-reader",
              "issuer.example/main:aud": "sts.amazonaws.com",
            },
          },
        },
      ],
    });
  });

  it("keeps the slash at the end of an issuer, as tokens have it", () => {
    const trust = webIdentityTrust({
      oidcProviderArn: "arn",
      issuer: "https://issuer.example/main/",
      namespace: "shop",
      serviceAccount: "secrets-reader",
    });
    assert.match(trust, /"issuer\.example\/main\/:sub"/);
  });

  it("between operator and reader is in one role on each side", () => {
    const arn = "arn:aws:iam::111122223333:role/acme.dev.main.operator";
    assert.deepEqual(statements(roleTrust(arn)), [
      { Sid: "TrustOperator", Effect: "Allow", Principal: { AWS: arn }, Action: ["sts:AssumeRole", "sts:TagSession"] },
    ]);
    assert.deepEqual(statements(assumePolicy(arn)), [
      { Sid: "BecomeReader", Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: arn },
    ]);
  });

  it("in Pods is in those of one service account of one cluster", () => {
    const clusterArn = "arn:aws:eks:eu-central-1:111122223333:cluster/main";
    const trust = podIdentityTrust({ clusterArn, namespace: "external-secrets", serviceAccount: "external-secrets" });
    assert.deepEqual(statements(trust), [
      {
        Sid: "TrustPods",
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-arn": clusterArn,
            "aws:RequestTag/kubernetes-namespace": "external-secrets",
            "aws:RequestTag/kubernetes-service-account": "external-secrets",
          },
        },
      },
    ]);
  });
});
