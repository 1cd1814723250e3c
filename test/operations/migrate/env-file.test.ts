import assert from "node:assert/strict";
import { byName, named } from "../../../operations/migrate/selection.ts";
import { canary, leftOf, problems, read, shown } from "./reading.ts";

const env = (text: string, file = ".env") => read({ [file]: text });

describe("a .env file", () => {
  it("is read by the rules of dotenv where shells agree with them", async () => {
    const found = await env(
      [
        "# comment",
        "",
        "HF_TOKEN=hf_abc",
        "export API_KEY = spaced # comment",
        "DB_PASSWORD='sin$gle #1 \\n'",
        'REDIS_PASSWORD="double # 2"',
        'TLS_PRIVATE_KEY="-----BEGIN',
        "line two",
        '-----END"',
        'ONE_LINE_PRIVATE_KEY="a\\nb"',
        "URL_TOKEN=a=b==",
      ].join("\r\n"),
    );
    assert.deepEqual(problems(found), []);
    assert.deepEqual(shown(found), [
      "? HF_TOKEN = hf_abc",
      "? API_KEY = spaced",
      "? DB_PASSWORD = sin$gle #1 \\n",
      "? REDIS_PASSWORD = double # 2",
      "? TLS_PRIVATE_KEY = -----BEGIN\nline two\n-----END",
      "? ONE_LINE_PRIVATE_KEY = a\nb",
      "? URL_TOKEN = a=b==",
    ]);
  });

  it("has keys without values where it is a template, or a value is a placeholder", async () => {
    for (const file of ["env.template", ".env.example", "deploy/.env.sample", ".env-dist"]) {
      assert.deepEqual(shown(await env("HF_TOKEN=hf_abc", file)), ["? HF_TOKEN = -"], file);
    }
    for (const value of ["", '""', "changeme", "<token>", "your-api-key", "xxxx", "REPLACE_ME", "TODO"]) {
      assert.deepEqual(shown(await env(`HF_TOKEN=${value}`)), ["? HF_TOKEN = -"], value);
    }
  });

  it("lists what it leaves for its name, and takes it when asked", async () => {
    const text = "PORT=8080\nMINIO_USER=minio\nTOKEN_TTL=60\nSECRET_NAME=x\nMINIO_PASSWORD=in-use\n";
    const found = await env(text);
    assert.deepEqual(shown(found), ["? MINIO_PASSWORD = in-use"]);
    assert.deepEqual(leftOf(found), [
      ".env, line 1: PORT: its name is not that of a secret; to migrate it: --take PORT",
      ".env, line 2: MINIO_USER: its name is not that of a secret; to migrate it: --take MINIO_USER",
      ".env, line 3: TOKEN_TTL: its name is not that of a secret; to migrate it: --take TOKEN_TTL",
      ".env, line 4: SECRET_NAME: its name is not that of a secret; to migrate it: --take SECRET_NAME",
    ]);
    const take = named(["MINIO_USER=rootUser"]);
    assert.deepEqual(shown(await read({ ".env": text }, { selection: { ...byName, take } })), [
      "? rootUser = minio",
      "? MINIO_PASSWORD = in-use",
    ]);
    const only = named(["PORT"]);
    assert.deepEqual(shown(await read({ ".env": text }, { selection: { ...byName, only } })), ["? PORT = 8080"]);
    const leave = new Set(["MINIO_PASSWORD"]);
    assert.deepEqual(shown(await read({ ".env": text }, { selection: { ...byName, leave } })), []);
  });

  it("is refused where readers of such files differ, all at once and without a value", async () => {
    const found = await env(
      [
        `A_TOKEN=${canary}#1`,
        `B_TOKEN="${canary}$x"`,
        `C_TOKEN="${canary}\\\\x"`,
        `D_TOKEN="a"${canary}`,
        `E_TOKEN=${canary}"x"`,
        `F_TOKEN=\`${canary}\``,
        `G_TOKEN="${canary}\\"x"`,
        `H_TOKEN=$${canary}`,
        `  not a line ${canary}`,
        `1X=${canary}`,
        `I_TOKEN: ${canary}`,
        "J_TOKEN=one",
        "J_TOKEN=two",
        `K_TOKEN='${canary}`,
      ].join("\n"),
    );
    assert.deepEqual(problems(found), [
      '.env, line 1, column 9: has "#" without a space before it, where some begin a comment and others do not',
      '.env, line 2, column 9: has "$" or a backquote in double quotation marks, which a shell expands and dotenv does not',
      ".env, line 3, column 9: has a backslash in double quotation marks, which a shell may drop and dotenv keeps",
      ".env, line 4, column 9: goes on behind its closing quotation mark",
      '.env, line 5, column 9: has "$", a backslash or a quotation mark that a shell interprets and dotenv does not',
      ".env, line 6, column 9: is in backquotes, which a shell executes",
      ".env, line 7, column 9: has an escaped quotation mark, which not everything that reads .env files unescapes",
      '.env, line 8, column 9: has "$", a backslash or a quotation mark that a shell interprets and dotenv does not',
      ".env, line 9, column 3: is no line of the form NAME=value, no comment and not empty",
      ".env, line 10, column 1: is no line of the form NAME=value, no comment and not empty",
      ".env, line 11, column 1: is no line of the form NAME=value, no comment and not empty",
      ".env, line 14, column 9: opens a quotation mark that is not closed",
      ".env, line 13: sets J_TOKEN to another value than line 12 does",
    ]);
    assert.ok(!JSON.stringify(found).includes(canary));
  });

  it("may set the same value twice, and hold names that JavaScript knows", async () => {
    assert.deepEqual(shown(await env("A_TOKEN=x\nA_TOKEN=x\nconstructor_TOKEN=y")), [
      "? A_TOKEN = x",
      "? constructor_TOKEN = y",
    ]);
  });

  it("is no text: refused", async () => {
    assert.deepEqual(problems(await read({ ".env": Uint8Array.of(0xff, 0x00) })), [".env: is no text in UTF-8"]);
  });
});
