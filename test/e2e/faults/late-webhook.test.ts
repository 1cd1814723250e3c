import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cli } from "../support/cli.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { secretsPerApplication } from "../support/small-stack.ts";
import { succeed } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";

const stack = tenantStack("early", ["early"]);
const name = "webhook-that-is-not-there-yet";
const webhook = "validate.early.example";

/** A webhook for the objects that the operator's own webhook checks, at an address where nobody listens. */
const configuration = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name },
  webhooks: [
    {
      name: webhook,
      clientConfig: { url: "https://127.0.0.1:1/validate" },
      rules: [
        {
          apiGroups: ["external-secrets.io"],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["secretstores", "externalsecrets"],
        },
      ],
      failurePolicy: "Fail",
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
    },
  ],
};

describe("a webhook of the operator that answers late", () => {
  let folder: string;

  before(async () => {
    await deployShared();
    folder = await mkdtemp(path.join(tmpdir(), "webhook-"));
    const file = path.join(folder, "webhook.json");
    await writeFile(file, JSON.stringify(configuration));
    const { code, output } = await cli("kubectl", ["apply", `--filename=${file}`]);
    assert.equal(code, 0, output);
  });
  after(async () => {
    await cli("kubectl", ["delete", "validatingwebhookconfiguration", name, "--ignore-not-found"]);
    await rm(folder, { recursive: true });
    await succeed("destroy", stack);
  });

  it("delays an up without failing it", async () => {
    const up = succeed("up", stack);
    let over = false;
    up.then(
      () => (over = true),
      () => (over = true),
    );
    await eventually(
      "a request is refused because the webhook does not answer",
      async () => over || (await refusals()) > 0,
    );
    assert.equal(over, false, "the up did not wait for the webhook");
    assert.equal((await applicationSecrets(["early"])).size, 0, "nothing was delayed: this test shows nothing");
    const { code, output } = await cli("kubectl", ["delete", "validatingwebhookconfiguration", name]);
    assert.equal(code, 0, output);
    await up;
    assert.equal((await applicationSecrets(["early"])).size, secretsPerApplication);
    assert.deepEqual((await succeed("up", stack)).changes, {});
  });
});

/** The API server's own count of the requests that it refused because this webhook did not answer. */
async function refusals(): Promise<number> {
  const { code, stdout, output } = await cli("kubectl", ["get", "--raw", "/metrics"]);
  assert.equal(code, 0, output);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("apiserver_admission_webhook_rejection_count{") && line.includes(`"${webhook}"`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
