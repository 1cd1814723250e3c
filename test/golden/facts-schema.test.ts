import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { catalogue } from "../../stacks/environments/catalogue.ts";
import { factsJsonSchema } from "../../stacks/config/schema/json-schema.ts";
import { secretNames } from "../../stacks/config/secret-names.ts";
import { assertGolden } from "../support/golden.ts";
import { projectFile, root } from "../support/project.ts";

const { name: project, config } = projectFile();
const schema = factsJsonSchema({
  project,
  secretKeys: secretNames(catalogue),
  descriptions: Object.fromEntries(Object.entries(config).map(([key, { description = "" }]) => [key, description])),
});
const files = readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
const validator = z.fromJSONSchema(schema);

describe("golden: the schema of a file of facts", () => {
  it("is what docs/facts.schema.json says", () => {
    assertGolden("docs/facts.schema.json", schema);
  });

  for (const file of files) {
    const text = readFileSync(path.join(root, file), "utf8");

    it(`is named by ${file}, in its first line, which editors look at`, () => {
      assert.equal(text.split("\n")[0], "# yaml-language-server: $schema=./docs/facts.schema.json");
    });

    it(`takes ${file}`, () => {
      assert.deepEqual(validator.safeParse(parse(text)).error?.issues, undefined);
    });
  }

  const valid = parse(readFileSync(path.join(root, "Pulumi.dev.yaml"), "utf8")) as { config: Record<string, unknown> };
  const refused: Readonly<Record<string, Record<string, unknown>>> = {
    "a misspelt key": { [`${project}:plattform`]: "acme" },
    "a secret in clear": { [`${project}:huggingfaceToken`]: "hunter2" },
    "an unknown kind": { [`${project}:stores`]: { main: { kind: "valt-kv" } } },
    "an unknown key of a store": {
      [`${project}:stores`]: { main: { kind: "vault-kv", adress: "https://vault.example" } },
    },
    "an illegal name": { [`${project}:platform`]: "Acme" },
    "a word for a truth value": { [`${project}:detectDrift`]: "yes" },
  };
  for (const [name, wrong] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      assert.equal(validator.safeParse({ config: { ...valid.config, ...wrong } }).success, false);
    });
  }

  const accepted: Readonly<Record<string, Record<string, unknown>>> = {
    "an encrypted secret": { [`${project}:huggingfaceToken`]: { secure: "v1:AAAA" } },
    "a key without the project's name": { refreshSeconds: 7200 },
    "a key of another namespace": { "aws:region": "eu-central-1" },
    "an account number that YAML reads as a number": {
      [`${project}:stores`]: { main: { kind: "aws-parameter-store", region: "eu-central-1", accountId: 111122223333 } },
    },
  };
  for (const [name, right] of Object.entries(accepted)) {
    it(`takes ${name}`, () => {
      assert.deepEqual(validator.safeParse({ config: { ...valid.config, ...right } }).error?.issues, undefined);
    });
  }
});
