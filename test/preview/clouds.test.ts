import assert from "node:assert/strict";
import { previewStack } from "../../preview/preview.ts";
import type { Preview } from "../../preview/schema.ts";
import { withProject } from "./project.ts";

const account = "123456789012";
const uuid = "11111111-2222-3333-4444-555555555555";
const stores = {
  "aws-parameter-store": { kind: "aws-parameter-store", region: "eu-central-1", accountId: account },
  "aws-secrets-manager": {
    kind: "aws-secrets-manager",
    region: "eu-central-1",
    accountId: account,
    replicas: [{ region: "eu-west-1" }],
  },
  "azure-key-vault": {
    kind: "azure-key-vault",
    subscriptionId: uuid,
    tenantId: uuid,
    resourceGroup: "platform",
    vault: "acme-test",
    location: "westeurope",
  },
  "gcp-secret-manager": { kind: "gcp-secret-manager", project: "acme-test", projectNumber: "123456789" },
} as const;
type Kind = keyof typeof stores;

const gcpPool = "projects/123456789/locations/global/workloadIdentityPools/acme/providers/main";
const facts = (kind: Kind, changes: object = {}) => ({
  stores: {
    vault: { ...stores[kind], ...(kind === "gcp-secret-manager" ? { identityProviders: { main: gcpPool } } : {}) },
  },
  clusters: {
    main: { flavour: "kubeconfig", issuer: "https://issuer.example/main", externalSecrets: { version: "2.9.0" } },
  },
  ...changes,
});
const preview = (kind: Kind, changes: object = {}): Promise<Preview> => withProject(facts(kind, changes), previewStack);

/** What each kind has: objects of three secrets' keys, resources that hold them, dollars a month. */
const expected: Readonly<Record<Kind, { readonly objects: number; readonly type: string; readonly total: string }>> = {
  // Four keys, each a parameter; five reads an hour, each decrypted.
  "aws-parameter-store": { objects: 4, type: "aws:ssm/parameter:Parameter", total: "0.01" },
  // Two bundles in two regions.
  "aws-secrets-manager": { objects: 2, type: "aws:secretsmanager/secret:Secret", total: "1.61" },
  "azure-key-vault": { objects: 4, type: "azure-native:keyvault:Secret", total: "0.01" },
  "gcp-secret-manager": { objects: 2, type: "gcp:secretmanager/secret:Secret", total: "0.13" },
};

for (const kind of Object.keys(stores) as readonly Kind[]) {
  describe(`preview of a store of kind ${kind}`, () => {
    it("counts its objects and what they cost", async () => {
      const { plan, resources } = await preview(kind);
      const [store] = plan.stores;
      const { objects, type, total } = expected[kind];
      assert.deepEqual([store?.kind, store?.objects, plan.cost.total], [kind, objects, total]);
      assert.equal(resources.byType[type], objects);
    });

    it("writes nothing of what is only read", async () => {
      const { resources, applications } = await preview(kind, { reference: { "shop/db": true, "till/api": true } });
      assert.equal(resources.byType[expected[kind].type], undefined);
      assert.deepEqual(
        applications.flatMap(({ stores: each }) => each.flatMap(({ secrets }) => secrets.map(({ action }) => action))),
        ["reference", "reference"],
      );
    });

    it("takes over what is to be adopted", async () => {
      const { resources } = await preview(kind, { adopt: { "shop/db": true } });
      assert.equal(resources.byType[expected[kind].type], expected[kind].objects);
    });
  });
}

describe("preview of two stores of one kind", () => {
  /** Namespace `till` reads another store than `shop`. */
  const both = (first: object, second: object) => ({
    ...facts("aws-secrets-manager"),
    stores: { vault: first, other: second },
    namespaces: { shop: { cluster: "main", store: "vault" }, till: { cluster: "main", store: "other" } },
  });

  it("finds in each of them what is only read, wherever each of them is", async () => {
    const first = stores["aws-secrets-manager"];
    const second = { kind: "aws-secrets-manager", region: "us-east-1", accountId: account };
    const reading = { ...both(first, second), reference: { "shop/db": true, "till/api": true } };
    const { applications, resources } = await withProject(reading, previewStack);
    const shown = applications.flatMap((each) =>
      each.stores.flatMap(({ name, secrets }) => secrets.map(({ id, action }) => `${id} ${name} ${action}`)),
    );
    assert.deepEqual(shown, ["shop/db other reference", "shop/db vault reference", "till/api other reference"]);
    assert.equal(resources.byType["aws:secretsmanager/secret:Secret"], undefined);
  });
});
