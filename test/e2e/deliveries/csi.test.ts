import assert from "node:assert/strict";
import { configured, typed } from "../support/cli.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { apply, examined, firstOf, kubectl, mend, told } from "../doctor/scene.ts";
import { driverKinds } from "./driver-kinds.ts";

const namespace = "mounted";
const tenant = tenantStack(namespace, [namespace]);
const stack: StackOptions & { readonly stack: string } = {
  ...tenant,
  facts: {
    ...tenant.facts,
    clusters: { local: { externalSecrets: { install: false }, secretsStoreCsi: { install: false } } },
    namespaces: {
      ...(tenant.facts?.["namespaces"] as object),
      [namespace]: { cluster: "local", store: "vault", create: true, via: "csi" },
    },
  },
};
const kind = "secretproviderclasses.secrets-store.csi.x-k8s.io";

/**
 * The API server's part of the delivery. There is no kubelet here, so that no driver runs and no file is mounted.
 */
describe("Secrets that Pods are to mount, in a cluster without nodes", () => {
  before(deployShared);
  after(async () => {
    await succeed("destroy", stack);
    await kubectl("delete", "crd", kind, "--ignore-not-found");
    await removeNamespaces(namespace);
  });

  it("are refused by a cluster that has no driver, with the commands that bring it", async () => {
    const failed = await run("up", stack);
    assert.equal(failed.ok, false);
    const said = failed.errors.join("\n");
    const [, command = ""] =
      /cluster local serves no SecretProviderClass: it has no Secrets Store CSI driver\n\s*fix: install the driver first \(docs\/deliveries\/csi\.md\), or let this program do it: (.+) && pulumi up/.exec(
        said,
      ) ?? [];
    const { code, output } = await typed(command, stack.stack);
    assert.equal(code, 0, `${output}\n${said}`);
    const { clusters } = (await configured(stack.stack)) as {
      readonly clusters: { readonly local: { readonly secretsStoreCsi: object } };
    };
    assert.deepEqual(clusters.local.secretsStoreCsi, { install: true });
  });

  it("are described to the driver once its kinds are there", async () => {
    await apply(driverKinds);
    await kubectl("wait", "--for=condition=Established", `crd/${kind}`);
    await succeed("up", stack);
    assert.deepEqual((await examined(stack)).problems, []);
  });

  it("are missed by the doctor when their class is gone, and made again by the command that it names", async () => {
    await kubectl("delete", kind, "secret-0", `--namespace=${namespace}`);
    const [link, sentence, fix] = told(firstOf(await examined(stack)));
    assert.deepEqual(
      [link, sentence, fix],
      ["delivery", `SecretProviderClass ${namespace}/secret-0 does not exist`, "pulumi up --refresh --stack mounted"],
    );
    await mend(stack, fix);
    assert.deepEqual((await examined(stack)).problems, []);
  });

  it("have the doctor name a Pod that runs as another account, which the store does not trust", async () => {
    await apply(pod());
    const [link, sentence, fix] = told(firstOf(await examined(stack)));
    assert.deepEqual(
      [link, sentence, fix],
      [
        "consumers",
        `Pod ${namespace}/reader mounts secret-0 as service account default, which the store does not trust`,
        "run it as secrets-reader: spec.serviceAccountName (docs/deliveries/csi.md)",
      ],
    );
    await kubectl("delete", "pod", "reader", `--namespace=${namespace}`);
    await apply(pod("secrets-reader"));
    assert.deepEqual((await examined(stack)).problems, []);
  });
});

function pod(serviceAccountName?: string): object {
  const csi = {
    driver: "secrets-store.csi.k8s.io",
    readOnly: true,
    volumeAttributes: { secretProviderClass: "secret-0" },
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "reader", namespace },
    spec: {
      ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
      containers: [{ name: "reader", image: "registry.example/reader:1" }],
      volumes: [{ name: "db", csi }],
    },
  };
}
