import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { renderKubeconfig } from "../../../sandbox/platform/access/kubeconfig.ts";
import { typed } from "../support/cli.ts";
import { cluster, mintToken } from "../support/cluster.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { run, succeed } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { apply, isContent, kubectl } from "./scene.ts";

const namespace = "limited";
const account = { namespace: "deployers", name: "deployer" };
const user = `system:serviceaccount:${account.namespace}:${account.name}`;
const granted = "secrets-deployer-may-grant";
const tenant = tenantStack(namespace, [namespace]);

const rbac = "rbac.authorization.k8s.io";
const everything = { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] };
const writing = (apiGroups: readonly string[], ...resources: readonly string[]) => ({
  apiGroups,
  resources,
  verbs: ["create", "update", "patch", "delete"],
});

/** What the deployer may do beside reading. */
async function mayWrite(...rules: readonly object[]): Promise<void> {
  await apply({
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "deployer" },
    rules: [everything, ...rules],
  });
}

const objects = [writing([""], "namespaces", "secrets"), writing(["external-secrets.io"], "*")];
const roles = writing([rbac], "roles", "rolebindings");
const accounts = writing([""], "serviceaccounts");

describe("a deployer without the rights that a run needs", () => {
  let folder: string;
  const limited = () => ({
    ...tenant,
    facts: {
      ...tenant.facts,
      clusters: { local: { externalSecrets: { install: false }, kubeconfig: path.join(folder, "kubeconfig") } },
    },
  });

  before(async () => {
    await deployShared();
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: account.namespace } });
    await apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    await mayWrite(...objects, roles);
    await apply({
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "deployer" },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "deployer" },
      subjects: [{ kind: "ServiceAccount", ...account }],
    });
    folder = await mkdtemp(path.join(tmpdir(), "deployer-"));
    const token = path.join(folder, "token");
    const { kubernetesServer: server } = connection();
    const { config } = await cluster();
    const caPem = Buffer.from(config.getCurrentCluster()?.caData ?? "", "base64").toString();
    await writeFile(token, await mintToken(account, server), { mode: 0o600 });
    const credential = { kind: "token-file", file: token } as const;
    await writeFile(path.join(folder, "kubeconfig"), renderKubeconfig({ server, caPem, credential }), { mode: 0o600 });
  });
  after(async () => {
    await succeed("destroy", tenant);
    for (const name of ["deployer", granted]) {
      await kubectl("delete", "clusterrolebinding,clusterrole", name, "--ignore-not-found");
    }
    await removeNamespaces(namespace, account.namespace);
    await rm(folder, { recursive: true });
  });

  it("is told which right it lacks, and where, with a command that says whether it has it", async () => {
    const failed = await run("up", limited());
    assert.equal(failed.ok, false);
    const said = failed.errors.join("\n");
    const [, verb = "", asks = ""] =
      /user system:serviceaccount:deployers:deployer may not (\w+) serviceaccounts in namespace limited\n\s*fix: give it that right, which this command then answers with yes: (.+)/.exec(
        said,
      ) ?? [];
    assert.equal(asks, `kubectl auth can-i ${verb} serviceaccounts -n limited --as ${user}`, said);
    assert.match((await typed(asks, namespace)).output, /^no\b/m);
    await mayWrite(...objects, roles, accounts);
    assert.match((await typed(asks, namespace)).output, /^yes\b/m);
  });

  it("is told which rights it can't give to others, with the command that lets it", async () => {
    const failed = await run("up", limited());
    assert.equal(failed.ok, false);
    const said = failed.errors.join("\n");
    const [, rights = "", command = ""] =
      /user system:serviceaccount:deployers:deployer may not give rights in the cluster that it does not have itself\n\s*(\{.+)\n\s*fix: give it these rights, or the one to give any: (.+) \(https:/.exec(
        said,
      ) ?? [];
    assert.match(rights, /Resources:\["serviceaccounts\/token"\], ResourceNames:\["secrets-reader"\]/, said);
    const { code, output } = await typed(command, namespace);
    assert.equal(code, 0, output);
  });

  it("goes on once it has them", async () => {
    await succeed("up", limited());
    await isContent(limited(), namespace);
  });
});
