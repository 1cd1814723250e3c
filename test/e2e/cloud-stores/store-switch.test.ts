import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprint } from "../support/cluster.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import { changeClouds, cloudsOptions, deployClouds, movers } from "../support/clouds/stack.ts";
import { observe } from "../support/observer.ts";
import { operatorObjects } from "../support/operator.ts";
import { succeed } from "../support/stacks.ts";

/** What a watching reader saw, by namespace: fingerprints of values, or what was wrong with them. */
type Seen = ReadonlyMap<string, Set<string>>;

/** How a SecretStore names what it reads: AWS is one provider with two services. */
type Provider = Readonly<Record<string, { readonly service?: string }>>;

describe("moving namespaces from one store to another", () => {
  let before_: Readonly<Record<string, string>>;
  const seen: Seen = new Map(movers.map(({ namespace }) => [namespace, new Set<string>()]));
  /** Versions in the old store, by namespace: other files have written some of the secrets again. */
  const held = new Map<string, readonly string[]>();
  let looks = 0;

  before(async () => {
    await deployClouds();
    before_ = await values();
    for (const { namespace, from } of movers) held.set(namespace, await versionsOf(from, namespace));
  });

  const step = (change: (mover: (typeof movers)[number]) => Record<string, ConfigValue>) => async () => {
    const namespaces = Object.fromEntries(movers.map((mover) => [mover.namespace, change(mover)]));
    const options = changeClouds({ facts: { namespaces } });
    const { secrets } = await observe({ secrets: movers.map(secretOf) }, async () => {
      // As `pulumi up` does: what a preview refuses never runs.
      await succeed("preview", options);
      const { warnings } = await succeed("up", options);
      assert.deepEqual(warnings, []);
    });
    for (const mover of movers) {
      for (const { type, values } of secrets.get(secretOf(mover)) ?? []) {
        seen.get(mover.namespace)?.add(type === "DELETED" ? "missing" : printOf(values["password"]));
      }
    }
    looks += 1;
  };

  it(
    "first writes the same values into the next store",
    step(({ to }) => ({ alsoStores: [to] })),
  );

  it("has both objects after that", async () => {
    for (const { namespace, from, to } of movers) {
      assert.notDeepEqual(held.get(namespace), [], `${namespace} in ${from}`);
      assert.deepEqual(await versionsOf(from, namespace), held.get(namespace), `${namespace} in ${from}`);
      assert.equal((await versionsOf(to, namespace)).length, 1, `${namespace} in ${to}`);
    }
  });

  it("goes on where somebody else counts as the writer of a SecretStore as well", async () => {
    const { namespace = "" } = movers[0] ?? {};
    const held = (await operatorObjects("secretstores")).find(({ metadata }) => metadata.namespace === namespace);
    const { provider } = held?.spec ?? {};
    const name = held?.metadata.name ?? "";
    const manifest = {
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name, namespace },
      spec: { provider },
    };
    const file = path.join(await mkdtemp(path.join(tmpdir(), "co-writer-")), "store.json");
    await writeFile(file, JSON.stringify(manifest));
    const { code, output } = await cli("kubectl", ["apply", "--server-side", "--field-manager=somebody", "-f", file]);
    assert.equal(code, 0, output);
  });

  it(
    "then points the readers at the next store",
    step(({ from, to }) => ({ store: to, alsoStores: [from] })),
  );

  it("has SecretStores that read the next store after that", async () => {
    const stores = await operatorObjects("secretstores");
    const kinds = movers.map(({ namespace }) => {
      const found = stores.find(({ metadata }) => metadata.namespace === namespace);
      const [[kind, { service = kind }] = ["none", {}]] = Object.entries(found?.spec["provider"] as Provider);
      return service;
    });
    assert.deepEqual(kinds, ["ParameterStore", "SecretsManager", "azurekv", "gcpsm", "vault"]);
  });

  it(
    "finally removes the objects from the old store",
    step(() => ({ alsoStores: null })),
  );

  it("has only the new objects after that", async () => {
    for (const { namespace, from, to } of movers) {
      assert.deepEqual(await versionsOf(from, namespace), [], `${namespace} in ${from}`);
      assert.equal((await versionsOf(to, namespace)).length, 1, `${namespace} in ${to}`);
    }
  });

  it("never shows a Secret missing, empty or with another value", async () => {
    assert.equal(looks, 3);
    assert.deepEqual(await values(), before_);
    for (const { namespace } of movers) {
      assert.deepEqual([...(seen.get(namespace) ?? [])], [before_[namespace]], namespace);
    }
  });

  it("is over: the next up changes nothing", async () => {
    const { changes, warnings } = await succeed("up", cloudsOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
  });
});

function secretOf({ namespace }: { readonly namespace: string }): string {
  return `${namespace}/moving`;
}

async function values(): Promise<Readonly<Record<string, string>>> {
  const secrets = await applicationSecrets(movers.map(({ namespace }) => namespace));
  return Object.fromEntries(
    movers.map(({ namespace }) => [namespace, printOf(secrets.get(`${namespace}/moving`)?.["password"])]),
  );
}

function printOf(value: string | undefined): string {
  return value === undefined || value === "" ? "empty" : fingerprint(value);
}

/** Versions of a mover's secret in a store; its one key lies under its own name where each key is an object. */
async function versionsOf(store: string, namespace: string): Promise<readonly string[]> {
  const names: Readonly<Record<string, string>> = {
    vault: `mlops-platform-clouds/moving/${namespace}`,
    "parameter-store": `/mlops-platform-clouds/moving/${namespace}/password`,
    "secrets-manager": `mlops-platform-clouds/moving/${namespace}`,
    "key-vault": `mlops-platform-clouds--moving--${namespace}--password`,
    "secret-manager": `mlops-platform-clouds--moving--${namespace}`,
  };
  return (await versionsIn[store]?.(names[store] ?? "")) ?? [];
}
