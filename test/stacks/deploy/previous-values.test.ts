import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  base64Bytes,
  bcryptOf,
  hexToken,
  keyPair,
  literal,
  previousOf,
  publicKeyOf,
  template,
} from "../../../components/values/recipe.ts";
import { publicKeyText } from "../../../components/values/public-key.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { leaks } from "../../support/clear-text.ts";
import { goldenResources } from "../../support/golden.ts";
import { policy } from "../../support/fixtures.ts";
import { rows } from "../../components/backends/rows/index.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import { FakeVault } from "../../support/fake-vault.ts";
import { root } from "../../support/project.ts";
import type { Run } from "../../support/mocks.ts";
import { failing, up, type Changes } from "../../support/stack.ts";

const stash = "pulumi:index:Stash";
const catalogue: Catalogue = {
  shop: {
    secrets: {
      jwt: {
        keys: {
          issuer: literal("shop"),
          key: hexToken(32),
          before: previousOf("key", { days: 14 }),
          keys: template('["${key}","${before}"]'),
        },
      },
    },
    deliveries: [{ namespace: "shop", secretName: "shop-jwt", from: ["jwt"] }],
  },
};
const namespaces = { shop: { cluster: "main", store: "vault" } };

/** One stack through time: each run goes on with what the one before left. */
class Life {
  readonly vault = new FakeVault();
  readonly memory = new RemoteMemory();
  state: Run<unknown>["state"] = {};
  #runs = 0;
  readonly #changes: Changes;

  constructor(changes: Changes = {}) {
    this.#changes = changes;
  }

  #options(day: string, facts: Readonly<Record<string, unknown>>): Changes {
    this.#runs += 1;
    return {
      catalogue,
      secret: {},
      ...this.#changes,
      entropy: `run ${this.#runs}`,
      vault: this.vault,
      memory: this.memory,
      state: this.state,
      now: new Date(`${day}T12:00:00Z`),
      facts: { namespaces, ...this.#changes.facts, ...facts },
    };
  }

  async up(day: string, facts: Readonly<Record<string, unknown>> = {}) {
    const run = await up(this.#options(day, facts));
    this.state = run.state;
    return run;
  }

  async refusal(day: string, facts: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { error, resources } = await failing(this.#options(day, facts));
    resources.assertNone(stash);
    return error.message;
  }

  get stored() {
    return this.vault.read("secret", "acme-test/shop/jwt");
  }

  get kept(): readonly string[] {
    return Object.values(this.state)
      .flatMap(({ type }, index) => (type === stash ? [Object.keys(this.state)[index]?.split("::").at(-1) ?? ""] : []))
      .sort();
  }
}

const rotated = (date: string, retired?: string) => ({
  rotations: { "shop/jwt": date },
  ...(retired === undefined ? {} : { retirePrevious: { "shop/jwt": retired } }),
});
const said = ({ logs }: Pick<Run<unknown>, "logs">) =>
  logs.map(({ message }) => message).filter((message) => message.startsWith("shop/jwt"));

describe("a value whose previous one stays valid", () => {
  it("is its own previous value before the first rotation: the key exists, and nothing is kept twice", async () => {
    const life = new Life();
    const run = await life.up("2026-11-01");
    const { key, before, keys } = life.stored;
    assert.match(key ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual([before, keys], [key, JSON.stringify([key, key])]);
    assert.deepEqual([life.kept, said(run)], [["shop/jwt/key"], []]);
  });

  it("is handed out together with the one before after a rotation, in later runs too", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    const { key: first } = life.stored;
    const run = await life.up("2026-12-01", rotated("2026-12-01"));
    const { key: second, ...others } = life.stored;
    assert.notEqual(second, first);
    assert.deepEqual(others, { before: first, issuer: "shop", keys: JSON.stringify([second, first]) });
    const note = "shop/jwt before: the value that key had before 2026-12-01, valid until 2026-12-15";
    assert.deepEqual(said(run), [note]);
    const kept = ["shop/jwt/before@2026-12-01", "shop/jwt/key@2026-12-01"];
    assert.deepEqual(life.kept, kept);
    assert.deepEqual(leaks([run.logs], [first ?? "", second ?? ""]), []);

    const later = await life.up("2026-12-15", rotated("2026-12-01"));
    assert.deepEqual(life.stored, { key: second, ...others });
    assert.deepEqual([life.kept, said(later)], [kept, [note]]);
  });

  it("replaces it in store and state in the first run after that time, which says so", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { key } = life.stored;
    const run = await life.up("2026-12-16", rotated("2026-12-01"));
    assert.deepEqual(life.stored, { before: key, issuer: "shop", key, keys: JSON.stringify([key, key]) });
    assert.deepEqual(life.kept, ["shop/jwt/key@2026-12-01"]);
    assert.deepEqual(said(run), [
      "shop/jwt before: the value before 2026-12-01 was valid until 2026-12-15, and is removed: the key becomes the same as key",
    ]);
    assert.deepEqual(said(await life.up("2026-12-17", rotated("2026-12-01"))), []);
  });

  it("keeps the one before where the run that rotates is killed, whatever it had reached", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    const { key: first } = life.stored;
    const before = life.state;
    await life.up("2026-12-01", rotated("2026-12-01"));
    const after = life.state;
    const [made, kept] = ["shop/jwt/key@2026-12-01", "shop/jwt/before@2026-12-01"].map((name) =>
      Object.entries(after).filter(([urn]) => urn.endsWith(`::${name}`)),
    );
    // Nothing is deleted before the end of a run: the state has both epochs until then.
    for (const reached of [[], made ?? [], kept ?? [], [...(made ?? []), ...(kept ?? [])]]) {
      life.state = { ...before, ...Object.fromEntries(reached) };
      await life.up("2026-12-02", rotated("2026-12-01"));
      assert.equal(life.stored["before"], first, `${reached.length}`);
      assert.notEqual(life.stored["key"], first);
      assert.deepEqual(life.kept, ["shop/jwt/before@2026-12-01", "shop/jwt/key@2026-12-01"]);
    }
  });

  it("hands out nothing from before where it is retired with the rotation, or later", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    await life.up("2026-12-01", rotated("2026-12-01", "2026-12-01"));
    assert.equal(life.stored["before"], life.stored["key"]);
    assert.deepEqual(life.kept, ["shop/jwt/key@2026-12-01"]);

    await life.up("2027-01-10", rotated("2027-01-10", "2026-12-01"));
    assert.notEqual(life.stored["before"], life.stored["key"]);
    const run = await life.up("2027-01-11", rotated("2027-01-10", "2027-01-10"));
    assert.equal(life.stored["before"], life.stored["key"]);
    assert.deepEqual(said(run), [
      "shop/jwt before: the value before 2027-01-10 is retired, and is removed: the key becomes the same as key",
    ]);
  });

  it("is not rotated within that time, unless the value before may stop working", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { key: second, before: first } = life.stored;
    assert.equal(
      await life.refusal("2026-12-15", rotated("2026-12-15")),
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  rotations["shop/jwt"]: the value before the rotation of 2026-12-01 is valid until 2026-12-15 (before), and another rotation would end that',
        "    fix: rotate after that day; or, where that value may stop working: pulumi config set --path 'retirePrevious[\"shop/jwt\"]' 2026-12-01",
      ].join("\n"),
    );
    assert.deepEqual([life.stored["key"], life.stored["before"]], [second, first]);

    await life.up("2026-12-15", rotated("2026-12-15", "2026-12-01"));
    assert.equal(life.stored["before"], second);
    assert.notEqual(life.stored["key"], second);
    assert.deepEqual(life.kept, ["shop/jwt/before@2026-12-15", "shop/jwt/key@2026-12-15"]);
  });

  it("is rotated again once that time is over, whether a run has removed the value before or not", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { key: second } = life.stored;
    await life.up("2026-12-16", rotated("2026-12-16"));
    assert.equal(life.stored["before"], second);
    assert.deepEqual(life.kept, ["shop/jwt/before@2026-12-16", "shop/jwt/key@2026-12-16"]);
  });

  it("is not rotated by a date so far back that the value in use would stop working at once", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    assert.equal(
      await life.refusal("2026-12-16", rotated("2026-12-01")),
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  rotations["shop/jwt"]: is 2026-12-01, and the value before a rotation stays valid for 14 days (before): that time is over already, and the value in use would stop working at once',
        "    fix: date the rotation today: pulumi config set --path 'rotations[\"shop/jwt\"]' 2026-12-16; or, where that value must stop working: pulumi config set --path 'retirePrevious[\"shop/jwt\"]' 2026-12-01",
      ].join("\n"),
    );
    await life.up("2026-12-16", rotated("2026-12-01", "2026-12-01"));
    assert.equal(life.stored["before"], life.stored["key"]);
  });

  it("goes on with a rotation that has begun, however late", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    const before = life.state;
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { key } = life.stored;
    life.state = { ...before, ...life.state };
    await life.up("2027-03-01", rotated("2026-12-01"));
    assert.deepEqual([life.stored["key"], life.stored["before"]], [key, key]);
  });

  it("begins to be kept with the first rotation after the key came into the catalogue", async () => {
    const keys = { key: hexToken(32) };
    const without = {
      shop: { ...catalogue["shop"], secrets: { jwt: { keys } }, deliveries: catalogue["shop"]?.deliveries ?? [] },
    };
    const life = new Life({ catalogue: without });
    await life.up("2026-11-01");
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { key: second } = life.stored;
    const later = new Life();
    later.vault.write("secret/acme-test/shop/jwt", life.stored);
    later.state = life.state;
    await later.up("2026-12-02", rotated("2026-12-01"));
    assert.deepEqual([later.stored["key"], later.stored["before"]], [second, second]);
    await later.up("2026-12-03", rotated("2026-12-03"));
    assert.equal(later.stored["before"], second);
  });

  it("has what is made of it made of the previous one too: its public key, its hash", async () => {
    const keys = {
      key: keyPair({ type: "ecdsa-p256" }),
      before: previousOf("key", { days: 14 }),
      public: publicKeyOf("key"),
      publicBefore: publicKeyOf("before"),
      token: hexToken(16),
      tokenBefore: previousOf("token", { days: 7 }),
      hashBefore: bcryptOf("tokenBefore"),
    };
    const shop = { secrets: { jwt: { keys } }, deliveries: catalogue["shop"]?.deliveries ?? [] };
    const life = new Life({ catalogue: { shop } });
    await life.up("2026-11-01");
    const first = life.stored;
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { publicBefore, before, hashBefore, tokenBefore } = life.stored;
    assert.deepEqual([before, publicBefore, tokenBefore], [first["key"], first["public"], first["token"]]);
    assert.equal(publicBefore, publicKeyText({ of: "", value: before }));
    assert.notEqual(hashBefore, first["hashBefore"]);
    // The token's time ends first.
    await life.up("2026-12-10", rotated("2026-12-01"));
    assert.deepEqual([life.stored["before"], life.stored["tokenBefore"]], [first["key"], life.stored["token"]]);
  });

  it("stands in one text with the current one, each under an id that follows from it, as docs/rotation.md has it", async () => {
    const text =
      '{"${JWT_SECRET|sha256}":"${JWT_SECRET|json}","${JWT_SECRET_PREVIOUS|sha256}":"${JWT_SECRET_PREVIOUS|json}"}';
    assert.ok(readFileSync(path.join(root, "docs/rotation.md"), "utf8").includes(text));
    const keys = {
      JWT_SECRET: base64Bytes(64),
      JWT_SECRET_PREVIOUS: previousOf("JWT_SECRET", { days: 14 }),
      "keys.json": template(text),
    };
    const life = new Life({
      catalogue: { shop: { secrets: { jwt: { keys } }, deliveries: catalogue["shop"]?.deliveries ?? [] } },
    });
    const id = (value = "") => createHash("sha256").update(value).digest("hex");
    const held = () => JSON.parse(life.stored["keys.json"] ?? "") as Readonly<Record<string, string>>;
    await life.up("2026-11-01");
    const { JWT_SECRET: first = "" } = life.stored;
    assert.deepEqual(held(), { [id(first)]: first });
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { JWT_SECRET: second = "" } = life.stored;
    assert.deepEqual(held(), { [id(first)]: first, [id(second)]: second });
  });

  it("is adopted with it from the store after the state was lost, while it is valid", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    await life.up("2026-12-01", rotated("2026-12-01"));
    const { stored } = life;
    const facts = { ...rotated("2026-12-01"), adopt: { "shop/jwt": true } };
    life.state = {};
    await life.up("2026-12-02", facts);
    assert.deepEqual(life.stored, stored);
    await life.up("2026-12-03", rotated("2026-12-01"));
    assert.deepEqual(life.stored, stored);

    life.state = {};
    assert.match(
      await life.refusal("2026-12-20", facts),
      /adopt\["shop\/jwt"\]: store vault holds another "before" than "key", which it is the same as: a value before that is valid no longer\n {4}fix: give it more days in the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout\["shop\/jwt"\]\[0\]' before\n/,
    );
    await life.up("2026-12-20", { ...facts, adoptWithout: { "shop/jwt": ["before", "keys"] } });
    assert.deepEqual([life.stored["key"], life.stored["before"]], [stored["key"], stored["key"]]);
  });

  it("is taken over from a store that had both before this program, by the date on which it was rotated", async () => {
    const [key, before] = ["a".repeat(64), "b".repeat(64)];
    const existing = { key, before, issuer: "shop", keys: JSON.stringify([key, before]) };
    const life = new Life();
    life.vault.write("secret/acme-test/shop/jwt", existing);
    const adopt = { adopt: { "shop/jwt": true } };
    assert.match(
      await life.refusal("2026-02-02", adopt),
      /holds another "before" than "key", which it is the same as: a value before that is valid no longer\n {4}fix: say when it was rotated: pulumi config set --path 'rotations\["shop\/jwt"\]' <date>; or to discard/,
    );
    await life.up("2026-02-10", { ...adopt, ...rotated("2026-02-08") });
    assert.deepEqual(life.stored, existing);
    await life.up("2026-02-23", rotated("2026-02-08"));
    assert.deepEqual(life.stored, { ...existing, before: key, keys: JSON.stringify([key, key]) });
  });

  it("is kept in the state encrypted, as every value is", async () => {
    const life = new Life();
    await life.up("2026-11-01");
    const run = await life.up("2026-12-01", rotated("2026-12-01"));
    const { inputs } = run.resources.find(stash, "shop/jwt/before@2026-12-01");
    assert.equal(inputs["input"]?.constructor.name, "SecretInput");
    assert.deepEqual(
      leaks(
        [goldenResources(run.resources)],
        Object.values(life.stored).filter((each) => each !== "shop"),
      ),
      [],
    );
  });
});

describe("a previous value, wherever it goes", () => {
  /** What a store needs to trust the cluster of the test. */
  const trust: Readonly<Record<string, object>> = {
    "gcp-secret-manager": {
      identityProviders: { main: "projects/123456789/locations/global/workloadIdentityPools/acme/providers/main" },
    },
  };
  const aws = { region: "eu-central-1", accountId: "111122223333" };
  const eks = {
    main: {
      flavour: "kubeconfig",
      externalSecrets: { version: "2.9.0" },
      issuer: "https://issuer.example",
    },
  };

  it("lies in an object of its own where each key does, which is written before all others", async () => {
    const stores = { vault: { kind: "aws-parameter-store", ...aws } };
    const life = new Life({ facts: { stores, clusters: eks } });
    const type = "aws:ssm/parameter:Parameter";
    const names = ["before", "issuer", "key", "keys"].map((key) => `shop/jwt/vault/${key}`);
    await life.up("2026-11-01");
    const run = await life.up("2026-12-01", rotated("2026-12-01"));
    assert.deepEqual(run.resources.names(type), names);
    const [first = "", ...others] = names;
    const waitsFor = (name: string) =>
      run.resources.find(type, name).options.dependsOn.filter((each) => names.includes(each));
    assert.deepEqual(waitsFor(first), []);
    for (const name of others) assert.deepEqual(waitsFor(name), [first]);
    const held = (key: string) => life.memory.read("aws-parameter-store", `/acme-test/shop/jwt/${key}`)?.payload;
    assert.notEqual(held("before"), held("key"));
    await life.up("2026-12-16", rotated("2026-12-01"));
    assert.equal(held("before"), held("key"));
  });

  it("is written to a write-only store like every other, and leaves the state with its time", async () => {
    const stores = { vault: { kind: "vault-kv", address: "https://vault.example:8200", values: "write-only" } };
    const life = new Life({ facts: { stores } });
    await life.up("2026-11-01");
    const { key } = life.stored;
    await life.up("2026-12-01", rotated("2026-12-01"));
    assert.equal(life.stored["before"], key);
    await life.up("2026-12-16", rotated("2026-12-01"));
    assert.equal(life.stored["before"], life.stored["key"]);
    assert.ok(!JSON.stringify(life.state).includes(key ?? "-"));
  });

  for (const [kind, { facts: ofStore, keyVaultApi }] of Object.entries(rows)) {
    it(`is held beside the current one, and replaced by it in the end: ${kind}`, async () => {
      const life = new Life({
        facts: { stores: { vault: { ...ofStore, ...trust[kind] } }, clusters: eks },
        ...(keyVaultApi === undefined ? {} : { external: { keyVaultApi } }),
      });
      const held = () =>
        kind === "vault-kv"
          ? JSON.stringify(life.vault.read("secret", "acme-test/shop/jwt"))
          : life.memory.payloads.join("\n");
      const keysIn = (text: string) => new Set(text.match(/[0-9a-f]{64}/g));
      await life.up("2026-11-01");
      const [first = ""] = keysIn(held());
      await life.up("2026-12-01", rotated("2026-12-01"));
      const both = keysIn(held());
      assert.ok(both.size === 2 && both.has(first), `${both.size}`);
      await life.up("2026-12-16", rotated("2026-12-01"));
      assert.deepEqual(keysIn(held()), new Set([...both].filter((each) => each !== first)));
    });
  }

  it("is a key of a plain Secret", async () => {
    const life = new Life({ facts: { stores: {}, namespaces: { shop: { cluster: "main" } }, via: "plain" }, policy });
    await life.up("2026-11-01");
    const data = ({ resources }: Awaited<ReturnType<Life["up"]>>) =>
      resources.find("kubernetes:core/v1:Secret", "main/shop/shop-jwt").inputs["stringData"] as {
        readonly value: Readonly<Record<string, string>>;
      };
    const run = await life.up("2026-12-01", rotated("2026-12-01"));
    const { before, key } = data(run).value;
    assert.notEqual(before, key);
    const ended = data(await life.up("2026-12-16", rotated("2026-12-01"))).value;
    assert.deepEqual([ended["before"], ended["key"]], [key, key]);
  });
});
