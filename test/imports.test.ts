import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cruise } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import { root } from "./support/project.ts";

/**
 * One import that breaks each rule of `.dependency-cruiser.js`, as `from → to`. A target that begins with a file's folder
 * is a file; any other is a package or a module of Node.
 */
const forbidden = {
  "no-circle": ["components/clusters/contract.ts → components/clusters/spec.ts"],
  "index-imports-stacks": ["index.ts → stacks/deploy/platform.ts"],
  "start-imports-index": ["start.js → stacks/index.ts"],
  "stacks-import-product": [
    "stacks/deploy/platform.ts → sandbox/ports.ts",
    "stacks/deploy/platform.ts → test/support/project.ts",
    "stacks/deploy/platform.ts → bench/floor.ts",
    "stacks/deploy/platform.ts → examples/consumer.ts",
    "stacks/deploy/platform.ts → preview/answers.ts",
    "stacks/deploy/platform.ts → ci/comment.ts",
    "stacks/plan/size.ts → index.ts",
  ],
  "components-import-components": ["components/delivery/plain.ts → stacks/environments/catalogue.ts"],
  "support-imports-support": ["components/support/naming.ts → components/values/recipe.ts"],
  "values-import-support": ["components/values/values.ts → components/backends/remote-object.ts"],
  "environments-come-first": ["stacks/environments/catalogue.ts → stacks/config/environment.ts"],
  "config-before-plan": ["stacks/config/environment.ts → stacks/plan/plan.ts"],
  "config-before-deploy": ["stacks/config/environment.ts → stacks/deploy/state.ts"],
  "plan-before-deploy": [
    "stacks/plan/input.ts → stacks/deploy/state.ts",
    "stacks/plan/input.ts → stacks/config/load.ts",
  ],
  "deploy-before-outputs": ["stacks/deploy/state.ts → stacks/outputs/names.ts"],
  "outputs-before-index": ["stacks/outputs/names.ts → stacks/index.ts"],
  "contract-knows-no-cloud": ["components/backends/contract.ts → components/backends/gcp/secret-manager.ts"],
  "cloud-knows-no-other": ["components/backends/gcp/session.ts → components/backends/aws/account.ts"],
  "sdk-of-aws": ["components/clusters/eks.ts → @pulumi/aws/iam", "components/clusters/eks.ts → @aws-sdk/client-sts"],
  "sdk-of-azure": [
    "components/clusters/aks.ts → @pulumi/azure-native/keyvault",
    "components/clusters/aks.ts → @azure/identity",
  ],
  "sdk-of-gcp": ["components/clusters/gke.ts → @pulumi/gcp/iam", "components/clusters/gke.ts → @google-cloud/iam"],
  "sdk-of-vault": ["components/backends/index.ts → @pulumi/vault/kv"],
  "product-runs-on-dependencies": [
    "components/clusters/client.ts → yaml",
    "components/clusters/client.ts → transitive",
  ],
  "operations-import-product": ["operations/migrate.ts → preview/answers.ts"],
  "cli-imports-operations": ["cli/program.ts → sandbox/ports.ts"],
  "preview-imports-product": ["preview/answers.ts → test/support/project.ts"],
  "bench-imports-no-test": ["bench/floor.ts → test/support/project.ts"],
  "ci-imports-node": ["ci/comment.ts → zod", "ci/comment.ts → components/values/recipe.ts"],
  "sandbox-imports-product": ["sandbox/ports.ts → test/support/project.ts"],
  "examples-use-the-outputs": ["examples/consumer.ts → components/values/recipe.ts"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What no rule forbids, though it is close to what one does. */
const allowed = [
  "index.ts → stacks/index.ts",
  "stacks/config/resolve/environment.ts → stacks/plan/plan.ts",
  "components/values/values.ts → components/support/naming.ts",
  "components/backends/aws/session.ts → @pulumi/aws/iam",
  "components/backends/index.ts → components/backends/gcp/session.ts",
  "components/clusters/client.ts → zod",
  "ci/comment.ts → node:fs",
  "ci/comment.ts → ci/files.ts",
  "cli/program.ts → operations/migrate.ts",
  "preview/answers.ts → components/values/recipe.ts",
  "bench/floor.ts → sandbox/ports.ts",
  "sandbox/ports.ts → components/values/recipe.ts",
  "sandbox/test/ports.test.ts → test/support/project.ts",
  "examples/consumer.ts → sandbox/layout.ts",
  "test/all.test.ts → sandbox/ports.ts",
];

const files = /^(index\.ts|start\.js|(stacks|components|sandbox|test|bench|examples|preview|ci|operations|cli)\/.*)$/;

/** Makes a tree of these imports in a new folder, and says which rules they break: `rule: from → to`, sorted. */
async function violations(imports: readonly string[], as: "type" | "value"): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "imports-"));
  try {
    await writeTree(folder, imports, as);
    const { options, forbidden: rules } = await extractConfig(path.join(root, ".dependency-cruiser.js"));
    const { tsConfig: _, ...rest } = options ?? {};
    const { output } = await cruise(["."], {
      ...rest,
      validate: true,
      ruleSet: { forbidden: rules ?? [] },
      baseDir: folder,
    });
    assert.ok(typeof output !== "string");
    return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${packageOf(to)}`).sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

function packageOf(resolved: string): string {
  return resolved.replace(/^.*node_modules\//, "").replace(/\/index\.js$/, "");
}

async function writeTree(folder: string, imports: readonly string[], as: "type" | "value"): Promise<void> {
  const texts = new Map<string, string>();
  const packages = new Set<string>();
  for (const [index, each] of imports.entries()) {
    const [from, to] = each.split(" → ") as [string, string];
    if (files.test(to)) texts.set(to, texts.get(to) ?? "");
    else if (!to.startsWith("node:")) packages.add(to);
    const target = files.test(to) ? relative(from, to) : to;
    const typed = as === "type" && !from.endsWith(".js");
    const line = `import ${typed ? "type " : ""}* as _${index} from ${JSON.stringify(target)};\n`;
    texts.set(from, (texts.get(from) ?? "") + line);
  }
  for (const name of packages) texts.set(`node_modules/${name}/index.js`, "");
  const dependencies = ["@pulumi/aws", "@pulumi/azure-native", "@pulumi/gcp", "@pulumi/vault", "zod"];
  const own = [...dependencies, "@aws-sdk/client-sts", "@azure/identity", "@google-cloud/iam"];
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "1.0.0"]));
  texts.set("package.json", JSON.stringify({ dependencies: versions(own), devDependencies: versions(["yaml"]) }));
  for (const [file, text] of texts) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}

function relative(from: string, to: string): string {
  const target = path.relative(path.dirname(from), to);
  return target.startsWith(".") ? target : `./${target}`;
}

describe("the rules of imports", () => {
  const broken = Object.entries(forbidden).flatMap(([rule, imports]) => imports.map((each) => `${rule}: ${each}`));
  /** Makes the circle: the other direction of an import that is allowed by itself. */
  const backwards = "components/clusters/spec.ts → components/clusters/contract.ts";

  it("have an import that breaks each of them", async () => {
    const { forbidden: rules = [] } = await extractConfig(path.join(root, ".dependency-cruiser.js"));
    assert.deepEqual(
      Object.keys(forbidden),
      rules.map(({ name }) => name),
    );
  });

  it("refuse imports of values that leave their direction", async () => {
    const found = await violations([...Object.values(forbidden).flat(), backwards], "value");
    assert.deepEqual(found, broken.sort());
  });

  it("refuse imports of types as well, but those of a development dependency", async () => {
    const found = await violations([...Object.values(forbidden).flat(), backwards], "type");
    const runs = broken.filter((each) => !each.startsWith("product-runs-on-dependencies:"));
    assert.deepEqual(found, runs.sort());
  });

  it("allow what keeps it", async () => {
    assert.deepEqual(await violations(allowed, "value"), []);
  });
});
