import assert from "node:assert/strict";
import type { ClusterSpec } from "../../../../components/clusters/contract.ts";
import { awsProvider } from "../../../../components/backends/aws/secret-store.ts";
import { awsIdentity } from "../../../../components/backends/aws/identity.ts";
import {
  checkAwsIdentity,
  type AwsLogin,
  type AwsStoreSpec,
} from "../../../../components/backends/aws/identity-rules.ts";
import type { AwsReadGrant } from "../../../../components/backends/aws/grant.ts";
import { failureOf, runProgram } from "../../../support/mocks.ts";
import { parameterArn } from "../../../support/providers/aws.ts";
import { eks, parameterStore, podIdentity, secretsManager } from "../identity-rows/aws.ts";
import { cluster } from "../identity-rows/row.ts";

const [roleType, policyType, oidcType, associationType] = [
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  "aws:eks/podIdentityAssociation:PodIdentityAssociation",
];
const creating: AwsStoreSpec = { ...parameterStore, oidcProviders: { main: "create" } };
const boundary = "arn:aws:iam::111122223333:policy/bound";
const bounded: AwsStoreSpec = { ...parameterStore, roles: { path: "/platform/", permissionsBoundary: boundary } };
const belowPath = (name: string) => `arn:aws:iam::111122223333:role/platform/${name}`;
const grants = (...names: string[]): AwsReadGrant[] =>
  names.map((name) => ({ kind: "aws-parameter-store", arn: parameterArn(`/acme-test/${name}`) }));

interface Wanted {
  readonly namespace?: string;
  readonly store?: AwsStoreSpec;
  readonly on?: ClusterSpec;
  readonly objects?: readonly string[];
}
const identity = ({ namespace = "shop", store = parameterStore, on = eks, objects = ["shop/db"] }: Wanted = {}) =>
  awsIdentity(`main/${namespace}`, {
    store,
    cluster: on,
    scope: { platform: "acme", environment: "test", cluster: "main", namespace },
    grants: grants(...objects),
    options: {},
  });
const policyOf = (text: unknown) => JSON.parse(String(text)) as { readonly Statement: readonly [Statement] };
interface Statement {
  readonly Principal: Readonly<Record<string, string>>;
  readonly Resource: string;
  readonly Condition: { readonly StringEquals: Readonly<Record<string, string>> };
}

describe("AWS identity of a service account", () => {
  it("is a role for the namespace and the store, that the account's annotation names", async () => {
    const { resources, result } = await runProgram(() => identity());
    assert.deepEqual(resources.contents, ["aws:iam/role:Role main/shop/role", `${policyType} main/shop/policy`].sort());
    const { inputs } = resources.find(roleType, "main/shop/role");
    assert.equal(inputs["name"], "acme.test.main.shop.ssm");
    assert.deepEqual(inputs["tags"], {
      "managed-by": "pulumi",
      platform: "acme",
      environment: "test",
      cluster: "main",
      namespace: "shop",
    });
    const roleArn = "arn:aws:iam::111122223333:role/acme.test.main.shop.ssm";
    assert.deepEqual(result.login, {
      kind: "service-account",
      serviceAccount: "secrets-reader",
      annotations: { "eks.amazonaws.com/role-arn": roleArn },
      roleArn,
    });
  });

  it("is made below a path and with a boundary where the store says so", async () => {
    const { resources, result } = await runProgram(() => identity({ store: bounded }));
    const { inputs } = resources.find(roleType, "main/shop/role");
    assert.equal(inputs["path"], "/platform/");
    assert.equal(inputs["permissionsBoundary"], boundary);
    assert.ok(result.login.kind === "service-account");
    assert.equal(result.login.annotations["eks.amazonaws.com/role-arn"], belowPath("acme.test.main.shop.ssm"));
  });

  it("is without both where the store does not", async () => {
    const { inputs } = (await runProgram(() => identity())).resources.find(roleType, "main/shop/role");
    assert.deepEqual(Object.keys(inputs).sort(), ["assumeRolePolicy", "description", "name", "tags"]);
  });

  it("trusts the issuer of any cluster that tells it", async () => {
    const { resources } = await runProgram(() => identity({ on: cluster }));
    const [trust] = policyOf(resources.find(roleType, "main/shop/role").inputs["assumeRolePolicy"]).Statement;
    assert.deepEqual(trust.Principal, {
      Federated: "arn:aws:iam::111122223333:oidc-provider/issuer.example/clusters/main",
    });
    assert.deepEqual(trust.Condition.StringEquals, {
      "issuer.example/clusters/main:sub": "system:serviceaccount:shop:secrets-reader",
      "issuer.example/clusters/main:aud": "sts.amazonaws.com",
    });
  });

  it("makes no OIDC provider unless told to: one for each issuer and account is there already", async () => {
    (await runProgram(() => identity())).resources.assertNone(oidcType);
  });

  it("makes one OIDC provider for all namespaces and stores of an account, which belongs to none of them", async () => {
    const { resources } = await runProgram(() => {
      identity({ store: creating });
      identity({ namespace: "till", store: secretsManager });
    });
    assert.deepEqual(resources.names(oidcType), ["main/oidc-provider/111122223333"]);
    const { inputs, parent } = resources.find(oidcType, "main/oidc-provider/111122223333");
    assert.equal(parent, "");
    assert.deepEqual([inputs["url"], inputs["clientIdLists"]], [eks.issuer, ["sts.amazonaws.com"]]);
  });

  it("makes it again in the next program of the process", async () => {
    const programs = [0, 1].map(() => () => identity({ store: creating }));
    for (const program of programs) {
      assert.equal((await runProgram(program)).resources.names(oidcType).length, 1);
    }
  });

  it("makes one in each account", async () => {
    const { resources } = await runProgram(() => {
      identity({ store: creating });
      identity({ namespace: "till", store: { ...creating, name: "other", accountId: "999900001111" } });
    });
    assert.deepEqual(resources.names(oidcType), ["main/oidc-provider/111122223333", "main/oidc-provider/999900001111"]);
  });

  it("rejects a policy that IAM would not take, and says what helps", async () => {
    const objects = Array.from({ length: 200 }, (_, index) => `shop/db/key-${index}`);
    assert.equal(
      await failureOf(() => identity({ objects })),
      'error serializing property "policy": ' +
        "main/shop: the policy of its role has 15211 characters; IAM allows at most 10240 per role.\n" +
        "    fix: fewer objects to read: pulumi config set --path 'stores.ssm.layout' bundle, or split the namespace",
    );
  });

  it("needs the cluster's issuer", () => {
    const { issuer: _, ...silent } = cluster;
    assert.deepEqual(checkAwsIdentity(parameterStore, silent as ClusterSpec), [
      {
        path: "clusters.main.issuer",
        problem: "is missing: store ssm trusts the cluster's service accounts through this issuer",
        fix: "kubectl get --raw /.well-known/openid-configuration (its field issuer, exactly as it stands there)",
      },
    ]);
  });
});

describe("AWS identity by EKS Pod Identity", () => {
  it("gives the operator one role and association for all namespaces, which may become exactly theirs", async () => {
    const { resources } = await runProgram(() => {
      identity({ on: podIdentity });
      identity({ namespace: "till", on: podIdentity, store: secretsManager });
    });
    assert.deepEqual(resources.names(roleType), ["main/operator-role", "main/shop/role", "main/till/role"]);
    assert.deepEqual(resources.names(associationType), ["main/operator-pod-identity"]);
    const { inputs, parent } = resources.find(associationType, "main/operator-pod-identity");
    assert.equal(parent, "");
    assert.deepEqual(
      { ...inputs, tags: undefined },
      {
        clusterName: "main-eks",
        namespace: "external-secrets",
        serviceAccount: "external-secrets",
        roleArn: "arn:aws:iam::111122223333:role/acme.test.main.operator",
        tags: undefined,
      },
    );
    const become = ["shop", "till"].map((namespace) => {
      const policy = resources.find(policyType, `main/${namespace}/operator-policy`).inputs;
      assert.equal(policy["role"], "acme.test.main.operator");
      return policyOf(policy["policy"]).Statement[0].Resource;
    });
    assert.deepEqual(become, [
      "arn:aws:iam::111122223333:role/acme.test.main.shop.ssm",
      "arn:aws:iam::111122223333:role/acme.test.main.till.sm",
    ]);
    const [trust] = policyOf(resources.find(roleType, "main/shop/role").inputs["assumeRolePolicy"]).Statement;
    assert.deepEqual(trust.Principal, { AWS: "arn:aws:iam::111122223333:role/acme.test.main.operator" });
  });

  it("makes the operator's role below the path and with the boundary of the others, which trust it there", async () => {
    const { resources } = await runProgram(() => identity({ store: bounded, on: podIdentity }));
    for (const name of ["main/operator-role", "main/shop/role"]) {
      const { inputs } = resources.find(roleType, name);
      assert.deepEqual([inputs["path"], inputs["permissionsBoundary"]], ["/platform/", boundary]);
    }
    const [trust] = policyOf(resources.find(roleType, "main/shop/role").inputs["assumeRolePolicy"]).Statement;
    assert.deepEqual(trust.Principal, { AWS: belowPath("acme.test.main.operator") });
    const [assume] = policyOf(resources.find(policyType, "main/shop/operator-policy").inputs["policy"]).Statement;
    assert.equal(assume.Resource, belowPath("acme.test.main.shop.ssm"));
  });

  it("waits for the operator's role, in which IAM would otherwise refuse to trust", async () => {
    const { resources } = await runProgram(() => identity({ on: podIdentity }));
    const { dependsOn } = resources.find(roleType, "main/shop/role").options;
    assert.deepEqual(dependsOn, ["main/operator-pod-identity", "main/operator-role"]);
  });

  it("makes the association where the cluster is, which its issuer says", async () => {
    const far = {
      ...podIdentity,
      issuer: "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
    } as ClusterSpec;
    const { resources } = await runProgram(() => identity({ on: far }));
    assert.equal(resources.find(associationType, "main/operator-pod-identity").inputs["region"], "us-east-1");
    const [trust] = policyOf(resources.find(roleType, "main/operator-role").inputs["assumeRolePolicy"]).Statement;
    assert.equal(
      trust.Condition.StringEquals["aws:RequestTag/eks-cluster-arn"],
      "arn:aws:eks:us-east-1:111122223333:cluster/main-eks",
    );
  });

  it("rejects a second account, since a service account has one association", async () => {
    const other = { ...parameterStore, name: "other", accountId: "999900001111" };
    assert.equal(
      await failureOf(() => {
        identity({ on: podIdentity });
        identity({ namespace: "till", on: podIdentity, store: other });
      }),
      "clusters.main: with Pod Identity, its operator has a role in account 111122223333, but store other is in account 999900001111.\n" +
        "    fix: pulumi config set --path 'clusters.main.identity' irsa",
    );
  });

  it("needs no issuer, and rejects an OIDC provider that nobody would use", () => {
    const { issuer: _, ...silent } = podIdentity;
    assert.deepEqual(checkAwsIdentity(parameterStore, silent as ClusterSpec), []);
    assert.deepEqual(checkAwsIdentity(creating, podIdentity), [
      {
        path: "stores.ssm.oidcProviders.main",
        problem: "has no effect: the cluster uses pod-identity, which needs no OIDC provider",
        fix: "pulumi config rm --path 'stores.ssm.oidcProviders.main'",
      },
    ]);
  });
});

describe("provider of a SecretStore on AWS", () => {
  const account = {
    kind: "service-account",
    serviceAccount: "secrets-reader",
    annotations: {},
    roleArn: "arn",
  } as const;

  it("names the service and the region, and the account that reads", () => {
    assert.deepEqual(awsProvider(secretsManager, account), {
      aws: {
        service: "SecretsManager",
        region: "eu-central-1",
        auth: { jwt: { serviceAccountRef: { name: "secrets-reader" } } },
      },
    });
  });

  it("names the role that the operator takes on, and no account", () => {
    assert.deepEqual(awsProvider(parameterStore, { kind: "operator", roleArn: "arn" }), {
      aws: { service: "ParameterStore", region: "eu-central-1", role: "arn" },
    });
  });

  it("can't be given both: that does not type-check", () => {
    // @ts-expect-error: Pod Identity and a service account together are what the operator would refuse.
    const both: AwsLogin = { kind: "operator", roleArn: "arn", serviceAccount: "secrets-reader" };
    // @ts-expect-error: and a store without any role would use the operator's own.
    const neither: AwsLogin = { kind: "operator" };
    assert.ok(both !== neither);
  });
});
