import assert from "node:assert/strict";
import { leftByDestroy } from "../../../stacks/outputs/left-by-destroy.ts";
import { catalogue, environment, facts, policy } from "../../support/fixtures.ts";

const removing = { ...policy, retain: false };
const operator = { ...facts.clusters.main.externalSecrets };
const withNamespace = (changes: object) => ({
  ...facts,
  namespaces: { shop: { cluster: "main", store: "vault", ...changes } },
});

describe("what destroy leaves", () => {
  it("is every namespace that is made here, and the kinds of the operator, where the policy removes everything", () => {
    assert.deepEqual(leftByDestroy(environment({ policy: removing, facts: withNamespace({ create: true }) })), {
      namespaces: { main: ["external-secrets", "shop"] },
      crds: ["main"],
      secrets: {},
      objects: {},
      stores: [],
      auditLogs: [],
    });
  });

  it("is no namespace that others make, nor an operator of others", () => {
    const clusters = { main: { ...facts.clusters.main, externalSecrets: { ...operator, install: false } } };
    assert.deepEqual(leftByDestroy(environment({ policy: removing, facts: { ...facts, clusters } })), {
      namespaces: {},
      crds: [],
      secrets: {},
      objects: {},
      stores: [],
      auditLogs: [],
    });
  });

  it("is Secrets, objects and stores too where the policy keeps them, but no keys that are merged", () => {
    const merging = {
      shop: {
        ...catalogue["shop"],
        deliveries: [
          ...(catalogue["shop"]?.deliveries ?? []),
          { namespace: "shop", secretName: "of-others", from: ["db"], merge: true },
        ],
      },
    } as typeof catalogue;
    const stores = { vault: { ...facts.stores.vault, createMount: true } };
    assert.deepEqual(leftByDestroy(environment({ catalogue: merging, facts: { ...facts, stores } })), {
      namespaces: { main: ["external-secrets"] },
      crds: ["main"],
      secrets: { main: 1 },
      objects: { vault: 1 },
      stores: ["vault"],
      auditLogs: [],
    });
  });

  it("is no Secret that was taken over: it was there before", () => {
    const existingSecrets = { "shop/shop-db": "adopt" };
    assert.deepEqual(leftByDestroy(environment({ facts: { ...facts, existingSecrets } })).secrets, {});
  });

  it("is the audit log of what stays, and of nothing else", () => {
    const auditDevices = [{ type: "file", filePath: "/vault/audit/audit.log" }];
    const audited = { ...facts, stores: { vault: { ...facts.stores.vault, auditDevices } } };
    assert.deepEqual(leftByDestroy(environment({ facts: audited })).auditLogs, ["vault"]);
    assert.deepEqual(leftByDestroy(environment({ policy: removing, facts: audited })).auditLogs, []);
  });

  it("is not what others put into a store", () => {
    const { objects } = leftByDestroy(environment({ facts: { ...facts, reference: { "shop/db": true } } }));
    assert.deepEqual(objects, {});
  });

  it("is what a cluster generated, whatever the policy says, with the namespace in which it did", () => {
    const clusters = { main: { ...facts.clusters.main, externalSecrets: { ...operator, pushSecrets: true } } };
    const left = leftByDestroy(
      environment({ policy: removing, facts: { ...facts, clusters, generatedInCluster: { "shop/db": "main" } } }),
    );
    assert.deepEqual(left.objects, { vault: 1 });
    assert.match(left.namespaces["main"]?.join(" ") ?? "", /^external-secrets shop-generated-[0-9a-f]{8}$/);
  });
});
