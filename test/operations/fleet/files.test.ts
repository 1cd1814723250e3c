import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { deploymentsScript } from "../../../operations/fleet/files/deployments.ts";
import { secretVariables, type FleetSource } from "../../../operations/fleet/files/model.ts";
import { operatorObjects, operatorText } from "../../../operations/fleet/files/operator.ts";

const source: FleetSource = {
  environment: "prod",
  project: "multicloud-secrets",
  parts: [
    { part: "base", stack: "prod" },
    { part: "p1", stack: "prod.p1" },
  ],
  repository: "https://github.com/acme/secrets.git",
  branch: "main",
  organization: "organization",
  backend: "s3://acme-state?region=eu-central-1",
  secretsProvider: "awskms://alias/pulumi-prod?region=eu-central-1",
};
const operator = { ...source, namespace: "pulumi", image: "pulumi/pulumi:3.259.0-nonroot" };

/**
 * Fields of the operator's `Stack` and `Workspace` that are used here, with their types, as of 2026-11: pulumi/pulumi-kubernetes-operator,
 * `operator/api/pulumi/shared/stack_types.go` at 3c1757ab34329efd28577751b713f1a102865a8a and
 * `operator/api/auto/v1alpha1/workspace_types.go` at 88a213d67be04aa661b4c86237288dd7232fb8ad. `{}` is a map of anything below.
 */
const stackFields: Fields = {
  stack: "string",
  backend: "string",
  secretsProvider: "string",
  projectRepo: "string",
  branch: "string",
  shallow: "boolean",
  serviceAccountName: "string",
  envRefs: { "*": { type: "string", secret: { name: "string", key: "string" } } },
  prerequisites: [{ name: "string" }],
  resyncFrequencySeconds: "number",
  continueResyncOnCommitMatch: "boolean",
  destroyOnFinalize: "boolean",
  retryOnUpdateConflict: "boolean",
  workspaceTemplate: {
    spec: {
      image: "string",
      env: [{ name: "string", value: "string" }],
      resources: { requests: { "*": "string" }, limits: { "*": "string" } },
      podTemplate: {
        spec: {
          containers: [
            { name: "string", volumeMounts: [{ name: "string", mountPath: "string", readOnly: "boolean" }] },
          ],
          volumes: [{ name: "string", secret: { secretName: "string", items: [{ key: "string", path: "string" }] } }],
        },
      },
    },
  },
};

type Fields = string | readonly [Fields] | { readonly [name: string]: Fields };

/** Paths of what a value has, and the fields don't know. */
function unknownIn(value: unknown, fields: Fields | undefined, at: string): readonly string[] {
  if (fields === undefined) return [at];
  if (typeof fields === "string") return typeof value === fields ? [] : [`${at} is no ${fields}`];
  if (Array.isArray(fields)) {
    assert.ok(Array.isArray(value), at);
    return value.flatMap((each, index) => unknownIn(each, fields[0] as Fields, `${at}[${index}]`));
  }
  const known = fields as Readonly<Record<string, Fields>>;
  return Object.entries(value as object).flatMap(([name, each]) =>
    unknownIn(each, known[name] ?? known["*"], `${at}.${name}`),
  );
}

interface StackObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>> & { readonly envRefs: Readonly<Record<string, unknown>> };
}

const stacksIn = (args: typeof operator): readonly StackObject[] =>
  (operatorObjects(args) as readonly StackObject[]).filter(({ kind }) => kind === "Stack");

describe("fleet files for the Pulumi Kubernetes Operator", () => {
  it("have a Stack for each part, with fields that the operator knows", () => {
    for (const backend of [source.backend, "https://app.pulumi.com"]) {
      const stacks = stacksIn({ ...operator, backend });
      assert.deepEqual(
        stacks.map(({ metadata, spec }) => [metadata.name, spec["stack"]]),
        [
          ["prod", "organization/multicloud-secrets/prod"],
          ["prod-p1", "organization/multicloud-secrets/prod.p1"],
        ],
      );
      const unknown: readonly string[] = stacks.flatMap(({ metadata, spec }) =>
        unknownIn(spec, stackFields, metadata.name),
      );
      assert.deepEqual(unknown, []);
    }
  });

  it("begin with the base, and destroy nothing when they are deleted", () => {
    const [base, p1] = stacksIn(operator);
    assert.equal(base?.spec["prerequisites"], undefined);
    assert.deepEqual(p1?.spec["prerequisites"], [{ name: "prod" }]);
    for (const each of [base, p1]) assert.equal(each?.spec["destroyOnFinalize"], false);
  });

  it("name the keys of a Secret for what opens state and values, and hold none", () => {
    const passphrase = { ...operator, backend: "postgres://db.acme.internal/pulumi", secretsProvider: "passphrase" };
    const [base] = stacksIn(passphrase);
    assert.deepEqual(base?.spec.envRefs, {
      PULUMI_CONFIG_PASSPHRASE: { type: "Secret", secret: { name: "pulumi-prod", key: "PULUMI_CONFIG_PASSPHRASE" } },
      PGUSER: { type: "Secret", secret: { name: "pulumi-prod", key: "PGUSER" } },
      PGPASSWORD: { type: "Secret", secret: { name: "pulumi-prod", key: "PGPASSWORD" } },
    });
    assert.equal(base.spec["secretsProvider"], "passphrase");
    assert.deepEqual(stacksIn(operator)[0]?.spec.envRefs, {});
    assert.deepEqual(secretVariables({ ...source, backend: "https://app.pulumi.com", secretsProvider: "service" }), [
      "PULUMI_ACCESS_TOKEN",
    ]);
    assert.deepEqual(secretVariables({ ...source, secretsProvider: "hashivault://pulumi" }), [
      "VAULT_ADDR",
      "VAULT_TOKEN",
    ]);
  });

  it("are printed as YAML that reads as the same", () => {
    const read: readonly unknown[] = parseAllDocuments(operatorText(operator)).map((each) => each.toJS() as unknown);
    assert.deepEqual(read, operatorObjects(operator));
  });
});

describe("fleet files for Pulumi Deployments", () => {
  const cloud: FleetSource = {
    ...source,
    organization: "acme",
    backend: "https://app.pulumi.com",
    secretsProvider: "passphrase",
  };

  it("set up each part by the command line, and begin with the base", () => {
    assert.equal(
      deploymentsScript(cloud),
      `#!/bin/sh
# Pulumi Deployments for prod, of npx secrets fleet files. The stacks must exist: npx secrets fleet up prod
set -eu
: "\${KUBECONFIG_TEXT:?}"
: "\${PULUMI_CONFIG_PASSPHRASE:?}"
${["prod", "prod.p1"]
  .map(
    (stack) =>
      `pulumi deployment settings edit --stack acme/multicloud-secrets/${stack} --github-repo acme/secrets --branch main --push-to-deploy --preview-prs` +
      ` --env NPM_CONFIG_OMIT=dev --env NPM_CONFIG_IGNORE_SCRIPTS=true --env KUBECONFIG=/dev/shm/kubeconfig` +
      ` --pre-run-command 'printf %s "$KUBECONFIG_TEXT" > /dev/shm/kubeconfig'` +
      ` --secret-env "KUBECONFIG_TEXT=$KUBECONFIG_TEXT" --secret-env "PULUMI_CONFIG_PASSPHRASE=$PULUMI_CONFIG_PASSPHRASE"\n`,
  )
  .join("")}
# The base first, once; pushes deploy all of them side by side from then on.
pulumi deployment run update --stack acme/multicloud-secrets/prod --inherit-settings
pulumi deployment run update --stack acme/multicloud-secrets/prod.p1 --inherit-settings
`,
    );
  });

  it("name a repository elsewhere by its URL, which tells nobody of pushes", () => {
    const script = deploymentsScript({ ...cloud, repository: "https://git.acme.internal/o'brien/secrets" });
    assert.match(script, / --git-url 'https:\/\/git\.acme\.internal\/o'\\''brien\/secrets' --branch main --env /);
    assert.doesNotMatch(script, /--push-to-deploy|--github-repo/);
  });

  it("use options that the command line has", () => {
    const used = new Set([...deploymentsScript(cloud).matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option));
    assert.deepEqual(
      [...used].filter((option) => !options.has(option ?? "")),
      [],
    );
  });
});

/** `pulumi deployment settings edit` and `deployment run` of Pulumi 3.259 (`pkg/cmd/pulumi/deployment`). */
const options = new Set(
  (
    "--stack --github-repo --git-url --branch --push-to-deploy --preview-prs --env --secret-env --pre-run-command " +
    "--inherit-settings"
  ).split(" "),
);
