import assert from "node:assert/strict";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { loadIdentity, type IdentityArgs, type RemoteStoreSpec } from "../../../components/identity/index.ts";
import type { BuiltStoreKind } from "../../../components/stores/contract.ts";
import { builtStoreKinds } from "../../../components/stores/index.ts";
import { clearTexts } from "../../support/clear-text.ts";
import { runProgram } from "../../support/mocks.ts";
import { SecretInput } from "../../support/recording.ts";

/** What an identity must show, by the kind of store it reads. A new kind is one row; `undefined` needs no identity. */
interface Row {
  readonly store: RemoteStoreSpec;
  readonly grant: (path: string) => IdentityArgs["grants"][number];
}

const rows: { readonly [K in BuiltStoreKind]: Row | undefined } = {
  "vault-kv": {
    store: {
      kind: "vault-kv",
      name: "vault",
      address: "https://vault.example:8200",
      clusterAddress: "https://vault.inside:8200",
      mount: "secret",
      auth: { mountPath: "kubernetes", audience: "vault" },
      maxVersions: 10,
    },
    grant: (path) => ({ kind: "vault-kv", mount: "secret", path }),
  },
  kubernetes: undefined,
};

describe("identities", () => {
  it("are all under contract", () => {
    assert.deepEqual([...builtStoreKinds].sort(), Object.keys(rows).sort());
  });
});

for (const [kind, row] of Object.entries(rows) as [BuiltStoreKind, Row | undefined][]) {
  if (row === undefined) {
    it(`a store of kind ${kind} needs no identity`, async () => {
      assert.equal(await loadIdentity(kind), undefined);
    });
    continue;
  }

  const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
  const make = async (paths: readonly string[], namespace = "shop") => {
    const identity = (await loadIdentity(kind)) ?? assert.fail(`no identity for ${kind}`);
    return identity(`main/${namespace}`, {
      store: row.store,
      scope: { ...scope, namespace },
      grants: paths.map(row.grant),
      options: {},
    });
  };
  const run = async (...paths: string[]) => runProgram(() => make(paths));

  describe(`identity for a store of kind ${kind}`, () => {
    it("may read what is granted and not what lies beside it", async () => {
      const { resources } = await run("acme-test/shop/db");
      const texts = clearTexts(resources.all.map(({ inputs }) => inputs)).join("\n");
      assert.ok(texts.includes("acme-test/shop/db"), "the grant is nowhere");
      const { resources: wider } = await run("acme-test/shop/db", "acme-test/shop/api");
      assert.ok(!texts.includes("shop/api") && clearTexts(wider.all).join("\n").includes("acme-test/shop/api"));
    });

    it("holds no wildcard", async () => {
      const { resources } = await run("acme-test/shop/db");
      const texts = clearTexts(resources.all.map(({ inputs }) => inputs));
      assert.deepEqual(
        texts.filter((text) => /[*+]/.test(text)),
        [],
      );
    });

    it("rejects a grant with a wildcard", async () => {
      await assert.rejects(run("acme-test/*"), /holds a wildcard/);
    });

    it("needs no secret: the cluster speaks for the account", async () => {
      const { resources } = await run("acme-test/shop/db");
      const secrets = resources.all
        .flatMap(({ inputs }) => Object.values(inputs))
        .filter((each) => each instanceof SecretInput);
      assert.deepEqual(secrets, []);
    });

    it("names its namespace, so that another one can't use it", async () => {
      const { resources } = await run("acme-test/shop/db");
      const { resources: other } = await runProgram(() => make(["acme-test/shop/db"], "till"));
      const texts = (recording: typeof resources) => clearTexts(recording.all.map(({ inputs }) => inputs));
      assert.ok(texts(resources).includes("shop") && !texts(resources).includes("till"));
      assert.ok(texts(other).includes("till") && !texts(other).includes("shop"));
    });

    it("gives a SecretStore that fits the API, logs in by the reader's account, and what to wait for", async () => {
      const { result, resources } = await run("acme-test/shop/db");
      const manifest = result.secretStore({ name: "secrets-reader", namespace: "shop" });
      new SecretStore(manifest).validate();
      assert.deepEqual([manifest.metadata?.name, manifest.metadata?.namespace], ["secrets-reader", "shop"]);
      assert.match(JSON.stringify(manifest), /"serviceAccountRef":\{"name":"secrets-reader"/);
      assert.equal(result.dependsOn.length, resources.all.filter(({ custom }) => custom).length);
    });
  });
}
