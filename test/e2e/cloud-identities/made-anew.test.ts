import assert from "node:assert/strict";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { examined, told } from "../doctor/scene.ts";
import { configured, typed } from "../support/cli.ts";
import { changeClouds, cloudsOptions, deployClouds } from "../support/clouds/stack.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { nudge } from "../support/nudge.ts";
import { recordedUrns, run, succeed } from "../support/stacks.ts";
import { earlierValue, madeAnew, type MadeAnew } from "./make-anew.ts";

function inStore(store: MadeAnew["store"]): MadeAnew {
  const found = madeAnew.find((each) => each.store === store);
  assert.ok(found !== undefined);
  return found;
}

async function delivered({ namespace }: MadeAnew): Promise<string> {
  return (await applicationSecrets([namespace])).get(`${namespace}/moving`)?.["password"] ?? "";
}

/** What the doctor finds broken in the store for these secrets, without the operator's words. */
async function foundOf(some: readonly MadeAnew[]) {
  const { problems } = await examined(cloudsOptions());
  const secrets = some.map(({ namespace }) => `local/${namespace}/moving`);
  return problems
    .filter(
      ({ subject, affects }) => !subject.startsWith("ExternalSecret") && affects.some((each) => secrets.includes(each)),
    )
    .map((each) => told(each));
}

/** Types commands, and goes on with the facts that they set: runs of the engine are this process' own. */
async function type(...commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const { code, output } = await typed(command, "clouds");
    assert.equal(code, 0, `${command}\n${output}`);
  }
  const { adopt, adoptWithout, clusters } = (await configured("clouds")) as Readonly<Record<string, ConfigValue>>;
  changeClouds({ facts: { adopt: adopt ?? null, adoptWithout: adoptWithout ?? null, clusters: clusters ?? null } });
}

/** Runs that take a secret over are followed by one that takes nothing over, and by one that changes nothing. */
async function settle(): Promise<void> {
  await type("pulumi config rm adopt", "pulumi config rm adoptWithout");
  await succeed("up", cloudsOptions());
  const { changes, warnings } = await succeed("up", cloudsOptions());
  assert.deepEqual([changes, warnings], [{}, []]);
}

/** Takes resources out of the state as docs/operations.md#keep-a-value does: by the ends of their URNs. */
async function forget(...ends: readonly string[]): Promise<void> {
  for (const end of ends) {
    const urn = (await recordedUrns(cloudsOptions())).find((each) => each.endsWith(end));
    if (urn !== undefined) await type(`pulumi state delete --yes --target-dependents '${urn}'`);
  }
}

describe("secrets that were deleted for good and made anew under their names", () => {
  before(async () => {
    await deployClouds();
  });

  describe("in Secrets Manager, where each has another ARN", () => {
    const secret = inStore("secrets-manager");
    const { id, namespace, remoteName, makeAnew } = secret;
    let ours = "";

    before(async () => {
      ours = await delivered(secret);
      await makeAnew("theirs");
    });

    it("are named with both ARNs, and taken over by what the doctor prints; up asks which value stays", async () => {
      const [[link, sentence = "", fix = ""] = [], ...others] = await foundOf([secret]);
      assert.deepEqual([link, others], ["rights", []]);
      const arn = `arn:aws:secretsmanager:eu-central-1:\\d+:secret:${remoteName}-\\w{6}`;
      assert.match(
        sentence,
        new RegExp(`allows reading ${arn}, and secret "${remoteName}" was deleted and made anew: it is ${arn} now$`),
      );
      const [refresh, adopt = "", up, ...more] = fix.split(" && ");
      assert.deepEqual(
        [refresh, adopt, up, more],
        [
          "pulumi refresh --stack clouds",
          `pulumi config set --stack clouds --path 'adopt["${id}"]' true`,
          "pulumi up --stack clouds",
          [],
        ],
      );

      const versions = await versionsIn["secrets-manager"]?.(remoteName);
      const plain = await succeed("up", cloudsOptions());
      assert.equal(plain.warnings.length, 1);
      assert.match(
        plain.warnings[0] ?? "",
        /was deleted from store secrets-manager and made anew outside this program/,
      );
      changeClouds({ facts: { rotations: { [id]: "2026-12-01" } } });
      const rotation = await run("up", cloudsOptions());
      assert.deepEqual([rotation.ok, rotation.steps], [false, []]);
      const why = rotation.errors.join("\n");
      assert.match(
        why,
        /: it is to get a new value, and ".*" was deleted .* and made anew outside this program: it is arn:/,
      );
      assert.ok(
        why.includes(`pulumi config rm --path 'rotations["${id}"]' && pulumi refresh && pulumi config set`),
        why,
      );
      changeClouds({ facts: { rotations: { [id]: null } } });

      const refreshed = await run("up", cloudsOptions(), { refresh: true });
      assert.equal(refreshed.ok, false);
      assert.match(
        refreshed.errors.join("\n"),
        /was made outside this program, in place of the one that the state had/,
      );
      assert.match(refreshed.errors.join("\n"), /fix: to adopt it .*: pulumi refresh && pulumi config set /);

      await succeed("refresh", cloudsOptions());
      await type(adopt);
      const refused = await run("up", cloudsOptions());
      assert.deepEqual([refused.ok, refused.steps], [false, []]);
      const said = refused.errors.join("\n");
      assert.match(said, /holds another "password" than the state/);
      assert.match(said, /fix: to keep that value: docs\/operations\.md#keep-a-value; or to discard/);
      assert.deepEqual(await versionsIn["secrets-manager"]?.(remoteName), versions);

      const [, discard = ""] =
        /to discard the value in store secrets-manager: (pulumi config set .*)$/m.exec(said) ?? [];
      await type(discard);
      await succeed("up", cloudsOptions());
      await settle();
      assert.equal(await delivered(secret), ours);
      assert.equal(await earlierValue["secrets-manager"](remoteName), "theirs");
      await eventually("the doctor finds nothing", async () => {
        await nudge([namespace]);
        return (await foundOf([secret])).length === 0;
      });
    });

    it("keep the value of the new one, where the state forgets its own", async () => {
      await makeAnew("theirs-kept");
      await succeed("refresh", cloudsOptions());
      await forget(`::${id}/password`);
      await type(
        `pulumi config set --path 'adopt["${id}"]' true`,
        "pulumi config set --path clusters.local.upsertExistingObjects true",
      );
      await succeed("up", cloudsOptions());
      assert.equal(await delivered(secret), "theirs-kept");
      await type("pulumi config rm --path clusters.local.upsertExistingObjects");
      await settle();
      assert.equal(await delivered(secret), "theirs-kept");
    });
  });

  describe("in the other stores, where they are the same by their names", () => {
    const secrets = madeAnew.filter(({ store }) => store !== "secrets-manager");
    const google = inStore("secret-manager");
    let ours: readonly string[];

    before(async () => {
      ours = await Promise.all(secrets.map(delivered));
      for (const { makeAnew } of secrets) await makeAnew("theirs");
      await nudge(secrets.map(({ namespace }) => namespace));
    });

    it("are read where rights stay, and named with both ways out where they went with the secret", async () => {
      const [[link, sentence = "", fix] = [], ...others] = await foundOf(secrets);
      assert.deepEqual([link, others], ["rights", []]);
      assert.match(sentence, /: the secret was deleted and made anew, by its labels$/);
      assert.equal(
        fix,
        "to restore the value of the state as well: pulumi up --refresh --stack clouds; to keep the value that is there: docs/operations.md#keep-a-value",
      );
    });

    it("are drift for up, which changes nothing; with a refresh the value of the state is back, above theirs", async () => {
      const plain = await succeed("up", cloudsOptions());
      assert.deepEqual(plain.changes, {});
      for (const { id } of secrets) {
        const warning = plain.warnings.find((each) => each.includes(`(${id})`)) ?? "";
        assert.match(warning, /was changed outside this program\.\n +fix: .*pulumi up --refresh/);
      }
      await succeed("up", cloudsOptions(), { refresh: true });
      assert.deepEqual(await Promise.all(secrets.map(delivered)), ours);
      for (const { store, remoteName } of secrets) assert.equal(await earlierValue[store](remoteName), "theirs", store);
    });

    it("keep the value of the new one in Google Cloud, where the state forgets the secret too", async () => {
      await google.makeAnew("theirs-kept");
      await forget(`::${google.id}/password`, `:Secret::${google.id}/secret-manager`);
      await type(
        `pulumi config set --path 'adopt["${google.id}"]' true`,
        "pulumi config set --path clusters.local.upsertExistingObjects true",
      );
      await succeed("up", cloudsOptions());
      await type("pulumi config rm --path clusters.local.upsertExistingObjects");
      await settle();
      // Google counts versions anew: this one may have the number of the one that was delivered last, so that no run asks for a read.
      await eventually("the value arrives", async () => {
        await nudge([google.namespace]);
        return (await delivered(google)) === "theirs-kept";
      });
    });
  });

  describe("and were only deleted, before they get a new value", () => {
    for (const store of ["secrets-manager", "secret-manager"] as const) {
      it(`are written again first, by the commands that up prints: ${store}`, async () => {
        const secret = inStore(store);
        const { id } = secret;
        const kept = await delivered(secret);
        await secret.remove();
        changeClouds({ facts: { rotations: { [id]: "2026-12-01" } } });
        const refused = await run("up", cloudsOptions());
        assert.deepEqual([refused.ok, refused.steps], [false, []]);
        const [, back = "", ...others] =
          /was deleted from store .* outside this program\n +fix: first write the value of the state again: (.*) && pulumi refresh && pulumi up$/m.exec(
            refused.errors.join("\n"),
          ) ?? assert.fail(refused.errors.join("\n"));
        assert.deepEqual([back, others], [`pulumi config rm --path 'rotations["${id}"]'`, []]);
        changeClouds({ facts: { rotations: { [id]: null } } });
        await succeed("refresh", cloudsOptions());
        await succeed("up", cloudsOptions());
        assert.equal(await delivered(secret), kept);
      });
    }
  });
});
