import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { vaultOk } from "../support/vault.ts";

const application = "composed";
const path = "theirs/database";
/** Whatever a URL or a JSON text could take for its own. */
const theirs = `p@ss:w/o+r%2B d!'()*"\\<&>{{é€😀`;

const stackWith = (references: ConfigValue): StackOptions => ({
  stack: "composed",
  demo: false,
  catalogue: {
    [application]: {
      secrets: {
        login: { keys: { username: literal("shop user") } },
        db: { keys: { password: password(), first: password() } },
      },
      deliveries: [
        {
          namespace: application,
          secretName: "db",
          from: [{ secret: "db", keys: { FIRST: "first" } }],
          templates: {
            URL: "postgres://${login/username|uri}:${db/password|uri}@db/{{shop}}",
            JSON: '{"user":"${login/username|json}","password":${db/password|json}}',
            BASE64: "{${db/password|base64}}",
          },
        },
      ],
    },
  },
  facts: {
    namespaces: onlyNamespaces([application]),
    stores: { vault: { remoteNames: { "composed/db": path }, references: { "composed/db": references } } },
    refreshSeconds: 3600,
  },
});

const described = { keys: { password: "login.password", first: { property: "login.password", version: 1 } } };

describe("a Secret that the operator composes of values of ours and of others", () => {
  const put = (value: string) =>
    vaultOk(`secret/data/${path}`, { method: "POST", body: { data: { login: { password: value } } } });
  const delivered = async () => (await applicationSecrets([application])).get(`${application}/db`);

  before(async () => {
    await makeRoom();
    await put("first");
  });
  after(async () => {
    await succeed("destroy", stackWith(described));
    await vaultOk(`secret/metadata/${path}`, { method: "DELETE" });
  });

  it("is refused before the first write where their object lacks what facts name", async () => {
    const refused = await run("up", stackWith({ keys: { password: "login.pasword" } }));
    assert.equal(refused.ok, false);
    assert.match(refused.errors.join("\n"), /"theirs\/database" in store vault has no property "login\.pasword"/);
  });

  it("has what the filters mean, and a pinned version beside the newest", async () => {
    await put(theirs);
    const { warnings } = await succeed("up", stackWith(described));
    assert.deepEqual(warnings, []);
    const { FIRST, URL, JSON: json = "", BASE64, ...others } = (await delivered()) ?? {};
    assert.deepEqual([FIRST, others], ["first", {}]);
    assert.equal(URL, `postgres://shop%20user:${encodeURIComponent(theirs)}@db/{{shop}}`);
    assert.deepEqual(JSON.parse(json), { user: "shop user", password: theirs });
    assert.equal(BASE64, `{${Buffer.from(theirs).toString("base64")}}`);
  });

  it("changes nothing while they stay as they are, and follows a changed one with the next up", async () => {
    assert.deepEqual((await succeed("up", stackWith(described))).changes, {});
    await put("second");
    assert.equal((await succeed("up", stackWith(described))).steps.length, 1);
    assert.equal((await delivered())?.["URL"], "postgres://shop%20user:second@db/{{shop}}");
  });
});
