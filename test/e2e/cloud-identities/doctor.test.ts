import assert from "node:assert/strict";
import { examined, told } from "../doctor/scene.ts";
import type { Problem, Report } from "../../../operations/doctor/report.ts";
import { cloudsOptions, deployClouds, proofNames, rows } from "../support/clouds/stack.ts";
import { eventually } from "../support/eventually.ts";
import { nudge } from "../support/nudge.ts";
import { cli } from "../support/cli.ts";
import { connection } from "../support/platform.ts";
import { succeed } from "../support/stacks.ts";
import { vaultName } from "../support/clouds/stores.ts";
import {
  deleteRecoverably,
  disableNewestVersion,
  enableNewestVersion,
  forgetPolicies,
  mistrustReader,
  recoverSecret,
  removeBinding,
  removeOidcProvider,
  removeRoleAssignments,
  restoreSecret,
  scheduleDeletion,
  trustOtherIssuer,
  trustOtherSubject,
} from "./by-hand.ts";

/** What the doctor finds of each namespace, in the stack's current state. */
async function look(): Promise<Report> {
  return examined(cloudsOptions());
}

/** The problems of links that a store itself is asked about, of the Secret of a namespace. */
function problemsOf({ problems }: Report, namespace: string): readonly Problem[] {
  return problems.filter(
    ({ affects, link }) =>
      ["identity", "rights", "object"].includes(link) &&
      affects.some((each) => each.endsWith(`/${namespace}/credentials`)),
  );
}

/** Waits until the doctor finds what stores are asked about sound. The operator looks at a store that failed now and then. */
async function soundAgain(): Promise<void> {
  let found: readonly (readonly (string | undefined)[])[] = [];
  await eventually("the doctor finds every identity, right and object", async () => {
    await nudge(rows.map(({ namespace }) => namespace));
    found = (await look()).problems
      .filter(({ link }) => ["identity", "rights", "object"].includes(link))
      .map((each) => told(each));
    return found.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${found.map((each) => each.join(": ")).join("\n")}`);
  });
}

/** Waits until the operator reports of the reader of a namespace what the cloud answers. */
async function saysOperator(namespace: string, words: string): Promise<void> {
  await eventually(`the operator of ${namespace} says: ${words}`, async () => {
    await nudge([namespace]);
    const { stdout } = await cli("kubectl", ["get", "events", `--namespace=${namespace}`, "--output=json"]);
    return stdout.includes(words);
  });
}

const sentences = (report: Report, namespace: string) =>
  problemsOf(report, namespace).map((each) => told(each)[1] ?? "");
const role = (cluster: string, namespace: string, store: string) =>
  `mlops-platform.clouds.${cluster}.${namespace}.${store}`;
const [secretName = ""] = proofNames["secrets-manager"] ?? [];
const [azureName = ""] = proofNames["key-vault"] ?? [];
const [googleName = ""] = proofNames["secret-manager"] ?? [];

describe("the doctor, where clouds were changed by hand", () => {
  before(async () => {
    await deployClouds();
  });
  after(async () => {
    await succeed("up", cloudsOptions(), { refresh: true });
  });

  it("finds nothing at first, and asked every store", async () => {
    const report = await look();
    assert.deepEqual(
      report.problems.filter(({ severity }) => severity === "broken"),
      [],
    );
    for (const { secret, namespace, chain } of report.secrets.filter(({ secret: name }) => name === "credentials")) {
      for (const wanted of ["rights", "object"]) {
        const link = chain.find((each) => each.link === wanted);
        assert.equal(link?.state, "sound", `${namespace}/${secret}: ${wanted}`);
        assert.notEqual(link.seen.length, 0);
      }
    }
  });

  it("names trust, rights and bindings that were taken away, each in its store", async () => {
    await mistrustReader("store-ssm", "eks", "parameter-store");
    await forgetPolicies("store-secrets-manager", "eks", "secrets-manager");
    await trustOtherSubject("store-key-vault", "aks");
    await removeRoleAssignments("store-key-vault-too", "aks");
    await removeBinding("store-gcp");
    await trustOtherIssuer();
    const provider = await removeOidcProvider();
    const report = await look();
    const server = connection().kubernetesServer;
    for (const namespace of ["store-ssm", "store-secrets-manager"]) {
      const gone = problemsOf(report, namespace).find(({ subject }) => subject === `OIDC provider ${provider}`);
      assert.match(
        told(gone)[1] ?? "",
        / does not exist: account \d+ does not trust the issuer of cluster eks, https:\/\/127\.0\.0\.1:\d+$/,
      );
      assert.equal(gone?.fix, "pulumi up --refresh --stack clouds");
    }
    await saysOperator("store-ssm", "No OpenIDConnect provider found in your account for https:");
    assert.match(
      sentences(report, "store-ssm").join("\n"),
      /^IAM role \S+store-ssm\.parameter-store wants \S+:sub to be system:serviceaccount:default:secrets-reader, not system:serviceaccount:store-ssm:secrets-reader$/m,
    );
    assert.ok(
      sentences(report, "store-secrets-manager").includes(
        `policy read-secrets of IAM role ${role("eks", "store-secrets-manager", "secrets-manager")} does not exist`,
      ),
    );
    assert.match(
      sentences(report, "store-key-vault").join("\n"),
      /^identity \S+ trusts subject system:serviceaccount:default:secrets-reader, not system:serviceaccount:store-key-vault:secrets-reader$/m,
    );
    assert.match(
      sentences(report, "store-key-vault-too").join("\n"),
      /^identity \S+ has no role assignment to read secret "mlops-platform-clouds--proof--credentials--password"$/m,
    );
    assert.match(
      sentences(report, "store-gcp").join("\n"),
      new RegExp(
        `^policy of secret "${googleName}" does not give roles/secretmanager.secretAccessor to principal://`,
        "m",
      ),
    );
    assert.ok(
      sentences(report, "store-gcp-federation").some((each) =>
        each.endsWith(`trusts issuer ${server}/, not ${server}`),
      ),
    );
    await succeed("up", cloudsOptions(), { refresh: true });
    await soundAgain();
  });

  it("names secrets that are deleted, and a version that is disabled, with what brings them back", async () => {
    await scheduleDeletion();
    await disableNewestVersion();
    await deleteRecoverably();
    const report = await look();
    const recoverable = problemsOf(report, "store-key-vault").find(({ link }) => link === "object");
    assert.match(
      told(recoverable)[1] ?? "",
      /^secret \S+ in Key Vault \S+ was deleted at 20\S+, and can be recovered until 20/,
    );
    assert.equal(told(recoverable)[2], `az keyvault secret recover --vault-name ${vaultName} --name ${azureName}`);
    const deleted = problemsOf(report, "store-secrets-manager").find(({ link }) => link === "object");
    assert.match(told(deleted)[1] ?? "", /is scheduled for deletion, since 20\S+: nobody can read it$/);
    assert.equal(told(deleted)[2], `aws secretsmanager restore-secret --region eu-central-1 --secret-id ${secretName}`);
    const disabled = problemsOf(report, "store-gcp").find(({ link }) => link === "object");
    assert.match(told(disabled)[2] ?? "", new RegExp(`^gcloud secrets versions enable \\d+ --secret=${googleName} `));
    await restoreSecret();
    await enableNewestVersion();
    await recoverSecret();
    assert.deepEqual(
      (await look()).problems.filter(({ link, subject }) => link === "object" && subject.startsWith("secret ")),
      [],
    );
  });
});
