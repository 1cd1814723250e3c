import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { partOf, partOfStack, stackOfPart } from "../../../stacks/config/part.ts";
import { outputsOf } from "../../../stacks/outputs/index.ts";
import { environment, facts, issuesOf, policy } from "../../support/fixtures.ts";

const application = (app: string, ...from: string[]): Catalogue => ({
  [app]: {
    secrets: { db: { keys: { password: password() } } },
    deliveries: [{ namespace: app, secretName: `${app}-db`, from: ["db", ...from] }],
  },
});
/** `web` delivers a secret of `till`, which makes them one group. */
const catalogue: Catalogue = {
  ...application("shop"),
  ...application("till"),
  ...application("bank"),
  web: {
    secrets: { key: { keys: { token: password() } } },
    deliveries: [
      { namespace: "web", secretName: "web", from: ["key", { secret: "till/db", keys: { DB: "password" } }] },
    ],
  },
};
const namespaces = Object.fromEntries(Object.keys(catalogue).map((app) => [app, { cluster: "main", store: "vault" }]));
const spread = (parts: object, more: object = {}) => ({
  catalogue,
  facts: { ...facts, namespaces, parts, ...more },
});
const sound = { base: ["shop"], p1: ["till", "web"], p2: ["bank"] };
const whole = () => environment(spread(sound));

describe("applications that are spread over stacks", () => {
  it("form groups where one delivers a secret of another", () => {
    assert.deepEqual(whole().parts.groups, [["shop"], ["till", "web"], ["bank"]]);
  });

  it("form groups where they deliver to one namespace", () => {
    const shared: Catalogue = {
      ...application("shop"),
      bank: {
        secrets: { key: { keys: { token: password() } } },
        deliveries: [{ namespace: "shop", secretName: "bank", from: ["key"] }],
      },
    };
    const { parts } = environment({ catalogue: shared, facts: { ...facts, namespaces: { shop: namespaces["shop"] } } });
    assert.deepEqual(parts.groups, [["shop", "bank"]]);
  });

  it("are those of the part alone, with their namespaces and stores", () => {
    const part = partOf(whole(), "p1");
    assert.deepEqual(
      part.secrets.map(({ id }) => id),
      ["till/db", "web/key"],
    );
    assert.deepEqual(
      part.namespaces.map(({ name }) => name),
      ["till", "web"],
    );
    assert.deepEqual(
      part.placements.map(({ secret }) => secret.id),
      ["till/db", "web/key"],
    );
    // Comparisons are by reference all through the program.
    for (const { store, cluster } of part.namespaces) {
      assert.equal(store, part.stores.get("vault"));
      assert.equal(cluster, part.clusters.get("main")?.spec);
    }
  });

  it("leave nothing out, and nothing is in two parts", () => {
    const all = whole();
    const ids = ["base", "p1", "p2"].flatMap((part) => partOf(all, part).secrets.map(({ id }) => id));
    assert.deepEqual(ids.toSorted(), all.secrets.map(({ id }) => id).toSorted());
    const keys = ["base", "p1", "p2"].flatMap((part) => partOf(all, part).namespaces.map(({ key }) => key));
    assert.deepEqual(keys.toSorted(), all.namespaces.map(({ key }) => key).toSorted());
  });

  it("find what is shared, which the base has", () => {
    const store = {
      kind: "vault-kv",
      address: "https://vault.example:8200",
      createMount: true,
      auditDevices: [{ type: "file", filePath: "/vault/audit.log" }],
    };
    const { main } = facts.clusters;
    const alerted = { ...main, alerts: {}, externalSecrets: { ...main.externalSecrets, serviceMonitor: true } };
    const all = environment(spread(sound, { stores: { vault: store }, clusters: { main: alerted } }));
    const [base, part] = [partOf(all, "base"), partOf(all, "p1")];
    const made = (each: typeof base) => {
      const { spec, everyNamespace } = each.clusters.get("main") ?? {};
      const vault = each.stores.get("vault");
      return {
        install: spec?.externalSecrets.install,
        admission: spec?.externalSecrets.admissionPolicy !== undefined,
        alerts: spec?.alerts !== undefined,
        mount: vault !== undefined && "createMount" in vault,
        audit: vault !== undefined && "auditDevices" in vault,
        namespaces: everyNamespace?.map(({ name }) => name),
      };
    };
    assert.deepEqual(made(base), {
      install: true,
      admission: true,
      alerts: true,
      mount: true,
      audit: true,
      namespaces: ["shop", "till", "bank", "web"],
    });
    assert.deepEqual(made(part), {
      install: false,
      admission: false,
      alerts: false,
      mount: false,
      audit: false,
      namespaces: undefined,
    });
  });

  it("are told by the outputs of the base: whose stack has which", () => {
    assert.deepEqual(outputsOf(whole()).parts, { shop: "test", till: "test.p1", web: "test.p1", bank: "test.p2" });
    assert.equal(outputsOf(partOf(whole(), "p1")).parts, undefined);
    assert.equal(outputsOf(environment(spread({}))).parts, undefined);
  });

  it("are in stacks that are called after environment and part", () => {
    assert.equal(stackOfPart("base", "prod"), "prod");
    assert.equal(stackOfPart("p1", "prod"), "prod.p1");
    assert.equal(partOfStack("prod", "prod"), "base");
    assert.equal(partOfStack("prod.p1", "prod"), "p1");
  });
});

describe("facts that spread applications over stacks", () => {
  const fix = "npx secrets fleet plan test --write";
  it("name every application", () => {
    assert.deepEqual(issuesOf(spread({ ...sound, p2: [] })), [{ path: "parts", problem: "no part has bank", fix }]);
  });

  it("name none that does not run here", () => {
    assert.deepEqual(issuesOf(spread({ ...sound, p2: ["bank", "banks"] })), [
      {
        path: "parts.p2",
        problem: "names banks, which this environment does not run; did you mean bank? there are bank, shop, till, web",
        fix,
      },
    ]);
  });

  it("name each once", () => {
    assert.deepEqual(issuesOf(spread({ ...sound, base: ["shop", "bank"] })), [
      { path: "parts", problem: "application bank is named more than once: in base, p2" },
    ]);
  });

  it("keep together what belongs together", () => {
    assert.deepEqual(issuesOf(spread({ ...sound, p1: ["till"], p2: ["bank", "web"] })), [
      {
        path: "parts",
        problem:
          "applications till, web are in parts p1, p2, and belong together: they share a namespace, or one delivers a secret of another",
        fix: "put them back, then: npx secrets fleet move test till <part>, which moves all of them",
      },
    ]);
  });

  it("have a base", () => {
    const { base: _, ...others } = sound;
    assert.deepEqual(issuesOf(spread({ ...others, p3: ["shop"] })), [
      { path: "parts", problem: "has no part base, whose stack has what all of them share", fix },
    ]);
  });

  it("leave no shared reader among several stacks", () => {
    const main = { ...facts.clusters.main, externalSecrets: { version: "2.9.0", clusterSecretStore: {} } };
    assert.deepEqual(issuesOf(spread(sound, { clusters: { main } })), [
      {
        path: "clusters.main.externalSecrets.clusterSecretStore",
        problem: "is made by one stack together with all who read through it, and this environment is several (parts)",
        fix: "leave it out: each namespace then has a SecretStore of its own",
      },
    ]);
  });

  it("are not too many resources for a stack, part by part", () => {
    const issues = issuesOf({ ...spread(sound), policy: { ...policy, maximumResources: 14 } });
    assert.deepEqual(
      issues.map(({ path }) => path),
      ["parts.base", "parts.p1"],
    );
  });
});
