import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { root } from "../support/project.ts";

const run = promisify(execFile);

interface Loaded {
  /** Every file that was loaded, below the repository's root. */
  readonly files: readonly string[];
  /** What keeps the process alive after loading. */
  readonly active: readonly string[];
  /** Variables of the environment that our own files read while they were loaded. */
  readonly read: readonly string[];
}

/** Loads modules in a process of its own, and says what that did. */
async function load(...modules: readonly string[]): Promise<Loaded> {
  return observe(modules.map((each) => `await import(${JSON.stringify(moduleUrl(each))});`).join("\n"));
}

/** Previews an environment in a process of its own, and says what that loaded. */
async function previewed(environment: string): Promise<readonly string[]> {
  const { files } = await observe(`
    const { previewStack } = await import(${JSON.stringify(moduleUrl("preview/preview.ts"))});
    await previewStack({ root: ${JSON.stringify(root)}, stack: ${JSON.stringify(environment)} });
  `);
  return files;
}

function moduleUrl(file: string): string {
  return pathToFileURL(path.join(root, file)).href;
}

/** Runs a script in a process of its own, and says what it loaded and read. */
async function observe(body: string): Promise<Loaded> {
  const script = `
    import { registerHooks } from "node:module";
    const files = [];
    registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
    const read = [];
    const own = /${path.basename(root)}\\/(components|stacks|index\\.ts)/;
    process.env = new Proxy(process.env, {
      get(target, key) {
        if (own.test(new Error().stack.split("\\n").slice(2, 4).join())) read.push(String(key));
        return target[key];
      },
    });
    ${body}
    console.log(JSON.stringify({ files, active: process.getActiveResourcesInfo(), read }));
  `;
  const { stdout } = await run(process.execPath, ["--no-warnings", "--input-type=module", "--eval", script], {
    cwd: root,
  });
  const { files, ...rest } = JSON.parse(stdout) as Loaded;
  const below = files.filter((url) => url.startsWith("file:")).map((url) => path.relative(root, new URL(url).pathname));
  return { ...rest, files: below };
}

describe("loading the program", () => {
  let program: Loaded;
  before(async () => {
    program = await load("index.ts");
  });

  it("takes few modules: each costs time at every preview", () => {
    // Those of packages, nearly all of them the SDK's; ours are small and cost next to nothing each.
    const packages = program.files.filter((file) => file.startsWith("node_modules/"));
    assert.ok(packages.length <= 900, `${packages.length} modules of packages`);
    assert.ok(program.files.length <= 1350, `${program.files.length} modules`);
    assert.ok(program.files.includes("stacks/deploy/platform.ts"), "the program itself was not loaded");
  });

  for (const barrel of ["@pulumi/vault/index.js", "@pulumi/kubernetes/index.js", "@pulumi/random/index.js"]) {
    it(`does not take the whole of ${path.dirname(barrel)}`, () => {
      assert.ok(!program.files.includes(`node_modules/${barrel}`));
    });
  }

  for (const heavy of ["@kubernetes/client-node/", "@pulumi/vault/", "pg/", "mariadb/", "@redis/client/"]) {
    it(`leaves ${heavy.slice(0, -1)} to whoever needs it`, () => {
      assert.deepEqual(
        program.files.filter((file) => file.startsWith(`node_modules/${heavy}`)),
        [],
      );
    });
  }

  it("takes nothing of the sandbox, the tests or the examples", () => {
    const own = program.files.filter((file) => !file.startsWith("node_modules/"));
    assert.deepEqual(
      own.filter((file) => !/^(index\.ts|stacks\/|components\/)/.test(file)),
      [],
    );
  });

  it("does no work: no timer, no handle, no look at the environment", () => {
    assert.deepEqual([program.active.filter((each) => each !== "PipeWrap"), program.read], [[], []]);
  });
});

describe("loading a backend and its identity", () => {
  it("takes narrow modules of its SDK only", async () => {
    const { files, active, read } = await load(
      "components/backends/vault/session.ts",
      "components/backends/vault/identity.ts",
    );
    const vault = files.filter((file) => file.startsWith("node_modules/@pulumi/vault/"));
    assert.ok(vault.includes("node_modules/@pulumi/vault/kv/secretV2.js"));
    // A role of each auth method that readers may log in by is among them.
    assert.ok(!vault.includes("node_modules/@pulumi/vault/index.js") && vault.length <= 14, vault.join("\n"));
    assert.deepEqual([active.filter((each) => each !== "PipeWrap"), read], [[], []]);
  });
});

describe("an environment", () => {
  const clouds = ["aws", "azure-native", "gcp", "vault"] as const;
  /** Clients of our own, for the few questions that a provider can't be asked: loaded when one is. */
  const heavy = [
    "@aws-sdk/client-iam",
    "@aws-sdk/client-secrets-manager",
    "@aws-sdk/client-ssm",
    "@aws-sdk/client-sts",
    "@azure/core-rest-pipeline",
    "@azure/keyvault-secrets",
    "@kubernetes/client-node",
    "@redis/client",
    "google-auth-library",
    "mariadb",
    "pg",
  ];

  for (const [environment, used] of [
    ["sandbox", ["vault"]],
    ["dev", ["aws"]],
    ["staging", ["azure-native"]],
    ["prod", ["aws", "gcp"]],
  ] as const) {
    it(`${environment} loads the SDK of ${used.join(" and ")} and of no other cloud, none of them whole`, async () => {
      const files = await previewed(environment);
      const loaded = clouds.filter((cloud) => files.some((file) => file.startsWith(`node_modules/@pulumi/${cloud}/`)));
      assert.deepEqual(loaded, used);
      assert.deepEqual(
        clouds.filter((cloud) => files.includes(`node_modules/@pulumi/${cloud}/index.js`)),
        [],
      );
      assert.deepEqual(
        heavy.filter((name) => files.some((file) => file.startsWith(`node_modules/${name}/`))),
        [],
      );
    });
  }
});

describe("components", () => {
  it("never reach for configuration, environment or clock", async () => {
    const reads = /\bprocess\.(env|argv|cwd)\b|new Config\(|Date\.now\(|new Date\(\)|getStack\(|getProject\(/;
    const found: string[] = [];
    for await (const file of glob("components/**/*.ts", { cwd: root })) {
      if (reads.test(readFileSync(path.join(root, file), "utf8"))) found.push(file);
    }
    assert.deepEqual(found, []);
  });
});
