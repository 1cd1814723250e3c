import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pc from "picocolors";
import { parse, stringify } from "yaml";
import { previewStack } from "../../preview/preview.ts";
import { renderPreview } from "../../preview/render.ts";
import type { Preview } from "../../preview/schema.ts";
import { environments } from "../../stacks/environments/index.ts";
import { root } from "../support/project.ts";

const page = readFileSync(path.join(root, "docs/environments.md"), "utf8");

/** The page's changes of a committed file: blocks of YAML that begin with its name. */
const snippets = [...page.matchAll(/^```yaml\n# Pulumi\.(?<stack>\w+)\.yaml\n(?<text>.*?)^```$/gms)].map(
  ({ groups }) => ({ stack: groups?.["stack"] ?? "", text: groups?.["text"] ?? "" }),
);

/** What each of them must lead to, in their order: the kinds of stores that are then used. */
const expected: readonly { readonly title: string; readonly stack: string; readonly kinds: readonly string[] }[] = [
  { title: "dev on Key Vault", stack: "dev", kinds: ["azure-key-vault"] },
  { title: "staging on Google Cloud", stack: "staging", kinds: ["gcp-secret-manager"] },
  { title: "prod on Vault", stack: "prod", kinds: ["vault-kv"] },
  { title: "staging on OpenShift", stack: "staging", kinds: ["azure-key-vault"] },
  { title: "a namespace with another name", stack: "staging", kinds: ["azure-key-vault"] },
  { title: "an operator that another environment installs", stack: "staging", kinds: ["azure-key-vault"] },
  {
    title: "a store for one cluster",
    stack: "prod",
    kinds: ["aws-parameter-store", "aws-secrets-manager", "gcp-secret-manager"],
  },
  { title: "a referenced secret", stack: "dev", kinds: ["aws-parameter-store"] },
  { title: "an adopted secret", stack: "dev", kinds: ["aws-parameter-store"] },
  { title: "a shared reader", stack: "dev", kinds: ["aws-parameter-store"] },
];

describe("docs/environments.md", () => {
  it("has a check for each of its changes", () => {
    assert.deepEqual(
      snippets.map(({ stack }) => stack),
      expected.map(({ stack }) => stack),
    );
  });

  for (const [index, { title, stack, kinds }] of expected.entries()) {
    it(`shows a change that the program takes: ${title}`, async () => {
      const { plan } = await preview(stack, parse(snippets[index]?.text ?? "") as object);
      assert.deepEqual(plan.stores.map(({ kind }) => kind).sort(), kinds);
    });
  }

  it("says truly how dev does without a store", async () => {
    assert.match(page, /^pulumi config set via plain\npulumi config rm --path clusters\.eks\.store$/m);
    const config = { "multicloud-secrets:via": "plain", "multicloud-secrets:clusters": { eks: { store: undefined } } };
    const { plan, resources } = await preview("dev", { config });
    assert.deepEqual(plan.stores, []);
    assert.equal(resources.byType["kubernetes:core/v1:Secret"], 12);
  });

  it("moves a namespace by steps that the program takes, each of which keeps its Secrets", async () => {
    const google = {
      kind: "gcp-secret-manager",
      project: "mlops-dev-platform",
      projectNumber: "210987654321",
      identityPools: { eks: { id: "readers-eks", issuer: issuerOf("dev") } },
    };
    const seen: (readonly string[])[] = [];
    for (const mlflow of stepsOfMove()) {
      const config = { "multicloud-secrets:stores": { google }, "multicloud-secrets:namespaces": { mlflow } };
      const { applications } = await preview("dev", { config });
      const { stores = [] } = applications.find(({ name }) => name === "mlflow") ?? {};
      seen.push(
        stores.map(({ name, secrets, namespaces }) => {
          const read = namespaces.filter((each) => each.name === "mlflow").flatMap((each) => each.secrets);
          return `${name}: ${secrets.length} held, ${read.length} Secrets of mlflow`;
        }),
      );
    }
    // The model server, which stays, reads one of the two.
    assert.deepEqual(seen, [
      ["google: 2 held, 0 Secrets of mlflow", "parameters: 2 held, 2 Secrets of mlflow"],
      ["google: 2 held, 2 Secrets of mlflow", "parameters: 2 held, 0 Secrets of mlflow"],
      ["google: 2 held, 2 Secrets of mlflow", "parameters: 1 held, 0 Secrets of mlflow"],
    ]);
  });

  for (const file of ["README.md", "docs/environments.md"]) {
    it(`quotes the preview of prod as it is, in ${file}`, async () => {
      const text = readFileSync(path.join(root, file), "utf8");
      const quoted = [...text.matchAll(/^```(?<language>\w*)\n(?<block>.*?)^```$/gms)]
        .map(({ groups }) => (groups?.["language"] === "" ? (groups["block"] ?? "") : ""))
        .filter((block) => block.includes("(aws-secrets-manager)") || block.includes("calls/month"))
        .flatMap((block) => block.split("\n").filter((line) => line !== ""));
      assert.ok(quoted.length > 10);
      const lines = new Set(renderPreview(await preview("prod", {}), pc.createColors(false)).split("\n"));
      assert.deepEqual(
        quoted.filter((line) => !lines.has(line)),
        [],
      );
    });
  }

  it("says what each policy decides", () => {
    const rows = page.split("\n").flatMap((line) => policyRow(line));
    const names = Object.keys(rows[0]?.values ?? {});
    assert.deepEqual(names.sort(), Object.keys(environments).sort());
    for (const [name, policy] of Object.entries(environments)) {
      assert.deepEqual(
        Object.fromEntries(rows.map(({ field, values }) => [field, values[name]])),
        Object.fromEntries(Object.entries(policy).map(([field, value]) => [field, inWords(value as unknown)])),
        name,
      );
    }
  });
}).timeout(60_000); // each preview loads the SDK of its cloud

/** Previews a committed environment with some of its configuration changed. */
async function preview(stack: string, change: object): Promise<Preview> {
  const folder = await mkdtemp(path.join(tmpdir(), "environments-"));
  try {
    await cp(path.join(root, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    const file = `Pulumi.${stack}.yaml`;
    const committed = parse(await readFile(path.join(root, file), "utf8")) as object;
    await writeFile(path.join(folder, file), stringify(merged(committed, change)));
    return await previewStack({ root: folder, stack });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The change laid over what is there: objects key by key, everything else as a whole. */
function merged(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  const keys = new Set([...Object.keys(base), ...Object.keys(change)]);
  return Object.fromEntries([...keys].map((key) => [key, key in change ? merged(base[key], change[key]) : base[key]]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Issuer of the one cluster of a committed environment. */
function issuerOf(stack: string): string {
  const text = readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8");
  return /^ +issuer: (?<issuer>\S+)$/m.exec(text)?.groups?.["issuer"] ?? "";
}

/** What the page's commands make of the namespace, after each of their steps. */
function stepsOfMove(): readonly object[] {
  const block = /^```sh\n(?<text># 1\. Dual write.*?)^```$/ms.exec(page)?.groups?.["text"] ?? "";
  const facts = new Map<string, string | readonly string[]>();
  return block
    .split("pulumi up\n")
    .slice(0, -1)
    .map((step) => {
      const commands = step.matchAll(
        /^pulumi config (?<verb>set|rm) --path 'namespaces\.mlflow\.(?<fact>\w+)(?<list>\[0\])?'(?: (?<value>\w+))?$/gm,
      );
      for (const { groups: { verb, fact = "", list, value = "" } = {} } of commands) {
        if (verb === "rm") facts.delete(fact);
        else facts.set(fact, list === undefined ? value : [value]);
      }
      return Object.fromEntries(facts);
    });
}

interface PolicyRow {
  readonly field: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** A row of the table of policies: the field's name ends its first cell. */
function policyRow(line: string): readonly PolicyRow[] {
  const [, what = "", ...cells] = line.split("|").map((cell) => cell.trim());
  const field = /\(`(?<field>\w+)`\)$/.exec(what)?.groups?.["field"];
  if (field === undefined) return [];
  const [dev, staging, prod, sandbox] = cells;
  return [{ field, values: { dev, staging, prod, sandbox } }];
}

function inWords(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
