import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { parse } from "yaml";

/**
 * Starts the program for an environment, and prints the time and memory at which it registers its first resource. The
 * engine is mocked; loading the program and parsing the facts are real.
 */
const pulumi = await import("@pulumi/pulumi");
const environment = process.argv[2] ?? "sandbox";
const facts = parse(await readFile(`Pulumi.${environment}.yaml`, "utf8")) as { config: Record<string, unknown> };
const config = Object.entries(facts.config).map(([key, value]): [string, string] => [
  key,
  typeof value === "string" ? value : JSON.stringify(value),
]);
const huggingface = "multicloud-secrets:huggingfaceToken";
pulumi.runtime.setAllConfig(Object.fromEntries([...config, [huggingface, "bench"]]), [huggingface]);
const { deployStack } = await import("../stacks/index.ts");
const { external } = await import("../stacks/deploy/external-queries.ts");
const { offlineSurvey } = await import("../preview/survey.ts");

await pulumi.runtime.setMocks(
  {
    newResource: ({ type }) => {
      if (type !== "pulumi:pulumi:Stack") {
        const modules = Object.keys(createRequire(import.meta.url).cache).length;
        process.stdout.write(
          JSON.stringify({ milliseconds: Math.round(performance.now()), rssBytes: process.memoryUsage().rss, modules }),
        );
        process.exit(0);
      }
      return { id: "mock", state: {} };
    },
    call: () => ({ outputs: {} }),
  },
  "multicloud-secrets",
  environment,
  false,
  "organization",
);
// No cluster is contacted: every namespace exists and is empty.
const there = new Map(
  Object.keys(facts.config["multicloud-secrets:namespaces"] ?? {}).map((name) => [
    name,
    { terminating: false, labels: {} },
  ]),
);
const asked = { ...external, clusters: offlineSurvey({}), existingNamespaces: () => Promise.resolve(there) };
await deployStack({ external: asked });
