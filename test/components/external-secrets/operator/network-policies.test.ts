import assert from "node:assert/strict";
import { networkPolicies } from "../../../../components/external-secrets/operator/network-policies.ts";

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

  it("leave out a webhook on the network of its node, where no policy applies", () => {
    const names = networkPolicies(open, { webhookHostNetwork: true }).map(({ name }) => name);
    assert.deepEqual(names, ["default-deny", "dns-and-api-server", "external-secrets"]);
  });

  it("are limited to ports where the facts know no address", () => {
    assert.deepEqual(policyOf("external-secrets", open).egress, [{ ports: [{ protocol: "TCP", port: 443 }] }]);
  });

  it("let the API server call the webhook, and nobody read metrics", () => {
    assert.deepEqual(policyOf("external-secrets-webhook", open).ingress, [
      { ports: [{ protocol: "TCP", port: 10250 }] },
    ]);
  });

  it("let the API server call the webhook at the port of the facts", () => {
    const webhook = networkPolicies(open, { webhookPort: 9443 }).find(
      ({ name }) => name === "external-secrets-webhook",
    );
    assert.deepEqual(webhook?.spec.ingress, [{ ports: [{ protocol: "TCP", port: 9443 }] }]);
  });

  it("let one namespace read the metrics of each program where facts name it", () => {
    const monitored = { ...open, monitoringNamespace: "monitoring" };
    const scraping = {
      from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
      ports: [{ protocol: "TCP", port: 8080 }],
    };
    assert.deepEqual(policyOf("external-secrets", monitored).ingress, [scraping]);
    assert.deepEqual(policyOf("external-secrets-webhook", monitored).ingress, [
      { ports: [{ protocol: "TCP", port: 10250 }] },
      scraping,
    ]);
    assert.deepEqual(policyOf("external-secrets-cert-controller", monitored), {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "external-secrets-cert-controller" } },
      policyTypes: ["Ingress"],
      ingress: [scraping],
    });
  });

  it("let every program reach an API server at another port", () => {
    const { egress } = policyOf("dns-and-api-server", { ...open, apiServerPorts: [8443] });
    assert.deepEqual(egress?.[1], { ports: [{ protocol: "TCP", port: 8443 }] });
  });

  it("never have an empty list of ports, which would be every port", () => {
    for (const spec of [{ storePorts: [] }, { apiServerPorts: [] }]) {
      assert.throws(
        () => networkPolicies({ ...open, ...spec }),
        /^Error: no ports: a NetworkPolicy would take that for every port$/,
      );
    }
  });

  it("let DNS be asked at its Pods' own port on OpenShift", () => {
    const policy = networkPolicies(open, { dnsPorts: [53, 5353] }).find(({ name }) => name === "dns-and-api-server");
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
      // A cluster of IPv6 addresses has the agent at the second.
      to: [{ ipBlock: { cidr: "169.254.170.23/32" } }, { ipBlock: { cidr: "fd00:ec2::23/128" } }],
      ports: [{ protocol: "TCP", port: 80 }],
    });
  });
});
