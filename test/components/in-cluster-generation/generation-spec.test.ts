import assert from "node:assert/strict";
import { templatePattern } from "../../../components/external-secrets/admission/secrets.ts";
import { generationSpec } from "../../../components/in-cluster-generation/generation-spec.ts";
import { checkGeneration } from "../../../components/in-cluster-generation/check-generation.ts";
import {
  base64Bytes,
  bcryptOf,
  dockerConfig,
  hexToken,
  htpasswd,
  literal,
  passphrase,
  password,
  provided,
  publicKeyOf,
  rotatedAt,
  sshKeyPair,
  template,
  uuid,
} from "../../../components/values/recipe.ts";

const keys = {
  "admin-password": password(),
  id: uuid(),
  uri: template("db://${user|uri}:${admin-password|uri}@host/${user}"),
  user: literal("the shop"),
};
const path = 'generatedInCluster["shop/db"]';

describe("spec of an in-cluster generation", () => {
  const { generators, template: written } = generationSpec({ keys });

  it("has a generator for each random key, whose value the template names", () => {
    assert.deepEqual(
      generators.map(({ variable, generator }) => [variable, generator.kind]),
      [
        ["value0", "Password"],
        ["value1", "UUID"],
      ],
    );
    assert.deepEqual(written, {
      "admin-password": "{{ .value0 }}",
      id: "{{ .value1 }}",
      uri: "db://the%20shop:{{ .value0 }}@host/the shop",
      user: "the shop",
    });
  });

  it("is let through by the admission policy, which knows no tenant from us", () => {
    for (const text of Object.values(written)) assert.match(text, new RegExp(templatePattern));
  });

  it("writes values as the filters of a template ask for it", () => {
    const spaced = password({ length: 64, symbols: "/ <" });
    const texts = {
      json: template('{"user":"${user|json}","password":"${admin-password|json}","id":${id|json},"p":${spaced|json}}'),
      base64: template("${user|base64}:${admin-password|base64}"),
      dollar: template("$${HOME}/${id}"),
    };
    const quoted = { ...keys, user: literal('the "shop"'), spaced, ...texts };
    const filled = generationSpec({ keys: quoted }).template;
    assert.equal(
      filled["json"],
      '{"user":"the \\"shop\\"","password":"{{ .value0 }}","id":"{{ .value1 }}","p":"{{ .value2 }}"}',
    );
    assert.equal(filled["base64"], "dGhlICJzaG9wIg==:{{ .value0 | b64enc }}");
    assert.equal(filled["dollar"], "${HOME}/{{ .value1 }}");
    for (const text of Object.values(filled)) assert.match(text, new RegExp(templatePattern));
    assert.deepEqual(checkGeneration(path, quoted, { minimumBits: 128 }), []);
  });

  it("has the operator write JSON of a value with a quotation mark, where the template has none around it", () => {
    const token = password({ length: 64, symbols: '"' });
    const bare = { token, text: template('{"token":${token|json}}') };
    assert.equal(generationSpec({ keys: bare }).template["text"], '{"token":{{ .value0 | toJson }}}');
    assert.deepEqual(checkGeneration(path, bare, { minimumBits: 128 }), []);
    const around = { token, text: template('{"token":"${token|json}"}') };
    assert.throws(() => generationSpec({ keys: around }), {
      message: "the operator can't write key token with filter json",
    });
    assert.deepEqual(checkGeneration(path, around, { minimumBits: 128 }), [
      {
        path,
        problem:
          "key \"text\" names ${token|json}, whose value may have to be encoded, which the operator's templates can't do here",
        fix: 'restrict "token" to letters and digits, or leave out the quotation marks around ${token|json}',
      },
    ]);
  });

  it("is not made of what the operator can't make", () => {
    assert.throws(() => generationSpec({ keys: { hash: bcryptOf("password") } }), {
      message: "the operator can't make key hash, which is of kind bcrypt",
    });
  });
});

describe("what the operator can generate", () => {
  it("is every recipe that needs no more than a generator and a text", () => {
    assert.deepEqual(
      checkGeneration(path, { ...keys, token: hexToken(32), bytes: base64Bytes(32) }, { minimumBits: 128 }),
      [],
    );
  });

  for (const [what, recipe, problem, fix] of [
    [
      "a value that people bring",
      provided("token"),
      "is a provided value, which the operator does not have",
      "move it to a separate secret",
    ],
    [
      "a hash",
      bcryptOf("admin-password"),
      "is a bcrypt hash, which the operator can't generate",
      "let this program generate the secret",
    ],
    [
      "a Docker config",
      dockerConfig({ "ghcr.io": { username: "user", password: "admin-password" } }),
      "is a Docker config, whose field auth is the base64 of several values, which the operator's templates can't compute",
      "move it to a separate secret, which this program makes",
    ],
    [
      "a passphrase",
      passphrase(),
      "is a passphrase, and no generator of the operator makes words",
      "change its recipe, or let this program generate the value",
    ],
    [
      "a key pair",
      sshKeyPair(),
      "is a key pair, and the admission policies allow generators of passwords and UUIDs only",
      "change its recipe, or let this program generate the value",
    ],
    [
      "a public key",
      publicKeyOf("admin-password"),
      "is a public key, which the operator's templates can't compute",
      "let this program generate the secret",
    ],
    [
      "an htpasswd file",
      htpasswd({ admin: "admin-password" }),
      "is an htpasswd file, whose hashes the operator can't generate",
      "let this program generate the secret",
    ],
    [
      "a template of a hash of a value",
      template("${admin-password|sha256}"),
      "names ${admin-password|sha256}, and the operator's templates have no hash function that the admission policies allow",
      "let this program generate the secret",
    ],
    [
      "the time of a rotation",
      rotatedAt(),
      "is the time of the last rotation, which this program does not know",
      "let this program generate the secret",
    ],
    [
      "a template with a brace before a value",
      template("PWD={${admin-password}};"),
      'has a "{" right before a value, which the operator would read as the start of its template',
      undefined,
    ],
    [
      "a password of uppercase letters",
      password({ classes: ["upper"] }),
      "has uppercase letters and no lowercase ones, which no generator of the operator supports",
      "change its recipe, or let this program generate the value",
    ],
    [
      "a weak token",
      hexToken(16),
      "would have 92 bits as the operator generates it; the environment's minimum is 128",
      "make it longer",
    ],
    [
      "a text that looks like a template",
      literal("{{ .x }}"),
      'contains "{{", which the operator would read as the start of a template',
      undefined,
    ],
    [
      "a template that looks like the operator's",
      template("{{${id}"),
      'contains "{{", which the operator would read as the start of a template',
      undefined,
    ],
    [
      "a template that encodes what needs it",
      template("x://${spaced|uri}"),
      "names ${spaced|uri}, whose value may have to be encoded, which the operator's templates can't do here",
      'restrict "spaced" to letters and digits',
    ],
  ] as const) {
    it(`is not ${what}`, () => {
      const spaced = password({ length: 64, symbols: "/ " });
      assert.deepEqual(checkGeneration(path, { ...keys, spaced, broken: recipe }, { minimumBits: 128 }), [
        { path, problem: `key "broken" ${problem}`, ...(fix === undefined ? {} : { fix }) },
      ]);
    });
  }

  it("is not a secret without anything random", () => {
    assert.deepEqual(checkGeneration(path, { user: literal("shop") }, { minimumBits: 128 }), [
      { path, problem: "none of its keys is random: there is nothing to generate" },
    ]);
  });

  it("is a value that policy allows to be weaker than the operator makes it", () => {
    const token = hexToken(16);
    assert.deepEqual(
      checkGeneration(path, { ...keys, token }, { minimumBits: 128, mayBeWeak: new Set(["token"]) }),
      [],
    );
  });

  it("is a weak value that only names somebody", () => {
    const name = password({ length: 12, classes: ["lower", "digits"], identifies: true });
    assert.deepEqual(checkGeneration(path, { ...keys, name }, { minimumBits: 128 }), []);
  });
});
