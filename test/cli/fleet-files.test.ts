import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";
import { typed } from "./captured.ts";

const repository = ["--repository", "https://github.com/acme/secrets"];
const files = (...words: readonly string[]) => typed("fleet", "files", "prod", ...repository, ...words);

describe("secrets fleet files", () => {
  it("takes the image of the Pulumi that the program is tried with", async () => {
    const module = readFileSync(path.join(root, "sandbox/tools/pulumi/go.mod"), "utf8");
    const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(module)?.[1];
    const { stdout } = await files("--for", "operator", "--backend", "gs://acme-state");
    assert.equal(/^ +image: (.+)$/m.exec(stdout)?.[1], `pulumi/pulumi:${version}-nonroot`);
  });

  it("is JSON as well", async () => {
    const { stdout } = await files("--for", "deployments", "--organization", "acme", "--json");
    const { script, ...frame } = JSON.parse(stdout) as { readonly script: string };
    assert.deepEqual(frame, { schemaVersion: 1, environment: "prod", for: "deployments" });
    assert.match(script, /^#!\/bin\/sh\n/);
  });

  const refusals: Readonly<Record<string, readonly [readonly string[], string]>> = {
    "an unknown deployer": [
      ["--for", "argo"],
      '--for is "argo", which is none of operator, deployments\n    fix: --for operator\n',
    ],
    "no backend": [
      ["--for", "operator"],
      "The operator has to know where the state is\n    fix: --backend <URL>, as in PULUMI_BACKEND_URL: docs/bootstrap.md\n",
    ],
    "a backend of another kind": [
      ["--for", "operator", "--backend", "file:///state"],
      "--backend is no URL of the right kind\n    fix: --backend s3://<bucket>?region=<region>\n",
    ],
    "state of one's own for Pulumi Deployments": [
      ["--for", "deployments", "--organization", "acme", "--backend", "s3://acme-state"],
      "Pulumi Deployments keep state in Pulumi Cloud alone\n    fix: leave out --backend\n",
    ],
    "no organization": [
      ["--for", "deployments"],
      "Pulumi Deployments run stacks of an organization of Pulumi Cloud, and none is named\n    fix: --organization <name>\n",
    ],
    "a branch that is none": [
      ["--for", "operator", "--backend", "gs://acme-state", "--branch", "a b"],
      '--branch is "a b", which is no such name\n    fix: leave it out, or name one\n',
    ],
  };
  for (const [title, [words, message]] of Object.entries(refusals)) {
    it(`refuses ${title}`, async () => {
      assert.deepEqual(await files(...words), { code: 2, stdout: "", stderr: message });
    });
  }

  it("refuses credentials in a URL, and does not show them", async () => {
    const urls = {
      "--backend": [
        "postgres://pulumi:canary-7c1@db/pulumi",
        "postgres://db/pulumi?password=canary-7c1",
        "https://canary-7c1@pulumi.acme.internal",
      ],
      "--repository": ["https://canary-7c1@github.com/acme/secrets", "ssh://git:canary-7c1@git.acme.internal/secrets"],
    };
    for (const [option, all] of Object.entries(urls)) {
      for (const url of all) {
        assert.deepEqual(await files("--for", "operator", "--backend", "gs://acme-state", option, url), {
          code: 2,
          stdout: "",
          stderr: `${option} has credentials, and the file is for everybody to read\n    fix: leave them out; docs/fleet.md says which variables carry them\n`,
        });
      }
    }
  });
});
