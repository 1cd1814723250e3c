import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { repositoryRoot } from "../../../sandbox/layout.ts";
import { connection } from "../support/platform.ts";
import { transcripts } from "../support/stacks.ts";
import { vault, vaultOk } from "../support/vault.ts";

const folder = "legacy-teams";
const values = { API_KEY: "vault-in-use-1f0d", TOKEN: "vault-in-use-83ab", dsn: "vault-in-use-c7e4" };
const policy = `path "secret/metadata/${folder}/*" { capabilities = ["list"] }
path "secret/subkeys/${folder}/*" { capabilities = ["read"] }
`;

interface Found {
  readonly secrets: readonly {
    readonly keys: readonly { readonly name: string; readonly remote: { readonly name: string } }[];
  }[];
  readonly left: readonly { readonly what: string; readonly reason: string }[];
  readonly issues: readonly { readonly problem: string }[];
}

describe("a folder of Vault as the source of a migration", () => {
  let token = "";
  before(async () => {
    const write = (name: string, data: object) =>
      vaultOk(`secret/data/${folder}/${name}`, { method: "POST", body: { data } });
    await write("billing", { API_KEY: values.API_KEY, TOKEN: values.TOKEN });
    await write("shop/a settings", { dsn: values.dsn, nested: { password: values.dsn } });
    await write("old", { TOKEN: values.TOKEN });
    await vaultOk(`secret/data/${folder}/old`, { method: "DELETE" });
    await vaultOk("sys/policies/acl/migrating", { method: "PUT", body: { policy } });
    const made = await vaultOk("auth/token/create", { method: "POST", body: { policies: ["migrating"] } });
    token = made.body.auth?.client_token ?? "";
  });
  after(async () => {
    for (const name of ["billing", "old", "shop/a%20settings"])
      await vault(`secret/metadata/${folder}/${name}`, { method: "DELETE" });
    await vault("sys/policies/acl/migrating", { method: "DELETE" });
    await vault("auth/token/revoke", { method: "POST", body: { token } });
  });

  /** `npx secrets migrate …` as whoever has only this token. */
  async function migrate(...words: readonly string[]) {
    const { exitCode, stdout, all } = await execa(
      process.execPath,
      [path.join(repositoryRoot, "cli/secrets.js"), "migrate", ...words],
      {
        cwd: repositoryRoot,
        env: { VAULT_ADDR: connection().vaultAddress, VAULT_TOKEN: token },
        reject: false,
        all: true,
      },
    );
    transcripts.push({ title: `migrate ${words.join(" ")}`, text: all });
    assert.deepEqual(
      Object.values(values).filter((value) => all.includes(value)),
      [],
    );
    return { code: exitCode, stdout };
  }

  it("is read by names alone, with a token that may read no value", async () => {
    const log = path.join(connection().logs, "vault-audit.log");
    const before = (await readFile(log, "utf8")).length;
    const { code, stdout } = await migrate("read", `vault:secret/${folder}`, "--json");
    assert.equal(code, 0, stdout);
    const { secrets, left } = JSON.parse(stdout) as Found;
    assert.deepEqual(
      secrets.flatMap(({ keys }) => keys.map(({ name, remote }) => `${name} ${remote.name}`)),
      [`API_KEY ${folder}/billing`, `TOKEN ${folder}/billing`, `dsn ${folder}/shop/a settings`],
    );
    assert.deepEqual(left.map(({ what, reason }) => `${what}: ${reason}`).sort(), [
      `secret/${folder}/old: its newest version was deleted`,
      `secret/${folder}/shop/a settings, key nested: holds a map, and this program reads texts by key`,
    ]);
    // Vault's own record of what was asked.
    const asked = (await readFile(log, "utf8")).slice(before);
    assert.ok(asked.includes(`secret/subkeys/${folder}/billing`));
    assert.ok(!asked.includes(`secret/data/${folder}`), "a value was asked for");
  });

  it("becomes references in the plan", async () => {
    const words = ["--only", "API_KEY=KEY", "--to", "legacy/legacy-env", "--stack", "sandbox"];
    const { code, stdout } = await migrate("plan", `vault:secret/${folder}`, ...words);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /│ legacy\/legacy-env │ KEY │ stays in legacy-teams\/billing, API_KEY │/);
    assert.match(stdout, /^ {10}KEY: provided\("legacyEnvKey"\),$/m);
    assert.match(stdout, /remoteNames\["legacy\/legacy-env"\]' legacy-teams\/billing$/m);
  });

  it("says what the token may not see", async () => {
    const problems = async (source: string) => {
      const { code, stdout } = await migrate("read", source, "--json");
      assert.equal(code, 2);
      return (JSON.parse(stdout) as Found).issues.map(({ problem }) => problem);
    };
    assert.deepEqual(await problems("vault:secret/another"), [
      "the token of VAULT_TOKEN may not list secret/metadata/another",
    ]);
    assert.deepEqual(await problems("vault:nowhere/teams"), [
      "is below no mount that the token of VAULT_TOKEN may see, or the token is not valid",
    ]);
  });
});
