/**
 * Which folder may import which: `npm run lint:imports`. Type imports count, since a circle of types is a circle for
 * whoever reads it. `test/imports.test.ts` breaks each rule once.
 */

const clouds = {
  aws: ["@pulumi/aws", "@aws-sdk/", "@smithy/"],
  azure: ["@pulumi/azure-native", "@azure/"],
  gcp: ["@pulumi/gcp", "@google-cloud/", "google-auth-library"],
  vault: ["@pulumi/vault"],
};

const product = "^(index\\.ts$|stacks/|components/)";

/** Files of the repository. */
const local = ["local", "localmodule", "aliased"];

/** What files below `folder` may import of the repository: what lies below `allowed`. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { dependencyTypes: local, pathNot: allowed },
});

/** What files below `folder` may not import. */
const never = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    never("no-circle", "Two files that import each other are one file in two places.", {}, { circular: true }),

    // index → stacks → components → support
    only("index-imports-stacks", "index.ts has no logic.", "^index\\.ts$", "^stacks/index\\.ts$"),
    only("start-imports-index", "start.js loads the program.", "^start\\.js$", "^index\\.ts$"),
    only(
      "stacks-import-product",
      "The program does not know where it runs: no sandbox, no test, no preview, no workflow.",
      "^stacks/",
      "^(stacks|components)/",
    ),
    only("components-import-components", "Components do not know who deploys them.", "^components/", "^components/"),
    only("support-imports-support", "Everything imports support.", "^components/support/", "^components/support/"),
    only("values-import-support", "Values know no store.", "^components/values/", "^components/(values|support)/"),

    // environments → config → plan → deploy → outputs → index; resolve/environment.ts checks the plan of what it resolves
    never(
      "environments-come-first",
      "A catalogue and a policy are data.",
      { path: "^stacks/environments/" },
      { path: "^stacks/(?!environments/)" },
    ),
    never(
      "config-before-plan",
      "Only resolve/environment.ts, which puts resolving together, asks for the plan.",
      { path: "^stacks/config/", pathNot: "^stacks/config/resolve/environment\\.ts$" },
      { path: "^stacks/plan/" },
    ),
    never(
      "config-before-deploy",
      "A configuration is parsed without anything of a deployment.",
      { path: "^stacks/config/" },
      { path: "^stacks/(deploy/|outputs|index\\.ts$)" },
    ),
    never(
      "plan-before-deploy",
      "A plan is made of an environment, by whoever loaded it.",
      { path: "^stacks/plan/" },
      { path: "^stacks/(config/(load|read)\\.ts$|deploy/|outputs|index\\.ts$)" },
    ),
    never(
      "deploy-before-outputs",
      "A deployment does not know what is shown of it.",
      { path: "^stacks/deploy/" },
      { path: "^stacks/(outputs|index\\.ts$)" },
    ),
    never(
      "outputs-before-index",
      "index.ts puts the parts together.",
      { path: "^stacks/outputs" },
      { path: "^stacks/index\\.ts$" },
    ),

    // Clouds
    never(
      "contract-knows-no-cloud",
      "The union of all kinds lies above the contract, in the registry.",
      { path: "^components/backends/(contract|backend|session|remote-object)\\.ts$" },
      { path: `^components/backends/(${Object.keys(clouds).join("|")})/`, reachable: true },
    ),
    never(
      "cloud-knows-no-other",
      "What two clouds share lies beside their folders.",
      { path: `^components/backends/(${Object.keys(clouds).join("|")})/` },
      { path: `^components/backends/(${Object.keys(clouds).join("|")})/`, pathNot: "^components/backends/$1/" },
    ),
    ...Object.entries(clouds).map(([cloud, packages]) =>
      never(
        `sdk-of-${cloud}`,
        `Only components/backends/${cloud}/ imports the SDK of ${cloud}, so that an environment loads those of its clouds.`,
        { path: `${product}|^preview/`, pathNot: `^components/backends/${cloud}/` },
        { path: `(^|/)node_modules/(${packages.join("|")})` },
      ),
    ),

    // Packages
    never(
      "product-runs-on-dependencies",
      "The program runs without development dependencies; a type may come of one.",
      { path: product },
      {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-optional", "npm-unknown", "unknown", "undetermined"],
        dependencyTypesNot: ["type-only"],
      },
    ),

    // Beside the program
    only(
      "operations-import-product",
      "Operations are functions over the program; what prints imports them.",
      "^operations/",
      "^(operations|stacks|components)/",
    ),
    only(
      "cli-imports-operations",
      "Commands print what functions return; nothing imports a command.",
      "^cli/",
      "^(cli|operations|preview|stacks|components)/",
    ),
    only(
      "preview-imports-product",
      "A preview runs the program on mocks of its own.",
      "^preview/",
      "^(preview|stacks|components)/",
    ),
    only(
      "bench-imports-no-test",
      "A measurement uses what is measured, and the sandbox.",
      "^bench/",
      "^(bench|sandbox|operations|preview|stacks|components)/|^index\\.ts$",
    ),
    never(
      "ci-imports-node",
      "ci/ runs where nothing is installed.",
      { path: "^ci/" },
      { pathNot: "^ci/", dependencyTypesNot: ["core"] },
    ),
    never(
      "sandbox-imports-product",
      "The local platform deploys the program; its tests may use what all tests share.",
      { path: "^sandbox/", pathNot: "^sandbox/(stand-in-plugins/)?test/" },
      { dependencyTypes: local, pathNot: "^(sandbox|stacks|components)/" },
    ),
    only(
      "examples-use-the-outputs",
      "An example is a project of its own; it only asks where the sandbox is.",
      "^examples/",
      "^(examples/|sandbox/(connection|layout)\\.ts$)",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)\\.sandbox/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
