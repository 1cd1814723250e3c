import assert from "node:assert/strict";
import { plainTraits } from "../../../../components/clusters/flavours/flavour.ts";
import type { ClusterSpec, ExternalSecretsSpec } from "../../../../components/clusters/contract.ts";
import { openCluster } from "../../../../components/clusters/open.ts";
import {
  controllerRules,
  leaderElectionRules,
} from "../../../../components/external-secrets/operator/controller-rbac.ts";
import { operatorValues } from "../../../../components/external-secrets/operator/values.ts";
import { ExternalSecretsOperator } from "../../../../components/external-secrets/operator/operator.ts";
import { runProgram } from "../../../support/mocks.ts";

const release = "kubernetes:helm.sh/v3:Release";
const rbac = "kubernetes:rbac.authorization.k8s.io/v1";
const spec: ExternalSecretsSpec = {
  install: true,
  version: "2.9.0",
  chart: "external-secrets",
  repository: "https://charts.example",
  namespace: "operators",
  webhook: true,
  concurrency: 10,
  deadlineSeconds: 900,
  serviceMonitor: false,
  pushSecrets: false,
};

const clusterOf = (externalSecrets: ExternalSecretsSpec): ClusterSpec => ({
  flavour: "kubeconfig",
  name: "main",
  upsertExistingObjects: false,
  externalSecrets,
  traits: plainTraits,
});
const install = (
  externalSecrets: ExternalSecretsSpec,
  changed: (cluster: ClusterSpec) => ClusterSpec = (same) => same,
) =>
  runProgram(() => {
    const cluster = openCluster(changed(clusterOf(externalSecrets)), "acme/test", {});
    return new ExternalSecretsOperator("main", {
      cluster,
      sizing: { replicas: 2 },
      storePorts: [443, 8200],
      makeNamespace: true,
    });
  });

/** Names of what a later resource would wait for. */
const readyNames = ({ ready }: ExternalSecretsOperator) =>
  Promise.all(
    ready.map(({ urn }) => new Promise<string>((resolve) => urn.apply((text) => resolve(text.split("::")[3] ?? "")))),
  );

describe("External Secrets Operator", () => {
  it("is a namespace and a release where the chart can do without the blanket token right", async () => {
    const { resources, result } = await install(spec);
    assert.deepEqual(resources.contents, [
      "kubernetes:core/v1:Namespace main/operator-namespace-kept",
      "kubernetes:helm.sh/v3:Release main/operator",
      "pulumi:providers:kubernetes main",
      "secrets:external-secrets:ExternalSecretsOperator main",
    ]);
    assert.equal(result.namespace, "operators");
    assert.deepEqual(await readyNames(result), ["main/operator"]);
  });

  it("makes a ConfigMap of the certificates that facts bring, before its Pods", async () => {
    const caBundle = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const { resources } = await install({ ...spec, caBundle });
    const { metadata, data } = resources.find("kubernetes:core/v1:ConfigMap", "main/ca-bundle").inputs;
    assert.deepEqual(metadata, { name: "external-secrets-ca-bundle", namespace: "operators" });
    assert.deepEqual(data, { "ca-bundle.crt": caBundle });
  });

  it("admits Pods on the network of their node only where the webhook is one", async () => {
    const enforced = async (changes: Partial<ExternalSecretsSpec>) => {
      const { resources } = await install({ ...spec, ...changes });
      const { metadata } = resources.find("kubernetes:core/v1:Namespace", "main/operator-namespace-kept").inputs;
      return (metadata as { readonly labels: object }).labels;
    };
    const enforce = (profile: string) => ({ "pod-security.kubernetes.io/enforce": profile });
    assert.deepEqual(await enforced({}), enforce("restricted"));
    assert.deepEqual(await enforced({ webhookHostNetwork: true, webhookPort: 9443 }), enforce("privileged"));
  });

  it("brings the controller's rights where the chart can't", async () => {
    const { resources, result } = await install({ ...spec, version: "0.20.3" });
    assert.deepEqual(resources.contents, [
      "kubernetes:core/v1:Namespace main/operator-namespace-kept",
      "kubernetes:helm.sh/v3:Release main/operator",
      `${rbac}:ClusterRole main/operator-role`,
      `${rbac}:ClusterRoleBinding main/operator-role-binding`,
      `${rbac}:Role main/operator-leases`,
      `${rbac}:RoleBinding main/operator-leases-binding`,
      "pulumi:providers:kubernetes main",
      "secrets:external-secrets:ExternalSecretsOperator main",
    ]);
    assert.deepEqual(
      resources.find(`${rbac}:ClusterRole`, "main/operator-role").inputs["rules"],
      controllerRules({ clusterStores: false, pushSecrets: false }),
    );
    assert.deepEqual(resources.find(`${rbac}:Role`, "main/operator-leases").inputs["rules"], leaderElectionRules);
    // Rights go last at destroy, so that finalizers can still be taken off.
    assert.deepEqual(resources.find(release, "main/operator").options.dependsOn, [
      "main/operator-leases",
      "main/operator-leases-binding",
      "main/operator-namespace-kept",
      "main/operator-role",
      "main/operator-role-binding",
    ]);
    assert.deepEqual((await readyNames(result)).sort(), [
      "main/operator",
      "main/operator-leases",
      "main/operator-leases-binding",
      "main/operator-role",
      "main/operator-role-binding",
    ]);
  });

  it("gives these rights to the operator's own account alone", async () => {
    const { resources } = await install({ ...spec, version: "0.20.3" });
    const subjects = [{ kind: "ServiceAccount", name: "external-secrets", namespace: "operators" }];
    const clusterWide = resources.find(`${rbac}:ClusterRoleBinding`, "main/operator-role-binding").inputs;
    const own = resources.find(`${rbac}:RoleBinding`, "main/operator-leases-binding").inputs;
    assert.deepEqual(
      [clusterWide["subjects"], clusterWide["roleRef"]],
      [
        subjects,
        { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "external-secrets-controller-scoped" },
      ],
    );
    assert.deepEqual(
      [own["subjects"], own["roleRef"], own["metadata"]],
      [
        subjects,
        { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "external-secrets-leader-election-scoped" },
        { name: "external-secrets-leader-election-scoped", namespace: "operators" },
      ],
    );
  });

  it("is installed by one release that leaves nothing behind when it fails", async () => {
    const { resources } = await install(spec);
    const { inputs, options, parent } = resources.find(release, "main/operator");
    const { compat: _, ...named } = inputs;
    assert.deepEqual(named, {
      name: "external-secrets",
      chart: "external-secrets",
      version: "2.9.0",
      namespace: "operators",
      repositoryOpts: { repo: "https://charts.example" },
      values: operatorValues(clusterOf(spec), { replicas: 2 }),
      atomic: true,
      timeout: 900,
      maxHistory: 5,
    });
    assert.deepEqual([options.dependsOn, parent], [["main/operator-namespace-kept"], "main"]);
  });

  it("comes from a folder where the chart is one", async () => {
    const { repository: _, ...folder } = { ...spec, chart: "./charts/external-secrets" };
    const { inputs } = (await install(folder)).resources.find(release, "main/operator");
    assert.deepEqual([inputs["chart"], "repositoryOpts" in inputs], ["./charts/external-secrets", false]);
  });

  it("admits no Pod that breaks the restricted profile into its namespace", async () => {
    const { resources } = await install(spec);
    assert.deepEqual(
      resources.find("kubernetes:core/v1:Namespace", "main/operator-namespace-kept").inputs["metadata"],
      {
        name: "operators",
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      },
    );
  });

  it("closes its namespace but for what its programs need, where facts ask for it", async () => {
    const networkPolicy = { apiServer: [], stores: [], storePorts: [443] };
    const { resources, result } = await install({ ...spec, networkPolicy });
    const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    assert.deepEqual(resources.names(type), [
      "main/operator-network/default-deny",
      "main/operator-network/dns-and-api-server",
      "main/operator-network/external-secrets",
      "main/operator-network/external-secrets-webhook",
    ]);
    for (const name of resources.names(type)) {
      const { inputs } = resources.find(type, name);
      assert.equal((inputs["metadata"] as { namespace: string }).namespace, "operators");
    }
    assert.ok((await readyNames(result)).includes("main/operator-network/external-secrets"));
  });

  it("lets its controller reach the ports of the stores that the cluster reads, where facts name none", async () => {
    const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    for (const [storePorts, ports] of [
      [undefined, [443, 8200]],
      [[8443], [8443]],
    ] as const) {
      const networkPolicy = { apiServer: [], stores: [], ...(storePorts === undefined ? {} : { storePorts }) };
      const { resources } = await install({ ...spec, networkPolicy });
      const { egress } = resources.find(type, "main/operator-network/external-secrets").inputs["spec"] as {
        readonly egress: unknown;
      };
      assert.deepEqual(egress, [{ ports: ports.map((port) => ({ protocol: "TCP", port })) }]);
    }
  });

  it("has its webhook at the port of the facts, where the API server is let through", async () => {
    const networkPolicy = { apiServer: [], stores: [] };
    const { resources } = await install({ ...spec, networkPolicy, webhookPort: 9443 });
    const { values } = resources.find(release, "main/operator").inputs as {
      readonly values: { readonly webhook: { readonly port?: number } };
    };
    const policy = resources.find(
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "main/operator-network/external-secrets-webhook",
    ).inputs["spec"] as { readonly ingress: unknown };
    assert.equal(values.webhook.port, 9443);
    assert.deepEqual(policy.ingress, [{ ports: [{ protocol: "TCP", port: 9443 }] }]);
    assert.equal("port" in operatorValues(clusterOf(spec), { replicas: 2 }).webhook, false);
  });

  it("takes the certificates that OpenShift trusts, and leaves their content to it", async () => {
    const openshift = (trustedCaBundle: boolean) => (cluster: ClusterSpec) => ({
      ...cluster,
      traits: { ...plainTraits, trustedCaBundle },
    });
    const { resources } = await install(spec, openshift(true));
    const { inputs, options } = resources.find("kubernetes:core/v1:ConfigMap", "main/trusted-ca");
    assert.deepEqual(inputs["metadata"], {
      name: "external-secrets-trusted-ca",
      namespace: "operators",
      labels: { "config.openshift.io/inject-trusted-cabundle": "true" },
    });
    assert.deepEqual(["data" in inputs, options.ignoreChanges], [false, ["data"]]);
    const without = await install(spec, openshift(false));
    without.resources.assertNone("kubernetes:core/v1:ConfigMap");
  });
});
