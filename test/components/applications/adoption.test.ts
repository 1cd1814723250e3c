import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import bcrypt from "bcryptjs";
import type { HeldValue } from "../../../components/applications/held.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { publicKeyText } from "../../../components/values/public-key.ts";
import {
  hexToken,
  htpasswd,
  password,
  providedBytes,
  publicKeyOf,
  sshKeyPair,
  template,
} from "../../../components/values/recipe.ts";
import { generate } from "../../../components/values/recipes/index.ts";
import {
  adopted,
  canary,
  giveUp,
  issue,
  other,
  outcomesOf,
  plan,
  secretOf,
  spec,
  texts,
  vaultOf,
} from "./adoption-scene.ts";

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
      hash: "generated",
      password: "generated",
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

  it("keeps provided bytes, however the lines of their base64 are broken", () => {
    const bytes = Buffer.alloc(90, 0xfe).toString("base64");
    const keys = { keystore: providedBytes("shopKeystore") };
    const provided = { shopKeystore: `${bytes.slice(0, 76)}\n${bytes.slice(76)}` };
    const adoption = plan({ spec: { ...spec, keys }, holders: [secretOf({ keystore: bytes })], provided });
    assert.deepEqual([adoption.issues, outcomesOf(adoption)], [[], { keystore: "configured" }]);
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
      { token: { problem: "has bytes that are not valid UTF-8" } },
      issue('store vault holds a "token" that has bytes that are not valid UTF-8', giveUp("token")),
    ],
    [
      "another literal",
      { username: other },
      issue(
        'store vault holds another "username" than the catalogue',
        `put the existing value into the catalogue; or ${giveUp("username")}`,
      ),
    ],
    [
      "another provided value",
      { token: other },
      issue(
        'store vault holds another "token" than the configuration',
        `set the existing value: pulumi config set --secret shopToken; or ${giveUp("token")}`,
      ),
    ],
    [
      "another text than a template makes",
      { uri: `db://shop:${other}@db` },
      issue(
        `store vault holds another "uri" than the catalogue's template makes`,
        `change the template so that it produces the existing value; or ${giveUp("uri")}`,
      ),
    ],
    [
      "a hash of another password",
      { hash: bcrypt.hashSync(other, 4) },
      issue(
        'store vault holds a "hash" that is not a bcrypt hash of the "password" that the secret will have',
        giveUp("hash"),
      ),
    ],
    [
      "a text that is no hash",
      { hash: other },
      issue(
        'store vault holds a "hash" that is not a bcrypt hash of the "password" that the secret will have',
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
      const giving = { ...spec, origin: { ...adopted, without: [key] } };
      const adoption = plan({ spec: giving, holders: [vaultOf({ ...without(texts), ...held })] });
      assert.deepEqual([adoption.issues, outcomesOf(adoption)[key]], [[], "discarded"]);
    });
  }

  it("keeps an htpasswd file of the passwords that are held, and refuses one of others", () => {
    const keys = { password: password(), auth: htpasswd({ admin: "password" }), copy: template("${auth}") };
    const auth = `admin:${texts["hash"] ?? ""}\n`;
    const kept = plan({ spec: { ...spec, keys }, holders: [vaultOf({ password: canary, auth, copy: auth })] });
    assert.deepEqual(
      [kept.values, kept.issues, outcomesOf(kept)],
      [{ auth, password: canary }, [], { auth: "kept", copy: "configured", password: "kept" }],
    );
    const another = `admin:${bcrypt.hashSync(other, 4)}\n`;
    const { issues } = plan({ spec: { ...spec, keys }, holders: [vaultOf({ password: canary, auth: another })] });
    assert.deepEqual(issues, [
      issue(
        'store vault holds a "auth" that is not the htpasswd file of the passwords that the secret will have',
        giveUp("auth"),
      ),
    ]);
  });

  it("keeps a key pair that is held, and refuses a public key of another", () => {
    const keys = { id: sshKeyPair(), "id.pub": publicKeyOf("id") };
    const [id, another] = [1, 2].map(() => generate(sshKeyPair(), randomBytes));
    const publicKey = publicKeyText({ of: "", value: id });
    const kept = plan({ spec: { ...spec, keys }, holders: [vaultOf({ id, "id.pub": publicKey })] });
    assert.deepEqual(
      [kept.values, kept.issues, outcomesOf(kept)],
      [{ id }, [], { id: "kept", "id.pub": "configured" }],
    );
    const { issues } = plan({
      spec: { ...spec, keys },
      holders: [vaultOf({ id, "id.pub": publicKeyText({ of: "", value: another }) })],
    });
    assert.deepEqual(issues, [
      issue(
        'store vault holds a "id.pub" that is not the public key of the "id" that the secret will have',
        giveUp("id.pub"),
      ),
    ]);
  });

  it("is refused where a template or hash has no value to be made of yet", () => {
    const { password: _, ...held } = texts;
    assert.deepEqual(
      plan({ holders: [vaultOf(held)] }).issues.map(({ problem }) => problem),
      [
        'store vault holds a "hash" that is not a bcrypt hash of the "password" that the secret will have',
        `store vault holds another "uri" than the catalogue's template makes`,
      ],
    );
  });

  it("compares a template with the facts that it names, outputs of other stacks among them", () => {
    const named = { ...spec, keys: { ...spec.keys, uri: template("db://${username}:${password|uri}@${fact:dbHost}") } };
    const planned = (facts: Readonly<Record<string, string>>) => plan({ spec: named, facts });
    assert.deepEqual(planned({ dbHost: "db" }).issues, []);
    for (const facts of [{ dbHost: "db2" }, {}]) {
      assert.deepEqual(planned(facts).issues, [
        issue(
          `store vault holds another "uri" than the catalogue's template makes`,
          `change the template so that it produces the existing value; or ${giveUp("uri")}`,
        ),
      ]);
    }
  });

  it("is refused where the state has another value, which no holder can change any more", () => {
    const { issues } = plan({ holders: [vaultOf({ password: canary })], known: { password: other } });
    const keep = "to keep that value: docs/operations.md#keep-a-value";
    assert.deepEqual(issues, [
      issue('store vault holds another "password" than the state', `${keep}; or ${giveUp("password")}`),
    ]);
  });

  for (const problem of ["plain text", "JSON that is a list", "JSON that is a number"]) {
    it(`is refused where a bundle is ${problem}, which no key can be given up for`, () => {
      const holder = { ...vaultOf({}), problem: `holds ${problem} under "acme-test/shop/db", where …` };
      const { issues } = plan({
        spec: { ...spec, origin: { ...adopted, without: Object.keys(texts) } },
        holders: [holder],
      });
      assert.deepEqual(issues, [
        issue(
          `store vault holds ${problem} under "acme-test/shop/db", where …`,
          "let one key be the whole object (`layout: per-key` in the store's facts, and `primaryKey` in the catalogue), or write it as a JSON object with a string for each key",
        ),
      ]);
    });
  }

  it("names every loss at once, each command with an index of its own behind the entries that exist", () => {
    const held = vaultOf({ ...texts, port: "1", host: "h", username: other });
    const { issues } = plan({ spec: { ...spec, origin: { ...adopted, without: ["gone", "host"] } }, holders: [held] });
    assert.deepEqual(
      issues.map(({ fix }) => fix),
      [
        `put the existing value into the catalogue; or ${giveUp("username", { index: 2 })}`,
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
