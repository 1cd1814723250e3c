import assert from "node:assert/strict";
import type { ClusterSpec, GooglePool } from "../../../../components/clusters/contract.ts";
import { checkGcpIdentity } from "../../../../components/backends/gcp/identity-rules.ts";
import { gcpIdentity } from "../../../../components/backends/gcp/identity.ts";
import { gcpProvider } from "../../../../components/backends/gcp/secret-store.ts";
import type { GcpSecretManagerSpec } from "../../../../components/backends/gcp/secret-manager.ts";
import { runProgram } from "../../../support/mocks.ts";
import { gke, googlePool, grant, provider, store } from "../identity-rows/gcp.ts";
import { cluster } from "../identity-rows/row.ts";

const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
const [memberType, accountType, userType] = [
  "gcp:secretmanager/secretIamMember:SecretIamMember",
  "gcp:serviceaccount/account:Account",
  "gcp:serviceaccount/iAMMember:IAMMember",
] as const;
const make = (changes: Partial<GcpSecretManagerSpec>, on: ClusterSpec, ...names: string[]) =>
  runProgram(() =>
    gcpIdentity("main/shop", {
      store: { ...store, ...changes },
      cluster: on,
      scope,
      grants: names.map(grant),
      options: {},
    }),
  );
const federated = { identityProviders: { main: provider } };
const gkePrincipal =
  "principal://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/acme-clusters.svc.id.goog/subject/ns/shop/sa/secrets-reader";

describe("identity for Google's Secret Manager", () => {
  it("binds a service account of GKE to each secret, by the number of the cluster's project", async () => {
    const { resources } = await make({}, gke, "shop-db", "shop-api");
    assert.deepEqual(resources.contents, [
      `${memberType} main/shop/reads/shop-api`,
      `${memberType} main/shop/reads/shop-db`,
    ]);
    assert.deepEqual(resources.find(memberType, "main/shop/reads/shop-db").inputs, {
      project: "acme-secrets",
      secretId: "shop-db",
      role: "roles/secretmanager.secretAccessor",
      member: gkePrincipal,
    });
  });

  it("tells the operator which cluster it is on, and nothing of another project's number", async () => {
    const { result } = await make({}, gke, "shop-db");
    assert.deepEqual(gcpProvider(store, result.login), {
      gcpsm: {
        projectID: "acme-secrets",
        secretVersionSelectionPolicy: "LatestOrFail",
        auth: {
          workloadIdentity: {
            clusterProjectID: "acme-clusters",
            clusterLocation: "europe-west3",
            clusterName: "prod-1",
            serviceAccountRef: { name: "secrets-reader" },
          },
        },
      },
    });
    assert.deepEqual(result.login, {
      kind: "service-account",
      serviceAccount: "secrets-reader",
      annotations: {},
      trust: { by: "gke", ...googlePool },
    });
  });

  it("knows the number of a cluster's project where it is the store's own", async () => {
    const { projectNumber: _, ...numberless } = googlePool;
    const traits = { ...gke.traits, googlePool: { ...numberless, project: "acme-secrets" } };
    const { resources } = await make({}, { ...gke, traits }, "shop-db");
    assert.equal(
      resources.find(memberType, "main/shop/reads/shop-db").inputs["member"],
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme-secrets.svc.id.goog/subject/ns/shop/sa/secrets-reader",
    );
  });

  it("binds the subject of any other cluster's tokens, in the pool that trusts it", async () => {
    const { resources, result } = await make(federated, cluster, "shop-db");
    assert.equal(
      resources.find(memberType, "main/shop/reads/shop-db").inputs["member"],
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/clusters/subject/system:serviceaccount:shop:secrets-reader",
    );
    assert.deepEqual(gcpProvider(store, result.login).gcpsm?.auth, {
      workloadIdentityFederation: {
        audience: `//iam.googleapis.com/${provider}`,
        serviceAccountRef: { name: "secrets-reader", audiences: [`https://iam.googleapis.com/${provider}`] },
      },
    });
  });

  it("lets a namespace on GKE act as an account of its own, where that is chosen", async () => {
    const { resources, result } = await make({ linkedAccounts: true }, gke, "shop-db");
    const account = resources.find(accountType, "main/shop/account").inputs;
    assert.match(String(account["accountId"]), /^sr-shop-[0-9a-f]{10}$/);
    const email = `${String(account["accountId"])}@acme-secrets.iam.gserviceaccount.com`;
    assert.deepEqual(resources.find(userType, "main/shop/account-user").inputs, {
      serviceAccountId: `projects/acme-secrets/serviceAccounts/${email}`,
      role: "roles/iam.workloadIdentityUser",
      member: gkePrincipal,
    });
    assert.equal(resources.find(memberType, "main/shop/reads/shop-db").inputs["member"], `serviceAccount:${email}`);
    assert.equal(result.dependsOn.length, 3);
    assert.deepEqual(Object.keys(result.login.annotations), ["iam.gke.io/gcp-service-account"]);
  });

  it("needs no account of Google's elsewhere, chosen or not", async () => {
    const { resources } = await make({ ...federated, linkedAccounts: true }, cluster, "shop-db");
    resources.assertNone(accountType);
    resources.assertNone(userType);
  });

  it("gives nothing to a namespace that is granted nothing", async () => {
    assert.deepEqual((await make({}, gke)).resources.contents, []);
  });
});

describe("what a cluster must tell Google", () => {
  it("is a provider that trusts it, unless it is of GKE", () => {
    assert.deepEqual(checkGcpIdentity(store, cluster), [
      {
        path: "stores.google.identityProviders.main",
        problem: "is missing: Google needs a provider that trusts the service accounts of cluster main",
        fix: "create a pool and a provider (docs/identity/google.md#federation) and name the provider here, or let this program create them: stores.google.identityPools",
      },
    ]);
    assert.deepEqual(checkGcpIdentity({ ...store, ...federated }, cluster), []);
  });

  it("is the number of its project, where that is not the store's", () => {
    const { projectNumber: _, ...numberless } = googlePool;
    const on = (changes: Partial<GooglePool>): ClusterSpec => ({
      ...gke,
      traits: { ...gke.traits, googlePool: { ...numberless, ...changes } },
    });
    assert.deepEqual(checkGcpIdentity(store, on({})), [
      {
        path: "clusters.main.projectNumber",
        problem:
          "is missing: the cluster is in another project (acme-clusters) than store google (acme-secrets), and the principals of its service accounts contain this number",
        fix: "gcloud projects describe acme-clusters --format='value(projectNumber)'",
      },
    ]);
    assert.deepEqual(checkGcpIdentity(store, on({ project: "acme-secrets" })), []);
  });

  it("is no provider on GKE: it would have no effect", () => {
    assert.deepEqual(checkGcpIdentity({ ...store, ...federated }, gke), [
      {
        path: "stores.google.identityProviders.main",
        problem: "has no effect: cluster main is a GKE cluster, which uses its own pool",
        fix: "pulumi config rm --path 'stores.google.identityProviders.main'",
      },
    ]);
  });

  describe("about a pool that is made here", () => {
    const pools = { main: { id: "cluster-main", issuer: "https://issuer.example/clusters/main" } };

    it("is the issuer that the cluster itself tells, character by character", () => {
      assert.deepEqual(checkGcpIdentity({ ...store, identityPools: pools }, cluster), []);
      const other = { main: { ...pools.main, issuer: "https://issuer.example/clusters/main/" } };
      assert.deepEqual(checkGcpIdentity({ ...store, identityPools: other }, cluster), [
        {
          path: "stores.google.identityPools.main.issuer",
          problem:
            'is "https://issuer.example/clusters/main/", but the issuer of the cluster is "https://issuer.example/clusters/main" (clusters.main.issuer); Google compares them character by character',
          fix: "kubectl get --raw /.well-known/openid-configuration (its field issuer, exactly as it stands there)",
        },
      ]);
    });

    it("is nothing where a provider is named already, or on GKE", () => {
      const path = "stores.google.identityPools.main";
      const fix = `pulumi config rm --path '${path}'`;
      assert.deepEqual(checkGcpIdentity({ ...store, ...federated, identityPools: pools }, cluster), [
        { path, problem: "has no effect: stores.google.identityProviders.main names a provider for the cluster", fix },
      ]);
      assert.deepEqual(checkGcpIdentity({ ...store, identityPools: pools }, gke), [
        { path, problem: "has no effect: cluster main is a GKE cluster, which uses its own pool", fix },
      ]);
    });

    it("is where its readers are bound", async () => {
      const { resources } = await make({ identityPools: pools }, cluster, "shop-db");
      assert.equal(
        resources.find(memberType, "main/shop/reads/shop-db").inputs["member"],
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/cluster-main/subject/system:serviceaccount:shop:secrets-reader",
      );
    });
  });
});
