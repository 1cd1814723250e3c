import assert from "node:assert/strict";
import { literal, password, template } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { applicationSecrets, cluster, decode, fingerprints, ifExists, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type Run, type StackOptions } from "../support/stacks.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { listKv } from "../support/vault.ts";

/** One catalogue; `east` installs the operator, and `west` calls its namespace otherwise. */
const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        keys: {
          username: literal("shop"),
          password: password(),
          uri: template("pg://${username}:${password|uri}@${fact:dbHost}:${fact:dbPort}/shop"),
        },
      },
      debug: { keys: { token: password() } },
      outside: { delivered: false, keys: { token: password() } },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"] },
      { namespace: "shop", secretName: "shop-debug", from: ["debug"], environments: ["east"] },
    ],
  },
};

const namespaces = { ...onlyNamespaces([]), shop: { cluster: "local", store: "vault", create: true } };
const east: StackOptions = {
  stack: "east",
  catalogue,
  demo: false,
  facts: {
    namespaces,
    storedIn: { "shop/outside": "vault" },
    templateFacts: { dbHost: "db.east.example", dbPort: 5432 },
  },
};
const westFacts = {
  namespaces: { ...namespaces, shop: { ...namespaces.shop, name: "shop-west" } },
  clusters: { local: { externalSecrets: { install: false } } },
  storedIn: { "shop/outside": [] },
  templateFacts: { dbHost: "db.west.example", dbPort: 5433 },
};
/** `environments: ["east"]` must name an environment, also for whoever is another one. */
const west: StackOptions = { stack: "west", catalogue, demo: false, facts: westFacts, others: ["east"] };

describe("two environments in one cluster", () => {
  before(async () => {
    await makeRoom();
    await succeed("up", east);
  });
  after(async () => {
    await run("destroy", west);
    await succeed("destroy", east);
  });

  describe("before the second is told of the first", () => {
    let refused: Run;

    before(async () => {
      refused = await run("up", { ...west, facts: { ...westFacts, namespaces, clusters: { local: {} } } });
    });

    it("refuses its operator and its namespace, and writes nothing", async () => {
      assert.equal(refused.ok, false);
      const said = refused.errors.join("\n");
      assert.match(said, /was refused: 2 problems\. Nothing was changed\./);
      assert.match(
        said,
        /clusters\.local\.externalSecrets\.install: cluster local has an operator that this stack did not install/,
      );
      assert.match(said, /namespaces\.shop: namespace shop of cluster local belongs to stack multicloud-secrets\/east/);
      assert.deepEqual(await pathsOf("west"), []);
    });
  });

  describe("with facts of its own", () => {
    let first: unknown;

    before(async () => {
      first = fingerprints(await applicationSecrets(["shop"]));
      await succeed("up", west);
    });

    it("gives each its Secrets, with the hosts of its environment and a password of its own", async () => {
      const [one, other] = [await values("shop"), await values("shop-west")];
      assert.equal(one["uri"], `pg://shop:${one["password"] ?? ""}@db.east.example:5432/shop`);
      assert.equal(other["uri"], `pg://shop:${other["password"] ?? ""}@db.west.example:5433/shop`);
      assert.notEqual(one["password"], other["password"]);
    });

    it("delivers what one of them alone has to that one, and stores what nobody reads where facts say", async () => {
      assert.notEqual(await readSecret("shop", "shop-debug"), undefined);
      assert.equal(await readSecret("shop-west", "shop-debug"), undefined);
      assert.deepEqual(
        (await pathsOf("east")).map((each) => each.split("/").at(-1)),
        ["db", "debug", "outside"],
      );
      assert.deepEqual(
        (await pathsOf("west")).map((each) => each.split("/").at(-1)),
        ["db"],
      );
    });

    it("leaves the first as it was, and neither has anything to do", async () => {
      assert.deepEqual(fingerprints(await applicationSecrets(["shop"])), first);
      for (const each of [east, west]) assert.deepEqual((await succeed("preview", each)).changes, {});
    });
  });

  describe("when a fact changes", () => {
    it("writes what is made of it, and the Secret follows; the password stays", async () => {
      const before = await values("shop-west");
      await succeed("up", {
        ...west,
        facts: { ...westFacts, templateFacts: { dbHost: "db2.west.example", dbPort: 5433 } },
      });
      const after = await values("shop-west");
      assert.equal(after["password"], before["password"]);
      assert.equal(after["uri"], before["uri"]?.replace("db.west", "db2.west"));
    });
  });

  describe("when a fact is the output of another stack", () => {
    const taking = (output: string): StackOptions => {
      const dbHost = { stack: "organization/multicloud-secrets/east", output };
      return { ...west, facts: { ...westFacts, templateFacts: { dbHost, dbPort: 5433 } } };
    };

    it("writes what that stack has", async () => {
      await succeed("up", taking("environment"));
      assert.match((await values("shop-west"))["uri"] ?? "", /@east:5433\/shop$/);
    });

    it("refuses one that is not there, or is no text, and a stack that is not", async () => {
      const said = async (options: StackOptions) => (await run("preview", options)).errors.join("\n");
      assert.match(await said(taking("enviroment")), /has no output "enviroment"; did you mean environment\?/);
      assert.match(
        await said(taking("namespaces")),
        /output "namespaces" is an object; a template takes a text or a number/,
      );
      const dbHost = { stack: "organization/multicloud-secrets/nowhere", output: "environment" };
      const nowhere = { ...west, facts: { ...westFacts, templateFacts: { dbHost, dbPort: 5433 } } };
      assert.match(
        await said(nowhere),
        /templateFacts\.dbHost: stack organization\/multicloud-secrets\/nowhere can't be read: /,
      );
    });
  });

  describe("when the second is destroyed", () => {
    before(() => succeed("destroy", west));

    it("leaves the first working: its Secret is made again after it was deleted", async () => {
      const before = await values("shop");
      const { core } = await cluster();
      await core.deleteNamespacedSecret({ namespace: "shop", name: "shop-db" });
      await eventually(
        "the operator makes the Secret again",
        async () => (await readSecret("shop", "shop-db")) !== undefined,
      );
      assert.deepEqual(await values("shop"), before);
      assert.deepEqual((await succeed("preview", east)).changes, {});
    });

    it("keeps the namespace of the second, and nothing else of it", async () => {
      const { core } = await cluster();
      assert.notEqual(await ifExists(core.readNamespace({ name: "shop-west" })), undefined);
      assert.equal(await readSecret("shop-west", "shop-db"), undefined);
      assert.deepEqual(await pathsOf("west"), []);
    });
  });
});

async function values(namespace: string): Promise<Readonly<Record<string, string>>> {
  return decode((await readSecret(namespace, "shop-db")) ?? assert.fail(`${namespace} has no Secret`));
}

/** Paths of an environment in Vault. */
async function pathsOf(environment: string): Promise<readonly string[]> {
  return (await listKv()).filter((each) => each.includes(`-${environment}/`)).sort();
}
