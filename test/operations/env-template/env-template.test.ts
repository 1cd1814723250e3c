import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { bcryptOf, literal, password, provided, sshKeyPair, template } from "../../../components/values/recipe.ts";
import { checkEnvFile } from "../../../operations/env-template/check.ts";
import { compareEnvFile, compareTemplate, writeTemplate } from "../../../operations/env-template/files.ts";
import { renderTemplate, settable } from "../../../operations/env-template/render.ts";
import { variablesOf } from "../../../operations/env-template/variables.ts";
import { environment, facts } from "../../support/fixtures.ts";

const spec = environment({
  catalogue: {
    shop: {
      secrets: {
        db: {
          keys: {
            DB_USER: literal("shop"),
            DB_PASSWORD: password({ length: 24 }),
            DB_URL: template("postgresql://${DB_USER}:${DB_PASSWORD|uri}@db/shop"),
            DB_HASH: bcryptOf("DB_PASSWORD"),
            OPTIONS: literal("-c search_path='shop' # first"),
            PLAIN_OPTIONS: literal("a b"),
            NOTHING: literal(""),
          },
        },
        api: { keys: { API_TOKEN: provided("apiToken"), "tls.key": sshKeyPair(), DB_USER: literal("other") } },
      },
      deliveries: [
        {
          namespace: "shop",
          secretName: "shop-db",
          from: ["db"],
          templates: { CONNECTION: "user=${db/DB_USER} token=${api/API_TOKEN}" },
        },
        { namespace: "shop", secretName: "shop-api", from: ["api"] },
      ],
    },
  },
  secretKeys: new Set(["apiToken"]),
});
const title = { environment: "test", target: "shop", command: "npx secrets env-template shop --stack test" };
const rendered = () => renderTemplate(title, variablesOf(spec, "shop"));

describe("a template of a .env file", () => {
  it("names each variable once, says where its value is from, and holds literals alone", () => {
    assert.equal(
      rendered(),
      `# Variables of shop, as its Secrets name them in test. Holds no secret value.
# Written by: npx secrets env-template shop --stack test
# Copy it to .env, which stays out of version control, and fill it in.

# Secret shop-db
# bcrypt hash of DB_PASSWORD
DB_HASH=
# generated: 24 characters (password)
DB_PASSWORD=
# made of DB_USER, DB_PASSWORD
DB_URL=
# the same everywhere
DB_USER=shop
# the same everywhere
NOTHING=
# the same everywhere; no .env file can hold it in a line
OPTIONS=
# the same everywhere
PLAIN_OPTIONS='a b'
# composed of db/DB_USER, api/API_TOKEN
CONNECTION=

# Secret shop-api
# brought by people: apiToken in the stack's configuration
API_TOKEN=
# DB_USER: also a key of Secret shop-db, above
# tls.key: no name of a variable, so that it is read as a file (generated: a private key, of several lines)
`,
    );
  });

  it("is read back as the same literals", () => {
    const { DB_USER, PLAIN_OPTIONS, NOTHING } = parseEnv(rendered());
    assert.deepEqual({ DB_USER, PLAIN_OPTIONS, NOTHING }, { DB_USER: "shop", PLAIN_OPTIONS: "a b", NOTHING: "" });
  });

  it("is of one Secret where one is named", () => {
    assert.deepEqual(
      variablesOf(spec, "shop/shop-api").map(({ secretName, variables }) => [
        secretName,
        variables.map(({ name }) => name),
      ]),
      [["shop-api", ["API_TOKEN", "DB_USER", "tls.key"]]],
    );
  });

  it("says where somebody else writes a value", () => {
    const foreign = environment({ facts: { ...facts, reference: { "shop/db": true } } });
    const [first] = variablesOf(foreign, "shop");
    assert.match(first?.variables[0]?.hint ?? "", /^written by another program: shop\/db, key /);
    assert.ok(first?.variables.every(({ literal: value }) => value === undefined));
  });

  it("is refused for a namespace or Secret that there is not, with those that there are", () => {
    assert.throws(() => variablesOf(spec, "shp"), {
      message: "environment test delivers nothing to namespace shp. There are: shop\n    fix: did you mean shop?",
    });
    assert.throws(() => variablesOf(spec, "shop/shop-bd"), {
      message:
        "namespace shop gets no Secret shop-bd. There are: shop/shop-api, shop/shop-db\n    fix: did you mean shop/shop-db?",
    });
  });
});

describe("a .env file of somebody", () => {
  const variables = settable(variablesOf(spec, "shop"));

  it("lacks what it does not set, or sets to nothing where that is not its value", () => {
    const text = "DB_USER=shop\nDB_PASSWORD=\nNOTHING=\nDB_URL=x\nDB_HASH=x\nOPTIONS=x\nOTHER=1\nCONNECTION=x\n";
    assert.deepEqual(checkEnvFile(text, variables), {
      missing: ["PLAIN_OPTIONS", "API_TOKEN"],
      empty: ["DB_PASSWORD"],
    });
  });

  it("lacks nothing where every variable has a value", () => {
    const text = variables.map(({ name, literal: value }) => `${name}=${value === "" ? "" : "x"}`).join("\n");
    assert.deepEqual(checkEnvFile(text, variables), { missing: [], empty: [] });
  });
});

describe("files of env-template", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "env-template-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are written, compared, and written over", async () => {
    const file = path.join(folder, "env.template");
    assert.equal(await compareTemplate(file, rendered()), false);
    await writeTemplate(file, rendered());
    assert.equal(await compareTemplate(file, rendered()), true);
    await writeTemplate(file, `${rendered()}# more\n`);
    assert.equal(await compareTemplate(file, rendered()), false);
  });

  it("are left alone where people wrote them", async () => {
    const file = path.join(folder, ".env");
    await writeFile(file, "DB_PASSWORD=mine\n");
    await assert.rejects(writeTemplate(file, rendered()), {
      message: `${file}: not written by this command, and would be overwritten. Nothing was changed.\n    fix: move it, or name another file (--out)`,
    });
    assert.equal(await readFile(file, "utf8"), "DB_PASSWORD=mine\n");
  });

  it("can't be written where there is no folder, and nothing is left", async () => {
    const file = path.join(folder, "none", "env.template");
    await assert.rejects(writeTemplate(file, rendered()), {
      message: `${file}: can't be written (ENOENT)\n    fix: name a file in a folder that exists, and that you may write to (--out)`,
    });
    assert.deepEqual(await readdir(folder), []);
  });

  it("must be there to be checked", async () => {
    const file = path.join(folder, ".env");
    await assert.rejects(compareEnvFile(file, []), {
      message: `${file}: there is no such file\n    fix: copy the template to it, and fill it in`,
    });
    await assert.rejects(compareEnvFile(folder, []), {
      message: `${folder}: can't be read (EISDIR)\n    fix: name a file that can be (--env)`,
    });
  });
});
