import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { output, secret, Stash } from "@pulumi/pulumi";
import bcrypt from "bcryptjs";
import { derive, frozenNames, isDerived, saltsOf, sourcesOf } from "../../../components/values/derived.ts";
import {
  bcryptOf,
  dockerConfig,
  htpasswd,
  keyPair,
  literal,
  password,
  provided,
  publicKeyOf,
  sshKeyPair,
  template,
  type Recipe,
} from "../../../components/values/recipe.ts";
import { publicKeyText } from "../../../components/values/public-key.ts";
import { generate } from "../../../components/values/recipes/index.ts";
import { makeValues } from "../../../components/values/values.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { runProgram } from "../../support/mocks.ts";
import type { SecretInput } from "../../support/recording.ts";

const stash = "pulumi:index:Stash";
const specOf = (keys: Readonly<Record<string, Recipe>>): SecretSpec => ({
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys,
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin: { kind: "generated" },
});

/** The values of a secret with these keys, and what was registered for them. */
async function made(keys: Readonly<Record<string, Recipe>>, held?: Readonly<Record<string, string>>) {
  const { resources } = await runProgram(() => {
    const values = makeValues({
      spec: specOf(keys),
      entropy: knownEntropy(),
      provided: (config) => secret(`provided-${config}`),
      adopted: held === undefined ? undefined : secret(output(held)),
      options: {},
    });
    new Stash("written", { input: values });
  });
  const { value } = resources.find(stash, "written").inputs["input"] as SecretInput;
  const stashes = resources.all.filter(({ type, name }) => type === stash && name !== "written");
  return { values: value as Readonly<Record<string, string>>, stashes };
}

/** Users and hashes of an htpasswd file. */
const linesOf = (text = "") =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(":")),
  ) as Readonly<Record<string, string>>;

const users = {
  adminPassword: password(),
  ciPassword: provided("ciPassword"),
  auth: htpasswd({ admin: "adminPassword", ci: "ciPassword" }),
};

describe("an htpasswd file", () => {
  it("has a line for each user, in order, whose hash is of the password of that user", async () => {
    const { values } = await made(users);
    assert.match(values["auth"] ?? "", /^admin:\$2a\$10\$[./A-Za-z0-9]{53}\nci:\$2a\$10\$[./A-Za-z0-9]{53}\n$/);
    const lines = linesOf(values["auth"]);
    assert.ok(bcrypt.compareSync(values["adminPassword"] ?? "", lines["admin"] ?? ""));
    assert.ok(bcrypt.compareSync("provided-ciPassword", lines["ci"] ?? ""));
    assert.equal(bcrypt.compareSync("provided-ciPassword", lines["admin"] ?? ""), false);
  });

  it("keeps the salt of each user in a Stash of its own, whose later inputs are ignored", async () => {
    const { stashes, values } = await made(users);
    assert.deepEqual(
      stashes.map(({ name }) => name),
      ["shop/db/adminPassword", "shop/db/auth/admin", "shop/db/auth/ci"],
    );
    const salts = stashes.slice(1).map(({ inputs }) => (inputs["input"] as SecretInput).value);
    assert.deepEqual(
      salts,
      Object.values(linesOf(values["auth"])).map((hash) => ({ rule: "bcrypt-salt", value: bcrypt.getSalt(hash) })),
    );
    for (const { options } of stashes) assert.deepEqual(options.ignoreChanges, ["input"]);
    assert.equal(new Set(salts.map((each) => JSON.stringify(each))).size, 2);
  });

  it("is the same text as long as passwords and salts are", () => {
    const recipe = htpasswd({ admin: "password" });
    const salts = { "auth/admin": "$2a$10$CwTycUXWue0Thq9StjUM0u" };
    const args = { id: "shop/db", key: "auth", recipe, salts };
    const first = derive({ ...args, values: { password: "one" } });
    assert.equal(derive({ ...args, values: { password: "one" } }), first);
    assert.notEqual(derive({ ...args, values: { password: "two" } }), first);
  });

  it("stays the text that is adopted, of whatever cost and prefix", async () => {
    const hashes = [bcrypt.hashSync("one", 4).replace(/^\$2b/, "$2y"), bcrypt.hashSync("provided-ciPassword", 5)];
    const auth = `admin:${hashes[0] ?? ""}\nci:${hashes[1] ?? ""}\n`;
    const { values } = await made(users, { adminPassword: "one", auth });
    assert.equal(values["auth"], auth);
  });

  it("gets a salt for a user that what is adopted does not have", async () => {
    const auth = `admin:${bcrypt.hashSync("one", 4)}\nbroken\n`;
    const { values } = await made(users, { adminPassword: "one", auth });
    assert.ok((values["auth"] ?? "").startsWith(auth.split("\n")[0] ?? "-"));
    assert.ok(bcrypt.compareSync("provided-ciPassword", linesOf(values["auth"])["ci"] ?? ""));
  });

  it("is an error, and no half of a file, where a password or a salt is missing", () => {
    const recipe = htpasswd({ admin: "password" });
    assert.throws(() => derive({ id: "shop/db", key: "auth", recipe, salts: {}, values: { password: "one" } }), {
      message: "shop/db auth has no salt auth/admin",
    });
  });
});

describe("the keys of a key pair", () => {
  const keys = { id: sshKeyPair({ comment: "ci" }), "id.pub": publicKeyOf("id"), line: template("key=${id.pub|json}") };

  it("are one Stash, so that they can't come apart", async () => {
    const { values, stashes } = await made(keys);
    assert.deepEqual(
      stashes.map(({ name }) => name),
      ["shop/db/id"],
    );
    assert.equal(values["id.pub"], publicKeyText({ of: "", value: values["id"] }));
    assert.equal(values["line"], `key=${JSON.stringify(values["id.pub"])}`);
  });

  it("stay those that are adopted, the public one with them", async () => {
    const id = generate(keyPair({ type: "ecdsa-p256" }), randomBytes);
    const { values } = await made(keys, { id });
    assert.deepEqual([values["id"], values["id.pub"]], [id, publicKeyText({ of: "", value: id })]);
  });
});

describe("a Docker config", () => {
  const logins = {
    "ghcr.io": { username: "user", password: "token" },
    "a.example:5000": { username: "user", password: "p" },
  };
  const keys = {
    user: literal("ci"),
    token: provided("token"),
    p: password({ symbols: '"\\:' }),
    config: dockerConfig(logins),
  };

  it("has for each registry its credentials, and the base64 of both as clients read it", async () => {
    const { values, stashes } = await made(keys);
    const { auths } = JSON.parse(values["config"] ?? "") as { auths: Record<string, Record<string, string>> };
    const [p = ""] = [values["p"]];
    assert.deepEqual(auths, {
      "a.example:5000": { username: "ci", password: p, auth: Buffer.from(`ci:${p}`).toString("base64") },
      // printf ci:provided-token | base64
      "ghcr.io": { username: "ci", password: "provided-token", auth: "Y2k6cHJvdmlkZWQtdG9rZW4=" },
    });
    assert.deepEqual(
      stashes.map(({ name }) => name),
      ["shop/db/p"],
    );
  });

  it("is the same text whatever the order of its registries", () => {
    const values = { user: "ci", token: "t", p: "p" };
    const turned = Object.fromEntries(Object.entries(logins).reverse());
    const text = (registries: typeof logins) =>
      derive({ id: "shop/db", key: "config", recipe: dockerConfig(registries), values, salts: {} });
    assert.equal(text(turned as typeof logins), text(logins));
  });

  it("is an error where the user name has a colon, which shows neither", () => {
    const values = { user: "canary:name", token: "t", p: "p" };
    assert.throws(() => derive({ id: "shop/db", key: "config", recipe: dockerConfig(logins), values, salts: {} }), {
      message:
        'shop/db user: the value is the user name of registry ghcr.io and holds ":", which ends the name in a Docker config.\n' +
        "    fix: provide the name alone",
    });
  });
});

describe("a template of a hash", () => {
  it("holds the hash that the key has", async () => {
    const { values } = await made({
      user: literal("admin"),
      password: password(),
      hash: bcryptOf("password"),
      line: template("${user}:${hash}"),
      jenkins: template('{"hash":"#jbcrypt:${hash|json}"}'),
    });
    const hash = values["hash"] ?? "";
    assert.ok(bcrypt.compareSync(values["password"] ?? "", hash));
    assert.equal(values["line"], `admin:${hash}`);
    assert.deepEqual(JSON.parse(values["jenkins"] ?? ""), { hash: `#jbcrypt:${hash}` });
  });
});

describe("what is made of other keys", () => {
  it("names them, and nothing else is derived", () => {
    assert.deepEqual(
      [bcryptOf("a"), htpasswd({ x: "a", y: "b" }), template("${a} ${b} ${a}"), password(), literal("${a}")].map(
        sourcesOf,
      ),
      [["a"], ["a", "b"], ["a", "b"], [], []],
    );
    assert.deepEqual([bcryptOf("a"), password(), provided("x")].map(isDerived), [true, false, false]);
  });

  it("keeps as many things as are random in it", () => {
    const names = (recipe: Recipe) => frozenNames("key", recipe);
    assert.deepEqual(names(password()), ["key"]);
    assert.deepEqual(names(bcryptOf("a")), ["key"]);
    assert.deepEqual(names(htpasswd({ x: "a", y: "b" })), ["key/x", "key/y"]);
    assert.deepEqual([names(template("${a}")), names(literal("a")), saltsOf("key", password())], [[], [], []]);
  });
});
