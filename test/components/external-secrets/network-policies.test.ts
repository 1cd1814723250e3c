import assert from "node:assert/strict";
import { networkPolicies } from "../../../components/external-secrets/network-policies.ts";

const policyOf = (name: string, spec: Parameters<typeof networkPolicies>[0]) =>
  networkPolicies(spec).find((policy) => policy.name === name)?.spec ?? assert.fail(`no policy ${name}`);
const open = { apiServer: [], stores: [], storePorts: [443] };

describe("network policies of the operator's namespace", () => {
  it("begin with nothing in and nothing out, for every Pod", () => {
    assert.deepEqual(networkPolicies(open)[0], {
      name: "default-deny",
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
  });

  it("let every program ask DNS and the API server, at the addresses of the facts", () => {
    const { egress } = policyOf("dns-and-api-server", { ...open, apiServer: ["10.0.0.1/32"] });
    assert.deepEqual(egress, [
      {
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
      {
        to: [{ ipBlock: { cidr: "10.0.0.1/32" } }],
        ports: [
          { protocol: "TCP", port: 443 },
          { protocol: "TCP", port: 6443 },
        ],
      },
    ]);
  });

  it("let the controller alone reach the stores, at their addresses and ports", () => {
    const { egress, ingress, podSelector } = policyOf("external-secrets", {
      ...open,
      stores: ["10.1.0.0/16", "fd00::/8"],
      storePorts: [443, 8200],
    });
    assert.deepEqual(egress, [
      {
        to: [{ ipBlock: { cidr: "10.1.0.0/16" } }, { ipBlock: { cidr: "fd00::/8" } }],
        ports: [
          { protocol: "TCP", port: 443 },
          { protocol: "TCP", port: 8200 },
        ],
      },
    ]);
    assert.deepEqual(ingress, []);
    assert.deepEqual(podSelector, { matchLabels: { "app.kubernetes.io/name": "external-secrets" } });
    assert.equal("egress" in policyOf("external-secrets-webhook", open), false);
  });

  it("are limited to ports where the facts know no address", () => {
    assert.deepEqual(policyOf("external-secrets", open).egress, [{ ports: [{ protocol: "TCP", port: 443 }] }]);
  });

  it("let the API server call the webhook, and nobody read metrics", () => {
    assert.deepEqual(policyOf("external-secrets-webhook", open).ingress, [
      { ports: [{ protocol: "TCP", port: 10250 }] },
    ]);
  });

  it("let one namespace read metrics where facts name it", () => {
    const { ingress } = policyOf("external-secrets", { ...open, monitoringNamespace: "monitoring" });
    assert.deepEqual(ingress, [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ]);
  });

  it("let DNS be asked at its Pods' own port on OpenShift", () => {
    const policy = networkPolicies(open, { openshift: true }).find(({ name }) => name === "dns-and-api-server");
    assert.deepEqual(policy?.spec.egress?.[0], {
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
        { protocol: "UDP", port: 5353 },
        { protocol: "TCP", port: 5353 },
      ],
    });
  });

  it("let the controller ask the agent of its node where EKS gives it an identity", () => {
    const policy = networkPolicies(open, { podIdentity: true }).find(({ name }) => name === "external-secrets");
    assert.deepEqual(policy?.spec.egress?.[1], {
      to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
      ports: [{ protocol: "TCP", port: 80 }],
    });
  });
});
