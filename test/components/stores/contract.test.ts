import assert from "node:assert/strict";
import { isSecret, output, secret } from "@pulumi/pulumi";
import type { BuiltStoreKind, StateResource, StoreSpec } from "../../../components/stores/contract.ts";
import { builtStoreKinds, checkCandidate, openStore, remoteNameOf } from "../../../components/stores/index.ts";
import type { SecretAddress } from "../../../components/support/naming.ts";
import { readState } from "../../../stacks/state.ts";
import { stateResource } from "../../support/fixtures.ts";
import { leaks } from "../../support/clear-text.ts";
import { FakeVault, type Values } from "../../support/fake-vault.ts";
import { runProgram, type RunOptions } from "../../support/mocks.ts";

/** What a kind must show. A new kind is one row. */
interface Row {
  readonly spec: StoreSpec;
  /** Whether values leave the program for a store of their own. */
  readonly holds: "remote" | "embedded";
  /** Type of the resource that holds a secret; none where the delivery holds it. */
  readonly resource: string | undefined;
  /** An address that the kind must refuse, and the path and words of the issue; none where it takes every legal one. */
  readonly refused?: { readonly address: SecretAddress; readonly path: string; readonly problem: string };
}

const address: SecretAddress = { platform: "acme", environment: "dev", app: "shop", secret: "db", path: "shop/db" };
const values: Values = { password: "value-5d1f", username: "user-77aa" };
const credential = "credential-of-the-deployer";

const rows: { readonly [K in BuiltStoreKind]: Row } = {
  "vault-kv": {
    spec: {
      kind: "vault-kv",
      name: "main",
      address: "https://vault.example:8200",
      clusterAddress: "https://vault.example:8200",
      mount: "secret",
      auth: { mountPath: "kubernetes", audience: "vault" },
      maxVersions: 10,
    },
    holds: "remote",
    resource: "vault:kv/secretV2:SecretV2",
    refused: {
      address: { ...address, path: `old/${"x".repeat(397)}` },
      path: "stores.main",
      problem: "the path of shop/db has 410 characters, Vault takes 400 at most",
    },
  },
  kubernetes: { spec: { kind: "kubernetes", name: "main" }, holds: "embedded", resource: undefined },
};

describe("stores", () => {
  it("are all under contract", () => {
    assert.deepEqual([...builtStoreKinds].sort(), Object.keys(rows).sort());
  });
});

for (const [kind, { spec, holds, resource, refused }] of Object.entries(rows)) {
  const candidate = { address, keys: Object.keys(values) };
  const open = () => openStore({ spec, secretConfig: (key) => secret(`${credential} ${key}`), options: {} });
  const put = async (retain: "retain" | "delete") =>
    (await open()).put("shop/db/main", {
      candidate,
      values: secret(values),
      owner: { "managed-by": "pulumi", stack: "dev" },
      retain: retain === "retain",
      options: {},
    });
  /** A vault that an earlier run wrote to, and the state of that run. */
  const afterFirstRun = async (): Promise<RunOptions> => {
    const vault = new FakeVault();
    const { state } = await runProgram(() => put("delete"), { vault });
    return { vault, state };
  };

  describe(`store of kind ${kind}`, () => {
    it("names a secret the same each time, and another secret otherwise", () => {
      const name = remoteNameOf(spec, address);
      assert.equal(name, remoteNameOf(spec, { ...address }));
      assert.notEqual(name, remoteNameOf(spec, { ...address, secret: "other", path: "shop/other" }));
    });

    it("takes a usual secret", () => {
      assert.deepEqual(checkCandidate(spec, candidate), []);
    });

    if (refused !== undefined) {
      it("rejects what the store would refuse, before anything is written", () => {
        const { path, problem } = refused;
        assert.deepEqual(checkCandidate(spec, { ...candidate, address: refused.address }), [{ path, problem }]);
      });
    }

    it("holds the values as secrets only, and shows no credential", async () => {
      const { resources, result, calls } = await runProgram(() => put("delete"));
      assert.equal(result.kind, holds);
      assert.deepEqual(leaks([resources.all, calls], [...Object.values(values), credential]), []);
      assert.deepEqual(resources.all.filter(({ type }) => type === resource).length, resource === undefined ? 0 : 1);
    });

    it("marks values itself, should a caller have forgotten to", async () => {
      const { resources } = await runProgram(async () => {
        const unmarked = output<Values>(values);
        const args = { candidate, values: unmarked, owner: {}, retain: false, options: {} };
        return (await open()).put("shop/db/main", args);
      });
      assert.deepEqual(leaks(resources.all, Object.values(values)), []);
    });

    it("says where each key is, and grants exactly the object that it wrote", async () => {
      const { result } = await runProgram(() => put("delete"));
      if (result.kind === "embedded") {
        assert.deepEqual(Object.keys(result), ["kind", "store", "values"]);
        return;
      }
      assert.deepEqual(Object.keys(result.refs).sort(), Object.keys(values).sort());
      assert.equal(result.remoteName, remoteNameOf(spec, address));
      assert.equal(result.grant.path, result.remoteName);
      assert.equal(result.store, "main");
    });

    it("moves the version exactly when the value moves, and keeps it readable", async () => {
      if (holds === "embedded") return;
      const vault = new FakeVault();
      const versionOf = async () => {
        const { result } = await runProgram(
          async () => {
            const stored = await put("delete");
            if (stored.kind !== "remote") return assert.fail("not remote");
            assert.equal(await isSecret(stored.version), false);
            return new Promise((resolve) => stored.version.apply(resolve));
          },
          { vault },
        );
        return result;
      };
      assert.deepEqual([await versionOf(), await versionOf()], ["1", "1"]);
      vault.write(`secret/${remoteNameOf(spec, address)}`, { by: "hand" });
      assert.equal(await versionOf(), "3");
    });

    it("keeps the object at the end where it is asked to, and only there", async () => {
      for (const retain of ["retain", "delete"] as const) {
        const { resources } = await runProgram(() => put(retain));
        const holders = resources.all.filter(({ type }) => type === resource);
        assert.deepEqual(
          holders.map(({ options }) => options.retainOnDelete),
          holders.map(() => retain === "retain"),
        );
      }
    });

    it("knows which names exist, and asks for no value", async () => {
      const name = remoteNameOf(spec, address);
      const names = [
        name,
        remoteNameOf(spec, { ...address, path: "shop/none" }),
        remoteNameOf(spec, { ...address, path: "none/none" }),
      ];
      const existing = async () => [...(await (await open()).existing(names))];
      assert.deepEqual((await runProgram(existing)).result, []);
      const { result, calls } = await runProgram(existing, await afterFirstRun());
      assert.deepEqual(result, holds === "remote" ? [name] : []);
      assert.deepEqual(
        calls.filter(({ token }) => token.includes("getSecretV2")),
        [],
      );
    });

    it("tells its own objects in the state from others, with what was written", async () => {
      const owned = async () => {
        const state = [...(await readState()), ...foreign()];
        const found = [...(await open()).owned(state)];
        assert.deepEqual(
          await Promise.all(found.map(([, written]) => isSecret(written))),
          found.map(() => true),
        );
        const written = found.map(
          ([name, each]) => new Promise((resolve) => each.apply((text) => resolve([name, text]))),
        );
        return Promise.all(written);
      };
      const { result } = await runProgram(owned, await afterFirstRun());
      assert.deepEqual(result, holds === "remote" ? [[remoteNameOf(spec, address), values]] : []);
    });

    it("reads as a secret what it wrote, or has nothing to read", async () => {
      const name = remoteNameOf(spec, address);
      const read = async () => {
        const found = (await open()).read(name);
        assert.equal(await isSecret(found), true);
        return new Promise((resolve) => found.apply(resolve));
      };
      if (holds === "remote") assert.deepEqual((await runProgram(read, await afterFirstRun())).result, values);
      else await assert.rejects(runProgram(read), { message: `store main has no remote object ${name} to read` });
    });

    it("names a command that heals", async () => {
      const { result } = await runProgram(async () => (await open()).healing(remoteNameOf(spec, address)));
      assert.match(result, /^(pulumi|vault) /);
    });
  });
}

/** Resources of the state that are no store's. */
function foreign(): readonly StateResource[] {
  const [type, outputs] = ["vault:kv/secretV2:SecretV2", { dataJson: "{}" }];
  return [
    stateResource({ name: "other-mount", type, path: "team/data/acme-dev/shop/db" }, outputs),
    stateResource({ name: "no-path", type }, outputs),
    stateResource(
      { name: "other-type", type: "vault:generic/secret:Secret", path: "secret/data/acme-dev/shop/db" },
      outputs,
    ),
  ];
}
