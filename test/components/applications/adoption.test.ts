import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { lossesBy, planAdoption, type Adoption, type AdoptionArgs } from "../../../components/applications/adoption.ts";
import type { HeldValue, Holder } from "../../../components/applications/held.ts";
import type { Issue } from "../../../components/support/errors.ts";
import {
  bcryptOf,
  hexToken,
  literal,
  password,
  provided,
  rotatedAt,
  template,
} from "../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { leaks } from "../../support/clear-text.ts";

const canary = "canary-in-use-3b7e";
const other = "canary-of-another-91bc";
const token = "canary-of-the-configuration-77aa";

const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: {
    hash: bcryptOf("password"),
    password: password(),
    time: rotatedAt(),
    token: provided("shopToken"),
    uri: template("db://${username}:${password|uri}@db"),
    username: literal("shop"),
  },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  adopt: true,
  referenced: false,
};
const texts: Readonly<Record<string, string>> = {
  hash: bcrypt.hashSync(canary, 4),
  password: canary,
  token,
  uri: `db://shop:${canary}@db`,
  username: "shop",
};

/** A store that holds these values. */
const vaultOf = (values: Readonly<Record<string, string | HeldValue | undefined>>, name = "vault"): Holder => ({
  name,
  where: `store ${name}`,
  values: Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? { text: value } : value] as const],
    ),
  ),
});
const secretOf = (values: Readonly<Record<string, string>>, name = "shop-db"): Holder => ({
  ...vaultOf(values, "main"),
  where: `Secret shop/${name} of cluster main`,
});

const plan = (args: Partial<AdoptionArgs> = {}): Adoption => {
  const adoption = planAdoption({
    spec,
    holders: [vaultOf(texts)],
    provided: { shopToken: token },
    known: {},
    ...args,
  });
  // No value in what people are shown.
  assert.deepEqual(leaks([adoption.issues, adoption.outcomes], [canary, other, token]), []);
  return adoption;
};
const outcomesOf = ({ outcomes }: Adoption) => Object.fromEntries(outcomes.map(({ key, outcome }) => [key, outcome]));
const giveUp = (key: string, { index = 0, where = "store vault" } = {}) =>
  `to lose what ${where} holds there: pulumi config set --path 'adoptWithout["shop/db"][${index}]' ${key}`;
const issue = (problem: string, fix: string): Issue => ({ path: 'adopt["shop/db"]', problem, fix });

describe("taking over a secret whose every value can be kept", () => {
  it("keeps what is generated or hashed, and says of each key what becomes of it, in order", () => {
    const { values, outcomes, issues } = plan();
    assert.deepEqual(values, { hash: texts["hash"], password: canary });
    assert.deepEqual(outcomes, [
      { key: "hash", outcome: "kept" },
      { key: "password", outcome: "kept" },
      { key: "time", outcome: "configured" },
      { key: "token", outcome: "configured" },
      { key: "uri", outcome: "configured" },
      { key: "username", outcome: "configured" },
    ]);
    assert.deepEqual(issues, []);
  });

  it("makes what nobody holds", () => {
    const adoption = plan({ holders: [vaultOf({ username: "shop" })] });
    assert.deepEqual([adoption.values, adoption.issues], [{}, []]);
    assert.deepEqual(outcomesOf(adoption), {
      hash: "made",
      password: "made",
      time: "configured",
      token: "configured",
      uri: "configured",
      username: "configured",
    });
  });

  it("keeps an empty text, and one of no shape that a recipe would make", () => {
    const keys = { hex: hexToken(), password: password() };
    const adoption = plan({ spec: { ...spec, keys }, holders: [vaultOf({ hex: "not hex at all", password: "" })] });
    assert.deepEqual([adoption.values, adoption.issues], [{ hex: "not hex at all", password: "" }, []]);
  });

  it("says itself when a secret was rotated, whatever is held", () => {
    const adoption = plan({ holders: [vaultOf({ ...texts, time: "2019-01-01T00:00:00Z" })] });
    assert.deepEqual([adoption.issues, outcomesOf(adoption)["time"]], [[], "configured"]);
  });

  it("finds the same values in a store and in a Secret, and completes one by the other", () => {
    const { hash: _, ...withoutHash } = texts;
    const adoption = plan({ holders: [vaultOf(withoutHash), secretOf(texts)] });
    assert.deepEqual([adoption.values, adoption.issues], [{ hash: texts["hash"], password: canary }, []]);
    assert.equal(outcomesOf(adoption)["hash"], "kept");
  });

  it("goes on where the state has the value that is held already", () => {
    assert.deepEqual(plan({ known: { password: canary } }).issues, []);
  });
});

describe("taking over a secret that would lose a value", () => {
  const losses: readonly (readonly [name: string, held: Readonly<Record<string, string | HeldValue>>, Issue])[] = [
    [
      "a key that the catalogue does not have",
      { port: canary },
      issue(
        'store vault holds "port", which the catalogue does not have',
        `add it to the catalogue; or ${giveUp("port")}`,
      ),
    ],
    [
      "a key with the name of something that every object has",
      { constructor: canary },
      issue(
        'store vault holds "constructor", which the catalogue does not have',
        `add it to the catalogue; or ${giveUp("constructor")}`,
      ),
    ],
    [
      "an unknown key that is no text",
      { port: { problem: "is a number in the store's JSON" } },
      issue(
        'store vault holds "port", which the catalogue does not have',
        `add it to the catalogue; or ${giveUp("port")}`,
      ),
    ],
    ...["is a number", "is a list", "is an object", "is null"].map(
      (kind): readonly [string, Readonly<Record<string, HeldValue>>, Issue] => [
        `a generated key that ${kind}`,
        { password: { problem: `${kind} in the store's JSON` } },
        issue(`store vault holds a "password" that ${kind} in the store's JSON`, giveUp("password")),
      ],
    ),
    [
      "bytes under a provided key",
      { token: { problem: "holds bytes that are no text in UTF-8" } },
      issue('store vault holds a "token" that holds bytes that are no text in UTF-8', giveUp("token")),
    ],
    [
      "another literal",
      { username: other },
      issue(
        'store vault holds another "username" than the catalogue',
        `put the one that it holds into the catalogue; or ${giveUp("username")}`,
      ),
    ],
    [
      "another provided value",
      { token: other },
      issue(
        'store vault holds another "token" than the configuration',
        `set the one that it holds: pulumi config set --secret shopToken; or ${giveUp("token")}`,
      ),
    ],
    [
      "another text than a template makes",
      { uri: `db://shop:${other}@db` },
      issue(
        `store vault holds another "uri" than the catalogue's template makes`,
        `let the template make the one that it holds; or ${giveUp("uri")}`,
      ),
    ],
    [
      "a hash of another password",
      { hash: bcrypt.hashSync(other, 4) },
      issue(
        'store vault holds a "hash" that is no bcrypt hash of the "password" that the secret will have',
        giveUp("hash"),
      ),
    ],
    [
      "a text that is no hash",
      { hash: other },
      issue(
        'store vault holds a "hash" that is no bcrypt hash of the "password" that the secret will have',
        giveUp("hash"),
      ),
    ],
  ];
  for (const [name, held, expected] of losses) {
    const [key = ""] = Object.keys(held);
    const without = (each: Readonly<Record<string, string>>) => (key === "password" ? { username: "shop" } : each);
    it(`is refused: ${name}`, () => {
      assert.deepEqual(plan({ holders: [vaultOf({ ...without(texts), ...held })] }).issues, [expected]);
    });

    it(`goes on where facts give it up by name: ${name}`, () => {
      const giving = { ...spec, adoptWithout: [key] };
      const adoption = plan({ spec: giving, holders: [vaultOf({ ...without(texts), ...held })] });
      assert.deepEqual([adoption.issues, outcomesOf(adoption)[key]], [[], "given up"]);
    });
  }

  it("is refused where a template or hash has no value to be made of yet", () => {
    const { password: _, ...held } = texts;
    assert.deepEqual(
      plan({ holders: [vaultOf(held)] }).issues.map(({ problem }) => problem),
      [
        'store vault holds a "hash" that is no bcrypt hash of the "password" that the secret will have',
        `store vault holds another "uri" than the catalogue's template makes`,
      ],
    );
  });

  it("is refused where the state has another value, which no holder can change any more", () => {
    const { issues } = plan({ holders: [vaultOf({ password: canary })], known: { password: other } });
    assert.deepEqual(issues, [issue('store vault holds another "password" than the state', giveUp("password"))]);
  });

  for (const problem of ["plain text", "JSON that is a list", "JSON that is a number"]) {
    it(`is refused where a bundle is ${problem}, which no key can be given up for`, () => {
      const holder = { ...vaultOf({}), problem: `holds ${problem} under "acme-test/shop/db", where …` };
      const { issues } = plan({ spec: { ...spec, adoptWithout: Object.keys(texts) }, holders: [holder] });
      assert.deepEqual(issues, [
        issue(
          `store vault holds ${problem} under "acme-test/shop/db", where …`,
          "let one key be the whole object (`layout: per-key` in the store's facts, and `primaryKey` in the catalogue), or write it as JSON with a text for each key",
        ),
      ]);
    });
  }

  it("names every loss at once, each command with an index of its own behind the entries that exist", () => {
    const held = vaultOf({ ...texts, port: "1", host: "h", username: other });
    const { issues } = plan({ spec: { ...spec, adoptWithout: ["gone", "host"] }, holders: [held] });
    assert.deepEqual(
      issues.map(({ fix }) => fix),
      [
        `put the one that it holds into the catalogue; or ${giveUp("username", { index: 2 })}`,
        `add it to the catalogue; or ${giveUp("port", { index: 3 })}`,
      ],
    );
  });

  it("names a key once, by one index, that two holders would lose", () => {
    const { issues } = plan({
      holders: [vaultOf({ ...texts, port: "1" }), vaultOf({ ...texts, port: "2" }, "second")],
    });
    assert.deepEqual(
      issues.map(({ fix }) => fix),
      [
        `add it to the catalogue; or ${giveUp("port")}`,
        `add it to the catalogue; or ${giveUp("port", { where: "store second" })}`,
      ],
    );
  });

  for (const [key, typed] of [
    ["my key", "--type string -- 'my key'"],
    ["it's", `--type string -- 'it'\\''s'`],
    ["$(rm -r x)", "--type string -- '$(rm -r x)'"],
    ["-x", "--type string -- '-x'"],
    ["8080", "--type string -- '8080'"],
    ["true", "--type string -- 'true'"],
    ["tls.crt", "tls.crt"],
    ["_a-b", "_a-b"],
  ] as const) {
    it(`prints a command that works when typed: ${key}`, () => {
      const [first] = plan({ holders: [vaultOf({ ...texts, [key]: "x" })] }).issues;
      assert.equal(first?.fix, `add it to the catalogue; or ${giveUp(typed)}`);
    });
  }
});

describe("taking over a secret that several hold", () => {
  const second = vaultOf({ ...texts, ...valuesOf(other) }, "second");
  const choose = (...names: readonly string[]) =>
    `name the one to keep: ${names.map((name) => `pulumi config set --path 'adopt["shop/db"]' ${name}`).join(", or ")}`;

  /** Values that go with a password. */
  function valuesOf(value: string) {
    return { password: value, hash: bcrypt.hashSync(value, 4), uri: `db://shop:${value}@db` };
  }

  it("is refused where they hold different values, until facts name one", () => {
    const { issues } = plan({ holders: [vaultOf({ password: canary }), vaultOf({ password: other }, "second")] });
    assert.deepEqual(issues, [
      issue(
        'store second holds another "password" than store vault',
        `${choose("vault", "second")}; or ${giveUp("password", { where: "store second" })}`,
      ),
    ]);
  });

  it("names the cluster where a Secret holds another value than the store", () => {
    const { issues } = plan({ holders: [vaultOf({ password: canary }), secretOf({ password: other })] });
    assert.deepEqual(issues, [
      issue(
        'Secret shop/shop-db of cluster main holds another "password" than store vault',
        `${choose("vault", "main")}; or ${giveUp("password", { where: "Secret shop/shop-db of cluster main" })}`,
      ),
    ]);
  });

  for (const [chosen, value] of [
    ["vault", canary],
    ["second", other],
  ] as const) {
    it(`keeps the values of the one that facts name: ${chosen}`, () => {
      const adoption = plan({ spec: { ...spec, adoptFrom: chosen }, holders: [vaultOf(texts), second] });
      assert.deepEqual([adoption.values["password"], adoption.issues], [value, []]);
      assert.deepEqual([outcomesOf(adoption)["password"], outcomesOf(adoption)["uri"]], ["kept", "configured"]);
    });
  }

  it("gives up a whole object that is nothing of ours where facts name another", () => {
    const plain = { ...vaultOf({}, "second"), problem: "holds plain text" };
    assert.deepEqual(plan({ spec: { ...spec, adoptFrom: "vault" }, holders: [plain, vaultOf(texts)] }).issues, []);
  });

  it("gives up no key by that which only the other one holds, and the catalogue does not have", () => {
    const more = vaultOf({ ...texts, port: canary }, "second");
    const args = { spec: { ...spec, adoptFrom: "vault" }, holders: [vaultOf(texts), more] };
    const expected = issue(
      'store second holds "port", which the catalogue does not have',
      `add it to the catalogue; or ${giveUp("port", { where: "store second" })}`,
    );
    assert.deepEqual(plan(args).issues, [expected]);
    assert.deepEqual(lossesBy(args.spec, more, texts), [expected]);
  });

  it("is refused where the one that facts name would itself lose a value", () => {
    const args = { spec: { ...spec, adoptFrom: "vault" }, holders: [second, vaultOf({ ...texts, username: other })] };
    assert.deepEqual(
      plan(args).issues.map(({ problem }) => problem),
      ['store vault holds another "username" than the catalogue'],
    );
  });

  it("is refused where two Secrets of one cluster differ, whose name tells them not apart", () => {
    const holders = [secretOf({ password: canary }), secretOf({ password: other }, "shop-db-2")];
    const expected = issue(
      'Secret shop/shop-db-2 of cluster main holds another "password" than Secret shop/shop-db of cluster main',
      giveUp("password", { where: "Secret shop/shop-db-2 of cluster main" }),
    );
    assert.deepEqual(plan({ holders }).issues, [expected]);
    assert.deepEqual(plan({ holders, spec: { ...spec, adoptFrom: "main" } }).issues, [expected]);
  });

  it("does as if nobody was named where the one that facts name holds nothing", () => {
    const { issues } = plan({ spec: { ...spec, adoptFrom: "third" }, holders: [vaultOf(texts), second] });
    assert.ok(issues.length > 0);
  });
});

describe("what would be lost by writing over an object", () => {
  it("is nothing where it holds the same", () => {
    assert.deepEqual(lossesBy(spec, vaultOf(texts), texts), []);
  });

  it("is every value that differs", () => {
    assert.deepEqual(
      lossesBy(spec, vaultOf({ ...texts, password: other }), texts).map(({ problem }) => problem),
      ['store vault holds another "password" than the state'],
    );
  });

  it("is not what another holder was chosen over", () => {
    const chosen = { ...spec, adoptFrom: "second" };
    assert.deepEqual(lossesBy(chosen, vaultOf({ ...texts, password: other }), texts), []);
    assert.equal(lossesBy(chosen, vaultOf({ ...texts, password: other }, "second"), texts).length, 1);
  });
});
