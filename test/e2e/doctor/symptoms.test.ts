import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { links } from "../../../operations/doctor/model.ts";
import { cli, typed } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { nudge } from "../support/nudge.ts";
import { deployShared, shared, sharedWithAnother } from "../support/shared-small-stack.ts";
import { run } from "../support/stacks.ts";
import { vaultOk } from "../support/vault.ts";
import { killedRevision, leavePendingRelease } from "./helm-record.ts";
import { apply, examined, firstOf, isContent, kubectl, mend, named, told, type Patient } from "./scene.ts";

const role = "mlops-platform.shared.local.shared";
const up = "pulumi up --refresh --stack shared";

const patch = (kind: string, name: string, change: object, namespace = "shared") =>
  kubectl("patch", kind, name, `--namespace=${namespace}`, "--type=merge", "-p", JSON.stringify(change));

describe("the doctor, on a stack in which something was broken by hand", () => {
  before(deployShared);
  // What a test that fails leaves broken must not fail the next one.
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await run("up", shared, { refresh: true });
  });

  it("finds nothing at first, and saw every link", async () => {
    const report = await examined(shared);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.unchecked, []);
    const quiet = ["quota", "dates"];
    for (const { verdict, chain } of report.secrets) {
      assert.equal(verdict, "sound");
      assert.deepEqual(
        chain.map(({ link }) => link),
        links.filter((link) => !quiet.includes(link)),
      );
    }
  });

  symptom("names four objects of the store and one ExternalSecret, each with its own fix", async () => {
    const at = (name: string) => `mlops-platform-shared/shared/${name}`;
    await vaultOk(`secret/metadata/${at("secret-0")}`, { method: "DELETE" });
    await vaultOk(`secret/data/${at("secret-1")}`, { method: "DELETE" });
    await vaultOk(`secret/data/${at("secret-2")}`, { method: "POST", body: { data: { username: "user" } } });
    await vaultOk(`secret/destroy/${at("secret-3")}`, { method: "PUT", body: { versions: [1] } });
    await kubectl("delete", "externalsecret", "secret-4", "--namespace=shared");
    const report = await examined(shared);
    const undelete = `vault kv undelete -mount=secret -versions=1 ${at("secret-1")}`;
    assert.deepEqual(told(firstOf(report, "secret-0")), [
      "object",
      `"${at("secret-0")}" in Vault (mount secret) does not exist`,
      up,
    ]);
    const [, deleted = "", fix] = told(firstOf(report, "secret-1"));
    assert.match(deleted, /^"\S+" in Vault \(mount secret\) has a newest version, 1, that was deleted at 20/);
    assert.equal(fix, undelete);
    assert.deepEqual(told(firstOf(report, "secret-2")), [
      "object",
      `"${at("secret-2")}" in Vault (mount secret) lacks keys hub, password, token, uri in version 2: it was changed outside this program`,
      `vault kv rollback -mount=secret -version=<last version written by this program> ${at("secret-2")}`,
    ]);
    assert.deepEqual(told(firstOf(report, "secret-3")), [
      "object",
      `"${at("secret-3")}" in Vault (mount secret) has no version 1 any more: it was destroyed`,
      up,
    ]);
    assert.deepEqual(told(firstOf(report, "secret-4")), [
      "delivery",
      "ExternalSecret shared/secret-4 does not exist",
      up,
    ]);
    await mend(shared, undelete);
    await mend(shared, `vault kv rollback -mount=secret -version=1 ${at("secret-2")}`);
    await mend(shared, up);
  });

  symptom("names a SecretStore that is gone, before its account and binding", async () => {
    await kubectl("delete", "secretstore", "secrets-reader", "--namespace=shared");
    await kubectl("delete", "rolebinding", "secrets-reader-token-request", "--namespace=shared");
    await kubectl("delete", "serviceaccount", "secrets-reader", "--namespace=shared");
    const report = await examined(shared);
    assert.deepEqual(told(firstOf(report)), ["store", "SecretStore shared/secrets-reader does not exist", up]);
    assert.ok(report.secrets.every(({ firstBroken }) => firstBroken === "store"));
    const login = report.problems.filter(({ link }) => link === "identity");
    assert.deepEqual(
      login.map(({ subject, problem, fix, first }) => ({ told: `${subject} ${problem}`, fix, first })),
      ["ServiceAccount shared/secrets-reader", "RoleBinding shared/secrets-reader-token-request"].map((subject) => ({
        told: `${subject} does not exist`,
        fix: up,
        first: false,
      })),
    );
    await mend(shared, up);
  });

  symptom("names a Role that no longer lets the operator mint tokens", async () => {
    await patch("role", "secrets-reader-token-request", { rules: [] });
    assert.deepEqual(told(firstOf(await examined(shared))), [
      "identity",
      "Role shared/secrets-reader-token-request no longer lets the operator mint tokens of the service account",
      up,
    ]);
    await mend(shared, up);
  });

  symptom("names a store that the operator can't reach, in the operator's words", async () => {
    await patch("secretstore", "secrets-reader", { spec: { provider: { vault: { server: "http://127.0.0.1:1" } } } });
    const report = await named(shared, "store");
    const first = firstOf(report);
    assert.match(told(first)[1] ?? "", /^SecretStore shared\/secrets-reader is not Ready: InvalidProviderConfig: /);
    assert.match([first?.problem, ...(first?.evidence ?? [])].join("\n"), /connection refused/);
    assert.equal(
      first?.fix,
      "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
    );
    await mend(shared, up);
  });

  symptom("names a Vault role of another audience, and a policy that names nothing", async () => {
    const { body } = await vaultOk(`auth/kubernetes/role/${role}`);
    const changed = { ...body.data, audience: "somebody-else" };
    await vaultOk(`auth/kubernetes/role/${role}`, { method: "POST", body: changed });
    await vaultOk(`sys/policies/acl/${role}`, {
      method: "PUT",
      body: { policy: 'path "secret/data/nothing" { capabilities = ["read"] }' },
    });
    const report = await examined(shared);
    assert.deepEqual(told(firstOf(report)), [
      "identity",
      `Vault role auth/kubernetes/role/${role} expects audience "somebody-else", not "vault"`,
      up,
    ]);
    const rights = report.problems.filter(({ link }) => link === "rights");
    assert.equal(rights.length, 5);
    assert.ok(rights.every(({ subject, fix }) => subject === `Vault policy ${role}` && fix === up));
    await mend(shared, up);
  });

  symptom("names a role and a policy that are gone", async () => {
    await vaultOk(`sys/policies/acl/${role}`, { method: "DELETE" });
    assert.deepEqual(told(firstOf(await examined(shared))), ["rights", `Vault policy ${role} does not exist`, up]);
    await vaultOk(`auth/kubernetes/role/${role}`, { method: "DELETE" });
    assert.deepEqual(told(firstOf(await examined(shared))), [
      "identity",
      `Vault role auth/kubernetes/role/${role} does not exist`,
      up,
    ]);
    await mend(shared, up);
  });

  symptom("names an operator that is scaled to 0, before what it leaves undone", async () => {
    await kubectl("scale", "deployment", "external-secrets", "--namespace=external-secrets", "--replicas=0");
    await operatorStopped();
    await kubectl("delete", "secret", "secret-0", "--namespace=shared");
    await kubectl("delete", "externalsecret", "secret-1", "--namespace=shared", "--wait=false");
    const report = await examined(shared);
    const [link, sentence, fix] = told(firstOf(report));
    assert.deepEqual(
      [link, sentence],
      ["operator", "Deployment external-secrets/external-secrets is scaled to 0: nothing is read from any store"],
    );
    const behind = report.problems.filter(({ first }) => !first).map(({ subject, problem }) => `${subject} ${problem}`);
    assert.ok(behind.includes("Secret shared/secret-0 does not exist"), behind.join("\n"));
    await mend(shared, fix);
    // What was deleted without an operator goes when it is back.
    await named(shared, "delivery", "shared/secret-1");
    await mend(shared, up);
  });

  symptom("names what keeps the operator's Pods from starting: a node that takes none, and a quota", async () => {
    const operator = "--namespace=external-secrets";
    const metadata = { name: "no-pods", namespace: "external-secrets" };
    try {
      await kubectl("cordon", "sandbox-node");
      await kubectl("delete", "pods", "--all", operator);
      const unscheduled = firstOf(await named(shared, "operator"));
      const [, sentence, fix] = told(unscheduled);
      assert.equal(sentence, "Deployment external-secrets/external-secrets has no available Pod");
      assert.match(unscheduled?.evidence.join("\n") ?? "", /not scheduled: 0\/1 nodes are available: .*unschedulable/);
      const [, nodes = "", asks] =
        /^let a node take them, by room, labels or taints: (kubectl .+); or change what the Pods ask for: (.+)$/.exec(
          fix ?? "",
        ) ?? [];
      assert.equal(asks, "clusters.local.externalSecrets.values (docs/clusters/operator.md#other-chart-values)");
      assert.match((await typed(nodes, "shared")).output, /^Unschedulable:\s+true$/m);
      await kubectl("uncordon", "sandbox-node");
      await isContent(shared, "shared");
      await apply({ apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard: { pods: "0" } } });
      await kubectl("delete", "pods", "--all", operator);
      const refused = firstOf(await named(shared, "operator"));
      assert.match(refused?.evidence.join("\n") ?? "", /ReplicaFailure: .*exceeded quota: no-pods/);
      const [, quota = ""] = /^raise the quota, or remove what uses it up: (.+)$/.exec(refused?.fix ?? "") ?? [];
      assert.match((await typed(quota, "shared")).output, /^pods\s+0\s+0$/m);
    } finally {
      await kubectl("uncordon", "sandbox-node");
      await kubectl("delete", "resourcequota", "no-pods", operator, "--ignore-not-found");
      // The controller tries again after longer and longer pauses.
      await kubectl("rollout", "restart", "deployment", "external-secrets", operator);
    }
  });

  symptom("names a Deployment and kinds of the operator that are gone, and has its release applied again", async () => {
    await kubectl("delete", "deployment", "external-secrets", "--namespace=external-secrets");
    const [link, sentence, fix] = told(firstOf(await examined(shared)));
    assert.deepEqual(
      [link, sentence],
      [
        "operator",
        "namespace external-secrets has no Deployment of the operator (app.kubernetes.io/name: external-secrets)",
      ],
    );
    await mend(shared, fix);
    // Helm removes it with its release later, and would not without this.
    const owner = "{.metadata.annotations.meta\\.helm\\.sh/release-name}";
    const { stdout } = await cli("kubectl", [
      ...["get", "deployment", "external-secrets", "--namespace=external-secrets", `--output=jsonpath=${owner}`],
    ]);
    assert.equal(stdout, "external-secrets");
  });

  // After the release was applied by the fix above: Helm goes on with what that applied in its name.
  symptom("names an operation of Helm that was killed, in the words in which up fails by it", async () => {
    await leavePendingRelease();
    const sentence =
      "Helm release external-secrets/external-secrets is pending-upgrade in revision 99: a run was killed while Helm was at work, and Helm begins no other";
    const found = (await examined(shared)).problems.find(({ link }) => link === "operator");
    assert.deepEqual([found?.severity, told(found)[1]], ["warning", sentence]);
    const changed = { clusters: { local: { externalSecrets: { concurrency: 7 } } } };
    const failed = await run("up", { ...shared, facts: { ...shared.facts, ...changed } });
    assert.equal(failed.ok, false);
    assert.ok(failed.errors.join("\n").includes(sentence), failed.errors.join("\n"));
    const [, forget = ""] =
      /^once nobody is at work: (.+) && pulumi up --stack shared$/.exec(told(found)[2] ?? "") ?? [];
    assert.ok(forget.endsWith(` -n external-secrets delete secret ${killedRevision}`), forget);
    await mend(shared, forget);
    await mend(shared, "pulumi up --stack shared");
  });

  symptom("names a quota that keeps the operator from writing a Secret", async () => {
    const metadata = { name: "few", namespace: "shared" };
    await apply({ apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard: { "count/secrets": "0" } } });
    await kubectl("delete", "secret", "secret-0", "--namespace=shared");
    await eventually("the doctor names the quota", async () => {
      const { problems } = await examined(shared, "shared/secret-0");
      return problems.some(
        ({ link, fix }) => link === "secret" && fix?.startsWith("the namespace has no quota") === true,
      );
    });
    await kubectl("delete", "resourcequota", "few", "--namespace=shared");
  });

  symptom("names what is left of a webhook, and how it is removed", async () => {
    const webhook = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "externalsecret-validate" },
      webhooks: [
        {
          name: "validate.externalsecret.external-secrets.io",
          // Of a kind that nobody has: others must not be refused meanwhile.
          rules: [
            { apiGroups: ["doctor.example"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["nothing"] },
          ],
          clientConfig: { service: { namespace: "external-secrets", name: "external-secrets-webhook", path: "/x" } },
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Fail",
        },
      ],
    };
    await apply(webhook);
    const [link, sentence = "", fix] = told(firstOf(await examined(shared)));
    assert.equal(link, "operator");
    assert.match(sentence, /^the operator's webhook \(Service external-secrets\/external-secrets-webhook\) has no Pod/);
    await mend(shared, (fix ?? "").replace(/^remove what an earlier installation left: /, ""));
  });

  symptom("names Secrets and keys that a workload gets wrong, and a Pod with an earlier value", async () => {
    await apply(workload("api", [["TOKEN", "secret-0", "tokn"]]));
    const wrongKey = await named(shared, "consumers", "shared/secret-0");
    assert.deepEqual(told(firstOf(wrongKey)), [
      "consumers",
      "shared deployment/api asks Secret secret-0 for key tokn, which it does not have (its keys: hub, password, token, uri, username)",
      "name key token there instead",
    ]);
    await apply(workload("api", [["TOKEN", "secret-0", "token"]]));
    await eventually("the Pod runs with the right key", async () => {
      const { problems, secrets } = await examined(shared, "shared/secret-0");
      const seen = secrets[0]?.chain.find(({ link }) => link === "consumers")?.seen ?? [];
      return problems.length === 0 && seen.includes("Secret shared/secret-0 is used by deployment/api");
    });
    // A Secret is written in whole seconds, as a Pod starts.
    await setTimeout(1_500);
    await nudge(["shared"]);
    let fix: string | undefined;
    await eventually("the doctor names the Pod that is older than its Secret", async () => {
      const warning = (await examined(shared, "shared/secret-0")).problems.find(({ link }) => link === "consumers");
      fix = warning?.fix;
      return warning?.severity === "warning";
    });
    assert.match(fix ?? "", / -n shared rollout restart deployment\/api$/);
    await mend(shared, fix);
    await eventually("the new Pod has the value", async () => {
      return (await examined(shared, "shared/secret-0")).problems.length === 0;
    });
    await kubectl("delete", "deployment", "api", "--namespace=shared");
  });

  symptom("names a Secret that was not deployed yet, and a stack that never was", async () => {
    const extended: Patient = { ...shared, ...sharedWithAnother("added") };
    assert.deepEqual(told(firstOf(await examined(extended), "added")), [
      "engine",
      "stack shared does not have Secret shared/added in its state: it was not deployed since the catalogue has it, or failed before",
      "pulumi up --stack shared",
    ]);
    await mend(extended, "pulumi up --stack shared");
    assert.deepEqual((await examined(extended)).problems, []);
    await mend(shared, "pulumi up --stack shared");
  });
});

/** A test that breaks something, and at whose end the doctor finds nothing any more. */
function symptom(name: string, breakAndMend: () => Promise<void>): void {
  it(name, async () => {
    await breakAndMend();
    await isContent(shared, "shared");
  });
}

function workload(name: string, variables: readonly (readonly [variable: string, secret: string, key: string])[]) {
  const labels = { app: name };
  const env = variables.map(([variable, secret, key]) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secret, key } },
  }));
  const spec = { containers: [{ name, image: "registry.example/app:1", env }] };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shared" },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

async function operatorStopped(): Promise<void> {
  await eventually("the operator's Pods are gone", async () => {
    const { stdout } = await cli("kubectl", ["get", "pods", "--namespace=external-secrets", "-o", "name"]);
    return stdout.trim() === "";
  });
}
