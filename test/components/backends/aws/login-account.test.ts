import assert from "node:assert/strict";
import type { AwsReadGrant } from "../../../../components/backends/aws/grant.ts";
import { awsIdentity } from "../../../../components/backends/aws/identity.ts";
import type { AwsStoreSpec } from "../../../../components/backends/aws/identity-rules.ts";
import { awsProvider } from "../../../../components/backends/aws/secret-store.ts";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";
import { runProgram } from "../../../support/mocks.ts";
import { parameterArn } from "../../../support/providers/aws.ts";
import { eks, parameterStore } from "../identity-rows/aws.ts";

const loginAccount = {
  accountId: "444455556666",
  profile: "clusters",
  externalId: "acme-test",
  sessionTags: { team: "ml" },
  roles: { path: "/platform/" },
} as const;
const store: AwsStoreSpec = { ...parameterStore, oidcProviders: { main: "create" }, loginAccount };
const grants: readonly AwsReadGrant[] = [{ kind: "aws-parameter-store", arn: parameterArn("/acme-test/shop/db") }];
const identity = (namespace = "shop", spec = store) =>
  awsIdentity(`main/${namespace}`, {
    store: spec,
    cluster: eks,
    scope: { platform: "acme", environment: "test", cluster: "main", namespace },
    grants,
    options: {},
  });
const policyOf = (text: unknown) => (JSON.parse(String(text)) as { readonly Statement: readonly object[] }).Statement;
const [roleType, policyType] = ["aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"];
const login = "arn:aws:iam::444455556666:role/platform/acme.test.main.shop.ssm";
const reader = "arn:aws:iam::111122223333:role/acme.test.main.shop.ssm";

describe("readers on AWS that log in to another account", () => {
  it("have a role there, made with that account's credentials, which may take on the reader's and nothing else", async () => {
    const { resources } = await runProgram(() => identity());
    const { inputs } = resources.find("pulumi:providers:aws", "ssm/login");
    assert.deepEqual(
      [JSON.parse(String(inputs["allowedAccountIds"])), inputs["profile"]],
      [["444455556666"], "clusters"],
    );
    const role = resources.find(roleType, "main/shop/login-role");
    assert.deepEqual(
      [role.provider, role.inputs["name"], role.inputs["path"]],
      ["ssm/login", "acme.test.main.shop.ssm", "/platform/"],
    );
    assert.match(JSON.stringify(role.inputs["assumeRolePolicy"]), /444455556666:oidc-provider\//);
    assert.match(JSON.stringify(role.inputs["assumeRolePolicy"]), /system:serviceaccount:shop:secrets-reader/);
    const policy = resources.find(policyType, "main/shop/login-policy");
    assert.equal(policy.provider, "ssm/login");
    assert.deepEqual(policyOf(policy.inputs["policy"]), [
      {
        Sid: "BecomeReader",
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Resource: reader,
      },
    ]);
    const provider = resources.find(
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      "main/oidc-provider/444455556666",
    );
    assert.equal(provider.provider, "ssm/login");
  });

  it("take on the role that reads, which trusts that role alone, by the agreed text", async () => {
    const { resources, result } = await runProgram(() => identity());
    const role = resources.find(roleType, "main/shop/role");
    assert.notEqual(role.provider, "ssm/login");
    assert.deepEqual(policyOf(role.inputs["assumeRolePolicy"]), [
      {
        Sid: "TrustLogin",
        Effect: "Allow",
        Principal: { AWS: login },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "acme-test" } },
      },
      { Sid: "TakeTags", Effect: "Allow", Principal: { AWS: login }, Action: "sts:TagSession" },
    ]);
    // IAM refuses trust in a role that is not there yet.
    assert.deepEqual(role.options.dependsOn, ["main/shop/login-role"]);
    assert.deepEqual(awsProvider(store, result.login as never), {
      aws: {
        service: "ParameterStore",
        region: "eu-central-1",
        auth: { jwt: { serviceAccountRef: { name: "secrets-reader" } } },
        role: reader,
        externalID: "acme-test",
        sessionTags: [{ key: "team", value: "ml" }],
      },
    });
    assert.deepEqual(result.login.kind === "service-account" && result.login.annotations, {
      "eks.amazonaws.com/role-arn": login,
    });
  });

  it("need neither a text nor tags, and may have their account reached by a role of the deployer's", async () => {
    const deployerRole = "arn:aws:iam::444455556666:role/deployer";
    const plain = { accountId: "444455556666", deployerRole, roles: { path: "/" } };
    const { resources, result } = await runProgram(() => identity("shop", { ...store, loginAccount: plain }));
    const { inputs } = resources.find("pulumi:providers:aws", "ssm/login");
    assert.deepEqual(JSON.parse(String(inputs["assumeRoles"])), [{ roleArn: deployerRole }]);
    assert.ok(!("profile" in inputs));
    assert.equal(policyOf(resources.find(roleType, "main/shop/role").inputs["assumeRolePolicy"]).length, 1);
    assert.deepEqual(Object.keys(awsProvider(store, result.login as never).aws ?? {}).sort(), [
      "auth",
      "region",
      "role",
      "service",
    ]);
  });

  it("share the provider and the issuer's trust, and no role: each may take on its own", async () => {
    const { resources } = await runProgram(() => [identity("shop"), identity("till")]);
    assert.deepEqual(resources.names("pulumi:providers:aws"), ["ssm/login"]);
    assert.deepEqual(resources.names("aws:iam/openIdConnectProvider:OpenIdConnectProvider"), [
      "main/oidc-provider/444455556666",
    ]);
    assert.doesNotMatch(JSON.stringify(resources.find(policyType, "main/shop/login-policy").inputs), /till/);
    assert.doesNotMatch(JSON.stringify(resources.find(roleType, "main/till/role").inputs), /shop/);
  });

  const issuer = "https://issuer.example/main";
  const factsWith = (login: object, cluster: object = {}) => ({
    ...facts,
    stores: {
      aws: { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "111122223333", loginAccount: login },
    },
    clusters: { main: { ...facts.clusters.main, issuer, ...cluster } },
    namespaces: { shop: { cluster: "main", store: "aws" } },
  });

  it("are facts of the store, with the usual path for roles", () => {
    const spec = environment({ facts: factsWith({ accountId: 444455556666 }) }).stores.get("aws");
    assert.deepEqual(spec?.kind === "aws-secrets-manager" && spec.loginAccount, {
      accountId: "444455556666",
      roles: { path: "/" },
    });
  });

  it("log in to another account than the store's, with a boundary of that one", () => {
    assert.equal(
      refusalOf({ facts: factsWith({ accountId: "111122223333" }) }),
      refusal(
        1,
        "  stores.aws.loginAccount: must be another account than that of the store, 111122223333: there readers log in without it",
        "    fix: pulumi config rm --path 'stores.aws.loginAccount'",
      ),
    );
    const permissionsBoundary = "arn:aws:iam::111122223333:policy/bound";
    assert.match(
      refusalOf({ facts: factsWith({ accountId: "444455556666", roles: { permissionsBoundary } }) }),
      /stores\.aws\.loginAccount\.roles\.permissionsBoundary: must begin with arn:aws:iam::444455556666: or arn:aws:iam::aws:/,
    );
  });

  it("are no Pods of the operator's, and none that mount files", () => {
    const pods = { flavour: "eks", clusterName: "main", identity: "pod-identity" };
    assert.equal(
      refusalOf({ facts: factsWith({ accountId: "444455556666" }, pods) }),
      refusal(
        1,
        "  stores.aws.loginAccount: has no effect on cluster main, whose operator logs in for all namespaces (pod-identity)",
        "    fix: pulumi config set --path 'clusters.main.identity' irsa",
      ),
    );
    const mounted = { ...factsWith({ accountId: "444455556666" }, { secretsStoreCsi: {} }), via: "csi" };
    assert.equal(
      refusalOf({ facts: mounted }),
      refusal(
        1,
        "  stores.aws.loginAccount: does not reach Pods of cluster main: the driver's provider for AWS becomes the role of their account, and takes on no other",
        "    fix: deliver via external-secret, or let the account of the store trust the cluster: pulumi config rm --path 'stores.aws.loginAccount'",
      ),
    );
  });
});
