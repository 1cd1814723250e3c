import assert from "node:assert/strict";
import { storeFields, type Provider } from "../../../components/external-secrets/admission/fields.ts";
import { crdFields, since0204 } from "../../support/crd-fields.ts";
import { borrowedStores, ownStores } from "../../support/tenant-stores.ts";
import { shared } from "../support/shared-small-stack.ts";
import { succeed } from "../support/stacks.ts";
import { refusalOf } from "./refusal.ts";
import { deployPolicy, untilRefused } from "./scene.ts";
import { servedFields } from "./served-fields.ts";
import { secretStore, sharedStore } from "./tenant-manifests.ts";

/** Like the sandbox, but the operator assumes no role for another stack. */
const withoutPodIdentity = {
  ...shared,
  facts: { ...shared.facts, clusters: { local: { externalSecrets: { sharedWith: { podIdentity: false } } } } },
};

describe("the admission policy of stores", () => {
  before(async () => {
    const [provider] = borrowedStores["aws: nothing"] ?? assert.fail();
    await deployPolicy(secretStore(provider));
  });
  after(() => succeed("up", shared));

  it("knows the fields of every store that the operator's CRD has", async () => {
    for (const provider of Object.keys(storeFields) as Provider[]) {
      const known = crdFields[provider].filter((field) => !since0204.includes(`${provider}.${field}`));
      assert.deepEqual(await servedFields(provider), [...known].sort());
    }
  });

  describe("where the operator assumes roles for other stacks (EKS Pod Identity)", () => {
    const role = (name: string) =>
      secretStore({
        aws: { service: "ParameterStore", region: "eu-central-1", role: `arn:aws:iam::111122223333:role/${name}` },
      });

    it("admits a role of the store's own namespace, whether its name is shortened or not", async () => {
      assert.equal(await refusalOf(role("acme.dev.eks.default.parameters"), "default"), undefined);
      assert.equal(await refusalOf(role("acme.dev.eks.defau_0123456789"), "default"), undefined);
    });

    it("refuses a role of another namespace", async () => {
      for (const name of ["acme.dev.eks.payroll.parameters", "acme.dev.eks.pay_0123456789", "admin"]) {
        const answer = (await refusalOf(role(name), "default")) ?? assert.fail("it was admitted");
        assert.match(answer, /or name, by role alone, a role of its own namespace$/);
      }
    });
  });

  describe("where every store is in use", () => {
    before(async () => {
      await succeed("up", withoutPodIdentity);
      const [provider, said] = borrowedStores["aws: nothing"] ?? assert.fail();
      await untilRefused(secretStore(provider), said);
    });

    for (const [what, provider] of Object.entries(ownStores)) {
      it(`admits a store with the tenant's own credentials: ${what}`, async () => {
        assert.equal(await refusalOf(secretStore(provider), "default"), undefined);
        assert.equal(await refusalOf(sharedStore(provider), "default"), undefined);
      });
    }

    for (const [what, [provider, said]] of Object.entries(borrowedStores)) {
      it(`refuses a store that borrows: ${what}`, async () => {
        const answer = (await refusalOf(secretStore(provider), "default")) ?? assert.fail("it was admitted");
        assert.ok(answer.endsWith(`denied request: ${said}`), answer);
      });

      // A shared store, and it alone, may name a namespace.
      if (said.startsWith("a SecretStore may not")) continue;
      it(`refuses a shared store that borrows: ${what}`, async () => {
        const answer = (await refusalOf(sharedStore(provider), "default")) ?? assert.fail("it was admitted");
        assert.ok(answer.endsWith(`denied request: ${said}`), answer);
      });
    }
  });
});
