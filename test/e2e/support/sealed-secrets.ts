import { createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import { execa } from "execa";
import { parse } from "yaml";
import { sealedSecretsCrd } from "../../../sandbox/build/assets.ts";
import { buildTools, waitingForBuild } from "../../../sandbox/build/builder.ts";
import { cacheDirectory } from "../../../sandbox/layout.ts";
import { writeKubeconfig } from "../../../sandbox/platform/access/kubeconfig.ts";
import { loadClient, requestToken } from "../../../sandbox/platform/kubernetes.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";
import { eventually } from "./eventually.ts";
import { connection } from "./platform.ts";

/** A Sealed Secrets controller that runs beside the platform. */
export interface SealedSecretsController {
  /** File with its certificate. */
  readonly certificateFile: string;
  stop(): Promise<void>;
}

const name = "sealed-secrets-controller";
const namespace = "kube-system";

/** Builds the controller where that was not done before, installs its kind and its rights, and starts it. */
export async function startSealedSecrets(): Promise<SealedSecretsController> {
  const cache = cacheDirectory();
  const { signal } = new AbortController();
  const progress = terminalProgress();
  const tools = await buildTools({ cache, tools: [name], progress, signal });
  const { kubeconfig, portBase, root, kubernetesServer } = connection();
  const { client, config } = await loadClient(kubeconfig);
  const objects = client.KubernetesObjectApi.makeApiClient(config);
  const crd = parse(
    await readFile(await sealedSecretsCrd(cache, waitingForBuild({ cache, progress, signal })), "utf8"),
  ) as KubernetesObject;
  for (const object of [crd, ...rights]) {
    try {
      await objects.create(object);
    } catch (error) {
      // Another file has started it before.
      if (!(error instanceof client.ApiException) || error.code !== 409) throw error;
    }
  }

  const folder = path.join(root, "sealed-secrets");
  await mkdir(folder, { recursive: true });
  const [token, own] = [path.join(folder, "token"), path.join(folder, "kubeconfig.yaml")];
  const core = config.makeApiClient(client.CoreV1Api);
  await writeFile(token, await requestToken(core, { namespace, name, seconds: 7200 }), { mode: 0o600 });
  await writeKubeconfig(own, {
    server: kubernetesServer,
    caPem: Buffer.from(config.getCurrentCluster()?.caData ?? "", "base64").toString(),
    credential: { kind: "token-file", file: token },
  });
  // The platform has the thirteen ports from its base on.
  const [http, metrics] = [`127.0.0.1:${portBase + 13}`, `127.0.0.1:${portBase + 14}`];
  const controller = execa(
    tools[name].path,
    ["--key-size=2048", "--key-renew-period=0", `--listen-addr=${http}`, `--listen-metrics-addr=${metrics}`],
    { env: { KUBECONFIG: own, POD_NAMESPACE: namespace }, reject: false, all: true, buffer: false },
  );
  controller.all.pipe(createWriteStream(path.join(root, "logs", "sealed-secrets.log")));
  const certificateFile = path.join(folder, "certificate.pem");
  await eventually("the Sealed Secrets controller has a certificate", async () => {
    const response = await fetch(`http://${http}/v1/cert.pem`).catch(() => undefined);
    if (response?.ok !== true) return false;
    await writeFile(certificateFile, await response.text());
    return true;
  });
  const stop = async () => {
    controller.kill();
    await controller;
  };
  return { certificateFile, stop };
}

/** What its chart (2.18.4) lets it do. */
const rbac = "rbac.authorization.k8s.io";
const rights: readonly KubernetesObject[] = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "secrets-unsealer" },
    rules: [
      { apiGroups: ["bitnami.com"], resources: ["sealedsecrets"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["bitnami.com"], resources: ["sealedsecrets/status"], verbs: ["update"] },
      { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "create", "update", "delete", "watch"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    ],
  } as KubernetesObject,
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "secrets-unsealer" },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  } as KubernetesObject,
];
