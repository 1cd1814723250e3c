import assert from "node:assert/strict";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { cli, configured, typed } from "../support/cli.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { customResourceKinds } from "../support/operator.ts";
import { connection } from "../support/platform.ts";
import { smallStack } from "../support/small-stack.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { open, run, succeed } from "../support/stacks.ts";
import { apply, isContent, kubectl, type Patient } from "./scene.ts";

const namespace = "late";
const operator = "external-secrets";
const own = smallStack(namespace, [namespace]);

/** The stack with these facts of its operator. What does not start is waited for as short as facts allow. */
const stack = (externalSecrets: Readonly<Record<string, ConfigValue>> = {}): Patient => ({
  ...own,
  facts: { ...own.facts, clusters: { local: { externalSecrets: { deadlineSeconds: 10, ...externalSecrets } } } },
});

/** What `up` says of a release that was not installed. */
async function refusal(externalSecrets: Readonly<Record<string, ConfigValue>> = {}): Promise<string> {
  const failed = await run("up", stack(externalSecrets));
  assert.equal(failed.ok, false);
  return failed.errors.join("\n");
}

/** Types the command of a fix that ends with `&& pulumi up`, without that. */
async function typeCommand(command: string | undefined): Promise<void> {
  const { code, output } = await typed((command ?? "").replace(/ && pulumi up$/, ""), namespace);
  assert.equal(code, 0, output);
}

async function helm(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await cli("helm", [...args, `--namespace=${operator}`]);
  assert.equal(code, 0, output);
  return stdout.trim();
}

/** The operator's facts as the stack's file has them. */
async function operatorFacts(): Promise<Readonly<Record<string, unknown>>> {
  const { clusters } = await configured(namespace);
  return (clusters as { readonly local: { readonly externalSecrets: Readonly<Record<string, unknown>> } }).local
    .externalSecrets;
}

/** What does start may take its time. */
const patient = { deadlineSeconds: 300 };

const group = "monitoring.coreos.com";
const began = "Helm release external-secrets/external-secrets did not start in time, and Helm took it back";

describe("an operator that is not installed", () => {
  before(async () => {
    await makeRoom();
    // Makes the folder that commands run in.
    await open(stack());
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: operator, labels } });
  });
  after(async () => {
    await succeed("destroy", stack());
    await kubectl("delete", "crd", `servicemonitors.${group}`, "--ignore-not-found");
    await removeNamespaces(namespace);
  });

  describe("since its Pods do not start", () => {
    // `atomic`: the next run begins anew.
    afterEach(async () => {
      assert.equal(await helm("list", "--short"), "");
    });

    it("is explained by a quota, with the command that shows it", async () => {
      const metadata = { name: "no-pods", namespace: operator };
      await apply({ apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard: { pods: "0" } } });
      const said = await refusal();
      assert.ok(said.includes(began), said);
      assert.match(said, /event: ReplicaSet external-secrets-\S+: Error creating: .*exceeded quota: no-pods/);
      const [, command = ""] = /fix: raise the quota, or remove what uses it up: (.+)/.exec(said) ?? [];
      const shown = await typed(command, namespace);
      assert.match(shown.output, /^pods\s+0\s+0$/m);
      await kubectl("delete", "resourcequota", "no-pods", `--namespace=${operator}`);
    });

    it("is explained by nodes that have no room, with what changes what the Pods ask for", async () => {
      const memory = "1Ti";
      const said = await refusal({ values: { resources: { requests: { memory }, limits: { memory } } } });
      assert.ok(said.includes(began), said);
      assert.match(said, /event: Pod external-secrets-\S+: 0\/1 nodes are available: 1 Insufficient memory/);
      assert.match(
        said,
        /fix: let a node take them, by room, labels or taints: kubectl describe nodes; or change what the Pods ask for: clusters\.local\.externalSecrets\.values \(docs\/clusters\/operator\.md#other-chart-values\); or, where nodes are made on demand, allow more time: pulumi config set --path 'clusters\.local\.externalSecrets\.deadlineSeconds' 900 && pulumi up/,
      );
    });

    it("is explained by the namespace's Pod security, with the field", async () => {
      const said = await refusal({ values: { securityContext: { allowPrivilegeEscalation: true } } });
      assert.ok(said.includes(began), said);
      assert.match(
        said,
        /event: ReplicaSet external-secrets-\S+: Error creating: .*violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false/,
      );
      assert.match(
        said,
        /fix: change what puts the named field into Pods, or the label pod-security\.kubernetes\.io\//,
      );
    });

    it("is explained by a kind that the cluster does not serve, with the command that does without", async () => {
      const said = await refusal({ serviceMonitor: true });
      const [, command] =
        /has a ServiceMonitor, a kind that the cluster does not serve\n\s*fix: install the CRDs of the Prometheus Operator first \(docs\/alerts\.md#before\), or do without: (.+)/.exec(
          said,
        ) ?? [];
      assert.ok(command !== undefined, said);
      await typeCommand(command);
      assert.equal((await operatorFacts())["serviceMonitor"], false);
    });

    it("is explained by somebody else's installation, with both ways out", async () => {
      const chart = connection().externalSecretsChart;
      for (const kind of await customResourceKinds()) await kubectl("delete", "crd", kind);
      const mine = ["webhook.create=false", "certController.create=false", `fullnameOverride=${operator}`];
      await helm("install", "eso", chart, "--wait", ...mine.flatMap((each) => ["--set", each]));
      const said = await refusal();
      const [, command = "", page = ""] =
        /can't be installed: somebody else has what it would make\n\s*\w+ \S+ exists, of release eso\n\s*fix: leave the installation to them: (.+); or take it over: (\S+)/.exec(
          said,
        ) ?? [];
      assert.equal(page, "docs/clusters/operator.md#an-operator-of-others", said);
      // One way: theirs serves the namespaces.
      await typeCommand(command);
      assert.equal((await operatorFacts())["install"], false);
      await succeed("up", stack({ install: false }));
      const delivered = fingerprints(await applicationSecrets([namespace]));
      assert.ok(Object.keys(delivered).length > 0);
      // The other one, as the page has it.
      const keep = String.raw`crds.annotations.helm\.sh/resource-policy=keep`;
      await helm("upgrade", "eso", chart, "--reuse-values", "--set-string", keep);
      await helm("uninstall", "eso");
      const release = "meta.helm.sh/release-name=external-secrets meta.helm.sh/release-namespace=external-secrets";
      await typeCommand(
        `kubectl annotate --overwrite $(kubectl get crd -o name | grep external-secrets.io) ${release}`,
      );
      assert.deepEqual(fingerprints(await applicationSecrets([namespace])), delivered);
    });
  });

  // A block of its own: mocha runs the tests of a block before the blocks in it.
  describe("and then is", () => {
    it("once nothing is in the way, with what Prometheus reads", async () => {
      const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
      await apply({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `servicemonitors.${group}` },
        spec: {
          group,
          scope: "Namespaced",
          names: { kind: "ServiceMonitor", plural: "servicemonitors" },
          versions: [{ name: "v1", served: true, storage: true, schema }],
        },
      });
      await kubectl("wait", "--for=condition=Established", `crd/servicemonitors.${group}`);
      await succeed("up", stack({ serviceMonitor: true, ...patient }));
      await kubectl("get", "servicemonitor", "external-secrets-metrics", `--namespace=${operator}`);
      assert.equal(await helm("list", "--short"), "external-secrets");
      await isContent(stack({ serviceMonitor: true, ...patient }), namespace);
    });
  });
});
