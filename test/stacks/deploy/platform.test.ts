import assert from "node:assert/strict";
import { RefusedError, StoreError } from "../../../components/support/messages/errors.ts";
import { password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { deployStack } from "../../../stacks/index.ts";
import { leaks } from "../../support/clear-text.ts";
import { policy } from "../../support/fixtures.ts";
import { goldenResources } from "../../support/golden.ts";
import { runProgram } from "../../support/mocks.ts";
import { emptyExternal } from "../../support/external-queries.ts";
import { canary, failing, stack, up } from "../../support/stack.ts";

const secretV2 = "vault:kv/secretV2:SecretV2";
const stash = "pulumi:index:Stash";

/** Values under a key, however deep. */
function findAll(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => (name === key ? [each] : findAll(each, key)));
}

describe("deploying an environment", () => {
  it("stores each secret once, and gives each namespace what it consumes", async () => {
    const { resources, vault, result } = await up();
    assert.deepEqual(vault.paths, ["secret/acme-test/shop/db", "secret/acme-test/till/api"]);
    assert.deepEqual(resources.names("vault:index/policy:Policy"), ["main/shop/policy", "main/till/policy"]);
    assert.deepEqual(resources.names("kubernetes:external-secrets.io/v1:ExternalSecret"), [
      "main/shop/shop-db",
      "main/till/till-api",
      "main/till/till-db",
    ]);
    const rights = resources.find("vault:index/policy:Policy", "main/shop/policy").inputs["policy"];
    assert.ok(!String(rights).includes("till"), "shop may read what is till's");
    assert.deepEqual(result, {
      schemaVersion: 2,
      environment: "test",
      namespaces: {
        shop: {
          clusters: { main: { store: "vault", secretStore: "secrets-reader" } },
          secrets: {
            "shop-db": {
              keys: ["password", "username"],
              remoteNames: { vault: ["acme-test/shop/db"] },
              rotateBy: "2026-05-01",
              rotatedAt: "2026-01-31T00:00:00Z",
              merged: false,
            },
          },
        },
        till: {
          clusters: { main: { store: "vault", secretStore: "secrets-reader" } },
          secrets: {
            "till-api": {
              keys: ["token"],
              remoteNames: { vault: ["acme-test/till/api"] },
              rotatedAt: "2026-01-31T00:00:00Z",
              merged: false,
            },
            "till-db": {
              keys: ["PASSWORD"],
              remoteNames: { vault: ["acme-test/shop/db"] },
              rotateBy: "2026-05-01",
              rotatedAt: "2026-01-31T00:00:00Z",
              merged: false,
            },
          },
        },
      },
      clusters: { main: { flavour: "kubeconfig", operator: { namespace: "external-secrets", version: "2.9.0" } } },
      monthlyCost: {
        currency: "USD",
        pricesReadOn: "2026-11-22",
        storage: "0.00",
        calls: "0.00",
        total: "0.00",
        stores: { vault: { storage: "0.00", calls: "0.00", total: "0.00" } },
      },
      leftByDestroy: {
        namespaces: { main: ["external-secrets"] },
        crds: ["main"],
        secrets: {},
        objects: {},
        stores: [],
        auditLogs: [],
      },
    });
  });

  it("has every component below the stack, without inputs, and every other resource below a component or a provider", async () => {
    const { resources } = await up();
    const components = resources.all.filter(({ custom, type }) => !custom && type !== "pulumi:pulumi:Stack");
    assert.deepEqual(components.map(({ name }) => name).sort(), ["main", "main/shop", "main/till", "shop", "till"]);
    for (const { inputs, parent } of components) assert.deepEqual([inputs, parent], [{}, ""]);
    const orphans = resources.all.filter(
      ({ custom, parent, type }) => custom && parent === "" && !type.startsWith("pulumi:providers:"),
    );
    assert.deepEqual(orphans, []);
  });

  it("uses a provider of its own for everything, never a default one", async () => {
    const { resources } = await up();
    const byDefault = resources.all.filter(
      ({ custom, provider, type }) => custom && provider === "" && !type.startsWith("pulumi:"),
    );
    assert.deepEqual(byDefault, []);
  });

  it("changes nothing in a second run, whatever is random in it", async () => {
    const first = await up();
    const before = structuredClone(first.vault.read("secret", "acme-test/shop/db"));
    const second = await up({ vault: first.vault, state: first.state, entropy: "second" });
    // How an object would be replaced is told anew in each run: by whether the state has one of its name.
    const lasting = ({ resources }: typeof first) =>
      goldenResources(resources)
        .map((each) => ({ options: {}, ...each }))
        .map(({ options, ...each }) => ({
          ...each,
          options: { ...options, deleteBeforeReplace: undefined },
        }));
    assert.deepEqual(lasting(second), lasting(first));
    assert.deepEqual(second.vault.read("secret", "acme-test/shop/db"), before);
    assert.deepEqual(second.logs, []);
  });

  it("leaves no value in clear, in two runs", async () => {
    const first = await up();
    const second = await up({ vault: first.vault, state: first.state });
    const values = first.vault.values.filter((value) => value !== "shop");
    assert.deepEqual([values.length, values.includes(canary)], [2, true]);
    for (const { resources, logs, debugLog, calls, result } of [first, second]) {
      assert.deepEqual(leaks([resources.all, logs, debugLog, calls, result], values), []);
    }
  });

  it("registers resources without the folder of the machine that deploys them", async () => {
    const { positioned } = await up();
    // Pulumi registers the stack itself before the program runs.
    assert.deepEqual(
      positioned.filter((name) => name !== "multicloud-secrets-test"),
      [],
    );
  });

  it("says in the store whose a secret is, and in which stack", async () => {
    const { resources } = await up({ stack: "test.part" });
    const { inputs } = resources.find(secretV2, "shop/db/vault");
    assert.deepEqual(inputs["customMetadata"], {
      maxVersions: 10,
      data: { "managed-by": "pulumi", project: "multicloud-secrets", stack: "test.part" },
    });
  });

  it("makes only what the applications need that it runs", async () => {
    const { resources, result } = await up({ facts: { applications: ["shop"] } });
    assert.deepEqual(
      resources.all.filter(({ name }) => name.includes("till")),
      [],
    );
    assert.deepEqual(Object.keys(result.namespaces), ["shop"]);
  });

  it("uses an operator that is there already where it is told to", async () => {
    const externalSecrets = { version: "2.9.0", namespace: "operators", install: false };
    const { resources } = await up({ facts: { clusters: { main: { flavour: "kubeconfig", externalSecrets } } } });
    resources.assertNone("kubernetes:helm.sh/v3:Release");
    resources.assertNone("kubernetes:core/v1:Namespace");
    const binding = resources.find(
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
      "main/shop/token-request-binding",
    );
    assert.deepEqual(binding.inputs["subjects"], [
      { kind: "ServiceAccount", name: "external-secrets", namespace: "operators" },
    ]);
  });

  for (const manager of ["helm", "operator-lifecycle-manager"]) {
    it(`lets the operator out to the port of the Vault that it reads (${manager})`, async () => {
      const networkPolicy = { stores: ["10.0.40.0/24"] };
      const externalSecrets = { version: "2.9.0", networkPolicy };
      const { resources } = await up({
        facts: { clusters: { main: { flavour: "openshift", manager, externalSecrets } } },
      });
      const { inputs } =
        manager === "helm"
          ? resources.find("kubernetes:networking.k8s.io/v1:NetworkPolicy", "main/operator-network/external-secrets")
          : resources.find("kubernetes:operator.openshift.io/v1alpha1:ExternalSecretsConfig", "main/operator-config");
      const egress = {
        to: [{ ipBlock: { cidr: "10.0.40.0/24" } }],
        ports: [443, 8200].map((port) => ({ port, protocol: "TCP" })),
      };
      assert.deepEqual(findAll(inputs, "egress"), [[egress]]);
    });
  }

  it("keeps remote objects and Secrets at the end where the policy says so, and no rights", async () => {
    const { resources } = await up({ policy: { retain: true } });
    const kept = resources.all.filter(({ options }) => options.retainOnDelete).map(({ type }) => type);
    assert.deepEqual([...new Set(kept)].sort(), ["kubernetes:core/v1:Namespace", secretV2]);
    assert.equal(JSON.stringify(goldenResources(resources)).match(/"creationPolicy":"Orphan"/g)?.length, 3);
  });

  /** What a stack warns of that has a namespace for each of `namespaces` and a secret of `keys` generated values. */
  const warningsOfSize = async ({ namespaces, keys }: { readonly namespaces: number; readonly keys: number }) => {
    const many = Object.fromEntries(
      Array.from({ length: namespaces }, (_, index) => [`ns-${index}`, { cluster: "main", store: "vault" }]),
    );
    const deliveries = Object.keys(many).map((namespace) => ({ namespace, secretName: "shop-db", from: ["db"] }));
    const values = Object.fromEntries(Array.from({ length: keys }, (_, index) => [`key-${index}`, password()]));
    const large: Catalogue = { shop: { secrets: { db: { keys: values } }, deliveries } };
    const [, options] = stack({ facts: { namespaces: many } });
    const { logs } = await runProgram(
      () =>
        deployStack({ catalogue: large, policies: { test: policy }, external: emptyExternal({ namespaces: many }) }),
      {
        ...options,
        config: { plain: options.config?.plain ?? {} },
      },
    );
    return logs;
  };

  it("is comfortable with 500 resources, and warns from the next one on", async () => {
    assert.deepEqual(await warningsOfSize({ namespaces: 60, keys: 6 }), []);
    assert.deepEqual(await warningsOfSize({ namespaces: 60, keys: 7 }), [
      {
        severity: "warning",
        message:
          "This stack holds about 501 resources; with a file or object-store backend each step writes the whole state again, " +
          "so time grows with the square beyond 500.\n" +
          "    fix: split it into several stacks: npx secrets fleet plan test --write (docs/fleet.md)",
      },
    ]);
  });
});

describe("deploying after something went wrong", () => {
  it("is refused before the first write when the state is lost, and says how to take each value over", async () => {
    const { vault } = await up();
    const before = vault.read("secret", "acme-test/shop/db");
    const { error, resources } = await failing({ vault, entropy: "second" });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  shop/db: store vault already contains "acme-test/shop/db", which is not in the state: its value would be overwritten',
        `    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/db"]' true`,
      ].join("\n"),
    );
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), before);
    assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  });

  it("keeps every value when a lost state's secrets are adopted", async () => {
    const { vault } = await up();
    const before = vault.read("secret", "acme-test/shop/db");
    await up({ vault, entropy: "second", facts: { adopt: { "shop/db": true } } });
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), before);
  });

  it("goes on after an interruption at any point, with the values of the first run", async () => {
    const { vault, state } = await up();
    const before = vault.read("secret", "acme-test/shop/db");
    const steps = Object.entries(state).filter(([, { type }]) => type === stash || type === secretV2);
    for (let reached = 1; reached <= steps.length; reached += 1) {
      const partial = Object.fromEntries(steps.slice(0, reached));
      await up({ vault, state: partial, entropy: `run ${reached}` });
      assert.deepEqual(vault.read("secret", "acme-test/shop/db"), before, `interrupted after ${reached}`);
    }
  });

  it("warns of drift in what it owns, and not where drift is not looked for", async () => {
    const { vault, state } = await up();
    vault.write("secret/acme-test/till/api", { token: "by-hand" });
    const [watching, blind] = [await up({ vault, state }), await up({ vault, state, facts: { detectDrift: false } })];
    assert.deepEqual(
      watching.logs.map(({ message }) => message.split("\n")[0]),
      ['drift: "acme-test/till/api" (till/api) in store vault was changed outside this program.'],
    );
    assert.deepEqual([blind.logs, blind.calls.filter(({ token }) => token.startsWith("vault:"))], [[], []]);
  });

  it("rotates one secret and leaves the others alone", async () => {
    const { vault, state } = await up();
    const before = [vault.read("secret", "acme-test/shop/db"), vault.read("secret", "acme-test/till/api")];
    const run = await up({ vault, state, entropy: "later", facts: { rotations: { "shop/db": "2026-02-01" } } });
    const [db, api] = [vault.read("secret", "acme-test/shop/db"), vault.read("secret", "acme-test/till/api")];
    assert.notEqual(db["password"], before[0]?.["password"]);
    assert.deepEqual(api, before[1]);
    assert.equal(run.result.namespaces["shop"]?.secrets["shop-db"]?.rotateBy, "2026-05-02");
    const annotation = (name: string) =>
      JSON.stringify(run.resources.find("kubernetes:external-secrets.io/v1:ExternalSecret", name).inputs["metadata"]);
    assert.match(annotation("main/shop/shop-db"), /"force-sync":"2"/);
    assert.match(annotation("main/till/till-api"), /"force-sync":"1"/);
  });

  it("rejects an unreachable Vault before the first write", async () => {
    const unreachable = () => {
      throw new Error("connection refused");
    };
    const { error, resources } = await failing({
      answers: { "vault:kv/getSecretsListV2:getSecretsListV2": unreachable },
    });
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /^stores\.vault: listing names in Vault at https:\/\/vault\.example:8200 \(mount secret\) failed: connection refused\. Nothing was changed\.\n/,
    );
    assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  });
});
