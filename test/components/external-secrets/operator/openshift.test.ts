import assert from "node:assert/strict";
import { plainTraits } from "../../../../components/clusters/flavours/flavour.ts";
import type { NetworkPolicySpec } from "../../../../components/clusters/contract.ts";
import { openCluster } from "../../../../components/clusters/open.ts";
import { OpenShiftOperator } from "../../../../components/external-secrets/operator/openshift.ts";
import { runProgram } from "../../../support/mocks.ts";

const install = (networkPolicy?: NetworkPolicySpec) =>
  runProgram(() => {
    const cluster = openCluster(
      {
        flavour: "openshift",
        name: "main",
        upsertExistingObjects: false,
        traits: { ...plainTraits, operatorManager: "operator-lifecycle-manager" },
        externalSecrets: {
          install: true,
          version: "2.9.0",
          chart: "external-secrets",
          namespace: "external-secrets",
          webhook: true,
          concurrency: 10,
          deadlineSeconds: 300,
          serviceMonitor: false,
          pushSecrets: false,
          ...(networkPolicy === undefined ? {} : { networkPolicy }),
        },
      },
      "acme/test",
      {},
    );
    return new OpenShiftOperator("main", { cluster, storePorts: [443, 8200], makeNamespace: true });
  });

describe("Red Hat's operator on OpenShift", () => {
  it("is subscribed to and configured, each after the other, and no Helm release is made", async () => {
    const { resources, result } = await install();
    assert.deepEqual(resources.contents, [
      "kubernetes:core/v1:Namespace main/operator-manager-namespace-kept",
      "kubernetes:operator.openshift.io/v1alpha1:ExternalSecretsConfig main/operator-config",
      "kubernetes:operators.coreos.com/v1:OperatorGroup main/operator-group",
      "kubernetes:operators.coreos.com/v1alpha1:Subscription main/operator-subscription",
      "pulumi:providers:kubernetes main",
      "secrets:external-secrets:OpenShiftOperator main",
    ]);
    const config = resources.find(
      "kubernetes:operator.openshift.io/v1alpha1:ExternalSecretsConfig",
      "main/operator-config",
    );
    assert.deepEqual(config.options.dependsOn, ["main/operator-subscription"]);
    assert.equal((config.inputs["metadata"] as { name: string }).name, "cluster");
    assert.equal(result.namespace, "external-secrets");
  });

  for (const [facts, networkPolicy, rule] of [
    ["any address at the ports of the stores", undefined, { ports: [443, 8200] }],
    ["any address at the ports of the facts", { apiServer: [], stores: [], storePorts: [8443] }, { ports: [8443] }],
    [
      "the addresses of the facts",
      { apiServer: [], stores: ["10.0.40.0/24", "fd00::/8"] },
      { to: ["10.0.40.0/24", "fd00::/8"], ports: [443, 8200] },
    ],
  ] as const satisfies readonly (readonly [string, NetworkPolicySpec | undefined, object])[]) {
    it(`lets its controller reach ${facts}: Red Hat's own policies let it reach DNS and the API server only`, async () => {
      const { resources } = await install(networkPolicy);
      const config = resources.find(
        "kubernetes:operator.openshift.io/v1alpha1:ExternalSecretsConfig",
        "main/operator-config",
      );
      assert.deepEqual(config.inputs["spec"], {
        controllerConfig: {
          networkPolicies: [
            {
              name: "secret-stores",
              componentName: "ExternalSecretsCoreController",
              egress: [
                {
                  ...("to" in rule ? { to: rule.to.map((cidr) => ({ ipBlock: { cidr } })) } : {}),
                  ports: rule.ports.map((port) => ({ protocol: "TCP", port })),
                },
              ],
            },
          ],
        },
      });
    });
  }

  it("is awaited until its kinds exist", async () => {
    const { resources } = await install();
    const { inputs } = resources.find(
      "kubernetes:operators.coreos.com/v1alpha1:Subscription",
      "main/operator-subscription",
    );
    assert.deepEqual(inputs["metadata"], {
      name: "openshift-external-secrets-operator",
      namespace: "external-secrets-operator",
      annotations: { "pulumi.com/waitFor": "jsonpath={.status.state}=AtLatestKnown" },
    });
  });
});
