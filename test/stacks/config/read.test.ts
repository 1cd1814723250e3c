import assert from "node:assert/strict";
import { isSecret } from "@pulumi/pulumi";
import { password, provided } from "../../../components/values/recipe.ts";
import { ConfigError } from "../../../components/support/messages/errors.ts";
import { readStackConfig } from "../../../stacks/config/read.ts";
import { deployStack } from "../../../stacks/index.ts";
import { clearTexts } from "../../support/clear-text.ts";
import { catalogueOf, facts, policy } from "../../support/fixtures.ts";
import { failureOf, runFailing, runProgram, type ConfigFixture } from "../../support/mocks.ts";
import { emptyExternal } from "../../support/external-queries.ts";
import { asText } from "../../support/project.ts";

/** Stands in for every value: no message may hold it. */
const canary = "canary-9f2c41d7";

const secretNames = ["vaultToken", "shopToken", "vaultReviewerTokens", "targetPasswords"];
const readSound = (names = secretNames) => {
  const { config, issues } = readStackConfig(names);
  if (issues.length > 0) throw new ConfigError(config.stack, issues);
  return config;
};
const read = (config: ConfigFixture, stack = "sandbox") => ({
  result: runProgram(() => readSound(), { config, stack }),
  refusal: () => failureOf(() => readSound(), { config, stack }),
});

const refusal = (...lines: readonly string[]) =>
  ['The configuration of environment "sandbox" has 1 problem. Nothing was changed.', ...lines].join("\n");

describe("reading the stack's configuration", () => {
  it("takes texts as they are, everything else as JSON, and leaves empty values out", async () => {
    const plain = {
      platform: "acme",
      created: "2026-01-31",
      stores: '{"vault":{"kind":"kubernetes"}}',
      applications: "[]",
      refreshSeconds: "3600",
      detectDrift: "false",
      vaultToken: "",
    };
    const { result } = await read({ plain }).result;
    assert.deepEqual(result.facts, {
      platform: "acme",
      created: "2026-01-31",
      stores: { vault: { kind: "kubernetes" } },
      applications: [],
      refreshSeconds: 3600,
      detectDrift: false,
    });
    assert.deepEqual([...result.secretKeys], []);
  });

  it("takes a platform that looks like the start of a number as a text", async () => {
    const { result } = await read({ plain: { platform: "3scale" } }).result;
    assert.deepEqual(result.facts, { platform: "3scale" });
  });

  it("knows which secrets are set, and gives their values as secrets only", async () => {
    const { result } = await runProgram(
      async () => {
        const { secretKeys, secret } = readSound(["vaultToken", "shopToken"]);
        const token = secret("vaultToken");
        return {
          keys: [...secretKeys],
          secret: token !== undefined && (await isSecret(token)),
          none: secret("shopToken"),
        };
      },
      { config: { secret: { vaultToken: canary } } },
    );
    assert.deepEqual(result, { keys: ["vaultToken"], secret: true, none: undefined });
  });

  it("takes the environment from the first part of the stack's name", async () => {
    const { result } = await read({}, "prod.payments").result;
    assert.deepEqual([result.environment, result.stack], ["prod", "prod.payments"]);
  });

  it("rejects an unknown key", async () => {
    assert.equal(
      await read({ plain: { plattform: canary } }).refusal(),
      refusal(
        "  plattform: is no configuration key of this program; did you mean platform?",
        "    fix: rename it to platform",
      ),
    );
    assert.equal(
      await read({ plain: { "a b": canary } }).refusal(),
      refusal(
        '  ["a b"]: is no configuration key of this program; there are adopt, adoptWithout, applications, clusters, created, detectDrift, existingSecrets, formerStacks, generatedInCluster, namespaces, parts, platform, probes, reference, refreshPolicy, refreshSeconds, retirePrevious, rollBack, rotations, shopToken, storedIn, stores, targetPasswords, targets, templateFacts, vaultReviewerTokens, vaultToken, via',
        "    fix: pulumi config rm --path '[\"a b\"]'",
      ),
    );
    assert.equal(
      await read({ plain: { shoptoken: canary } }).refusal(),
      refusal(
        "  shoptoken: is no configuration key of this program; did you mean shopToken?",
        "    fix: change the value at its source, then: pulumi config rm shoptoken && pulumi config set --secret shopToken",
      ),
    );
  });

  it("rejects a secret that is stored in clear", async () => {
    assert.equal(
      await read({ plain: { shopToken: canary } }).refusal(),
      refusal(
        "  shopToken: holds a secret and is stored in clear",
        "    fix: change the value at its source, then: pulumi config set --secret shopToken",
      ),
    );
  });

  it("knows of which clusters Vault has a reviewer's token, and nothing of the tokens", async () => {
    const tokens = JSON.stringify({ main: canary, other: canary, empty: "" });
    const { result } = await read({ secret: { vaultReviewerTokens: tokens } }).result;
    assert.deepEqual([...result.reviewed], ["main", "other"]);
    assert.deepEqual(
      clearTexts(result).filter((text) => text.includes(canary)),
      [],
    );
    const passwords = await read({ secret: { targetPasswords: JSON.stringify({ db: canary }) } }).result;
    assert.deepEqual([...passwords.result.administered], ["db"]);
    const none = await read({}).result;
    assert.deepEqual([...none.result.reviewed], []);
  });

  for (const text of [
    canary,
    `["${canary}"]`,
    `"${canary}"`,
    `{"main":["${canary}"]}`,
    `{"main":{"token":"${canary}"}}`,
  ]) {
    it(`rejects tokens of reviewers in another shape, and shows nothing of them: ${text.replace(canary, "…")}`, async () => {
      assert.equal(
        await read({ secret: { vaultReviewerTokens: text } }).refusal(),
        refusal(
          "  vaultReviewerTokens: is no JSON object of texts by cluster",
          `    fix: pulumi config set --secret vaultReviewerTokens '{"<cluster>":"<token>"}'`,
        ),
      );
    });
  }

  it("rejects a secret among the facts", async () => {
    assert.equal(
      await read({ secret: { stores: `{"vault":{"token":"${canary}"}}` } }).refusal(),
      refusal(
        '  stores: holds a secret value (Pulumi takes a map for one whose only key is "secure"); facts are plain data that reviewers read',
        "    fix: give the secret a configuration key of its own",
      ),
    );
  });

  it("rejects a fact that is half a JSON text, by its length", async () => {
    assert.equal(
      await read({ plain: { stores: `{"vault":{"token":"${canary}"` } }).refusal(),
      refusal(
        "  stores: is a text that is no JSON (35 characters)",
        "    fix: write it as YAML, without quotation marks around it",
      ),
    );
  });

  it("rejects everything at once", async () => {
    const message = await read({
      plain: { stores: "{", a: "1", shopToken: "x" },
      secret: { platform: "acme" },
    }).refusal();
    assert.match(message, /^The configuration of environment "sandbox" has 4 problems\. Nothing was changed\.\n/);
    for (const key of ["stores", "a", "shopToken", "platform"]) assert.match(message, new RegExp(`^ {2}${key}: `, "m"));
  });
});

describe("failing to deploy", () => {
  const catalogue = catalogueOf({ password: password(), token: provided("shopToken") });
  const deploy = () => deployStack({ catalogue, policies: { sandbox: policy }, external: emptyExternal(facts) });
  const valid = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, asText(value)]));

  // Each breaks one thing of a valid configuration that holds the canary as its secret values.
  const secret = { shopToken: canary, vaultToken: canary };
  const broken: readonly (readonly [string, ConfigFixture])[] = [
    ["a secret in clear", { plain: { ...valid, shopToken: canary }, secret: { vaultToken: canary } }],
    ["a fact that is a secret", { plain: valid, secret: { ...secret, stores: `{"${canary}":1}` } }],
    ["a secret under an unknown key", { plain: valid, secret: { ...secret, other: canary } }],
    ["a fact that is half a JSON text", { plain: { ...valid, stores: `{"token": "${canary}` }, secret }],
    ["a fact of the wrong type", { plain: { ...valid, refreshSeconds: "often" }, secret }],
  ];

  for (const [name, config] of broken) {
    it(`because of ${name} registers nothing, shows no value and no stack trace`, async () => {
      const { errors, resources, logs, calls } = await runFailing(deploy, { config });
      assert.equal(errors.length, 1);
      const [error] = errors;
      // Pulumi prints errors of this class by their message alone.
      assert.ok(error instanceof Error && "__pulumiRunError" in error, "not a RunError");
      assert.ok(!`${error.message}\n${JSON.stringify(error)}`.includes(canary), error.message);
      assert.doesNotMatch(error.message, /\n\s+at /);
      assert.deepEqual([resources.contents, logs, calls], [[], [], []]);
    });
  }

  it("because of an unknown environment names those that there are, and the way to add one", async () => {
    const message = await failureOf(deploy, { config: { plain: valid, secret }, stack: "prodd" });
    assert.equal(
      message,
      [
        'The configuration of environment "prodd" has 1 problem. Nothing was changed.',
        "  stack: there is no environment of this name; there is sandbox",
        "    fix: add its policy to stacks/environments/ and list it in stacks/environments/index.ts (CONTRIBUTING.md, How to add an environment)",
      ].join("\n"),
    );
  });

  it("does not happen with the valid configuration, whose secrets stay secret", async () => {
    const run = await runProgram(deploy, { config: { plain: valid, secret } });
    assert.ok(run.vault.values.includes(canary), "the canary was not stored");
    const texts = clearTexts([run.result, run.resources.all, run.logs, run.calls]);
    assert.deepEqual(
      texts.filter((text) => text.includes(canary)),
      [],
    );
  });
});
