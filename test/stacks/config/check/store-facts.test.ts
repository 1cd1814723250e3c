import assert from "node:assert/strict";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const vault = facts.stores.vault;
const parameters = { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" } as const;
const withStores = (stores: object) => ({ facts: { ...facts, stores: { vault, ...stores } } });

describe("facts of stores beside each other", () => {
  it("take stores of one kind in different places", () => {
    environment(
      withStores({
        second: { ...vault, mount: "second" },
        here: parameters,
        there: { ...parameters, region: "eu-west-1" },
      }),
    );
  });

  it("reject two stores that are one place", () => {
    assert.equal(
      refusalOf(withStores({ here: parameters, again: { ...parameters, layout: "bundle" } })),
      refusal(1, "  stores.again: is the same place as store here", "    fix: keep one of them"),
    );
  });

  for (const [fact, store] of [
    ["oidcProviders", { ...parameters, oidcProviders: { mian: "create" } }],
    ["auth.mountPaths", { ...vault, mount: "other", auth: { mountPaths: { mian: "kubernetes-mian" } } }],
    [
      "identityProviders",
      {
        kind: "gcp-secret-manager",
        project: "acme-prod",
        projectNumber: "123456789012",
        identityProviders: { mian: "projects/123456789012/locations/global/workloadIdentityPools/acme/providers/main" },
      },
    ],
  ] as const) {
    it(`reject ${fact} of a cluster that does not exist`, () => {
      assert.equal(
        refusalOf(withStores({ other: store })),
        refusal(1, `  stores.other.${fact}.mian: "mian" is no cluster; did you mean main? there is main`),
      );
    });
  }
});
