/**
 * Plays kubelet for one Deployment. kwok says that the operator's pods run; this process runs the operator they stand for:
 * as soon as the Deployment exists, with its arguments and its service account, so that the chart's own RBAC is what applies.
 */
import { parseArgs } from "node:util";
import type * as Client from "@kubernetes/client-node";
import type { CoreV1Api, CustomObjectsApi, KubeConfig, V1Deployment } from "@kubernetes/client-node";
import { POD_IDENTITY_AUDIENCE } from "../../fakes/aws/account.ts";
import { operatorEnvironment } from "../../fakes/environment.ts";
import { layoutOf } from "../../layout.ts";
import { messageOf } from "../../support/errors.ts";
import { PRIVATE_MODE, readIfExists, writeFileAtomically } from "../../support/files.ts";
import { waitForOperatorApis } from "./apis.ts";
import { OperatorProcess, podIdentityTokenPath } from "./operator.ts";
import { OPERATOR, type OperatorPorts, type OperatorSpec, operatorSpec } from "./spec.ts";
import { loadClient, requestToken } from "../kubernetes.ts";
import { kubeconfigPath } from "../servers.ts";
import { writeKubeconfig } from "../access/kubeconfig.ts";

const TOKEN_SECONDS = 3600;
/** The operator reads the file again every minute; at 80 % of the lifetime there is time for many retries. */
const RENEW_MS = TOKEN_SECONDS * 800;
/** Short at first: what a chart's Deployment needs (its service account, its role) may come a moment after it. */
const RETRY_MS = 250;
const WATCH_RETRY_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** A process that ran this long was healthy: its next crash starts the backoff anew. */
const HEALTHY_MS = 60_000;

/** Keeps the operator's process as its Deployment wants it. */
class OperatorHost {
  readonly #config: KubeConfig;
  readonly #core: CoreV1Api;
  readonly #customObjects: CustomObjectsApi;
  readonly #operator: OperatorProcess;
  readonly #ports: OperatorPorts;
  readonly #caPem: string;
  readonly #clouds: boolean;
  #wanted: OperatorSpec | undefined;
  #running: OperatorSpec | undefined;
  /**
   * Which Deployment is meant. One that was deleted and made again looks the same, and may be seen as a change; but the token of
   * its old service account is worth nothing any more.
   */
  #wantedUid: string | undefined;
  #runningUid: string | undefined;
  #crashes = 0;
  #startedAt = 0;
  /** No start before this time: an event must not cut the pause after a crash short. */
  #notBefore = 0;
  #work: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: {
    config: KubeConfig;
    core: CoreV1Api;
    customObjects: CustomObjectsApi;
    operator: OperatorProcess;
    ports: OperatorPorts;
    caPem: string;
    clouds: boolean;
  }) {
    this.#config = parts.config;
    this.#core = parts.core;
    this.#customObjects = parts.customObjects;
    this.#operator = parts.operator;
    this.#ports = parts.ports;
    this.#caPem = parts.caPem;
    this.#clouds = parts.clouds;
    setInterval(() => {
      this.#enqueue(() => this.#renewToken());
    }, RENEW_MS).unref();
  }

  /** Takes note of the Deployment as it is now. */
  observe(deployment: V1Deployment | undefined): void {
    this.#wanted = operatorSpec(deployment, this.#ports);
    this.#wantedUid = deployment?.metadata?.uid;
    this.#enqueue(() => this.#reconcile());
  }

  /** Stops the operator; nothing starts it again. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#work;
    await this.#operator.stop();
  }

  /** One thing at a time: two events close together must not start two processes. */
  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      log(`will try again: ${messageOf(error).split("\n")[0] ?? ""}`);
      this.#scheduleRetry();
    });
  }

  async #reconcile(): Promise<void> {
    const same = JSON.stringify(this.#wanted) === JSON.stringify(this.#running) && this.#wantedUid === this.#runningUid;
    if (this.#closed || same) return;
    if (this.#running !== undefined) {
      log(
        this.#wanted === undefined
          ? "the Deployment is gone or scaled to 0: stopping"
          : "the Deployment changed: restarting",
      );
      await this.#operator.stop();
      this.#running = undefined;
    }
    if (this.#wanted === undefined) return;
    if (Date.now() < this.#notBefore) this.#retryAt(this.#notBefore);
    else await this.#start(this.#wanted);
  }

  async #start(spec: OperatorSpec): Promise<void> {
    const { kubeconfig, token } = this.#operator.files();
    this.#running = spec;
    this.#runningUid = this.#wantedUid;
    try {
      await this.#renewToken();
      await writeKubeconfig(kubeconfig, {
        server: this.#config.getCurrentCluster()?.server ?? "",
        caPem: this.#caPem,
        credential: { kind: "token-file", file: token },
        namespace: OPERATOR.namespace,
      });
      if (!(await waitForOperatorApis(this.#customObjects)))
        log("the operator's CRDs are not served: starting it anyway");
      this.#startedAt = Date.now();
      await this.#operator.start(spec, kubeconfig, (how) => {
        this.#crashed(how);
      });
      log(`started as ${OPERATOR.namespace}/${spec.serviceAccount}: ${spec.args.join(" ")}`);
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }

  async #renewToken(): Promise<void> {
    if (this.#running === undefined) return;
    const account = { namespace: OPERATOR.namespace, name: this.#running.serviceAccount, seconds: TOKEN_SECONDS };
    const files = this.#operator.files();
    await writeFileAtomically(files.token, await requestToken(this.#core, account), PRIVATE_MODE);
    if (!this.#clouds) return;
    const audiences = [POD_IDENTITY_AUDIENCE];
    const token = await requestToken(this.#core, { ...account, audiences });
    await writeFileAtomically(files.podIdentityToken, token, PRIVATE_MODE);
  }

  #crashed(how: string): void {
    if (Date.now() - this.#startedAt > HEALTHY_MS) this.#crashes = 0;
    this.#crashes += 1;
    this.#running = undefined;
    log(`ended by itself (${how}), crash ${this.#crashes}; see external-secrets.log`);
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    const wait = Math.min(MAX_BACKOFF_MS, RETRY_MS * 2 ** Math.max(0, this.#crashes - 1));
    this.#notBefore = Date.now() + wait;
    this.#retryAt(this.#notBefore);
  }

  #retryAt(time: number): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(
      () => {
        this.#enqueue(() => this.#reconcile());
      },
      Math.max(0, time - Date.now()),
    );
  }
}

function log(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}

/** Follows the Deployment for as long as the process lives. */
function watchDeployment(client: typeof Client, config: KubeConfig, host: OperatorHost): void {
  const apps = config.makeApiClient(client.AppsV1Api);
  const { namespace, name } = OPERATOR;
  const informer = client.makeInformer(config, `/apis/apps/v1/namespaces/${namespace}/deployments`, () =>
    apps.listNamespacedDeployment({ namespace }),
  );
  // The informer has no field selector; the namespace's other Deployments (webhook, certificates) are not ours.
  const isOperator = (deployment: V1Deployment) => deployment.metadata?.name === name;
  informer.on("change", (deployment) => {
    if (isOperator(deployment)) host.observe(deployment);
  });
  informer.on("delete", (deployment) => {
    if (isOperator(deployment)) host.observe(undefined);
  });
  const start = () => {
    informer.start().catch((error: unknown) => {
      log(`watch: ${messageOf(error).split("\n")[0] ?? ""}`);
      setTimeout(start, WATCH_RETRY_MS);
    });
  };
  informer.on("error", (error: unknown) => {
    log(`watch: ${messageOf(error)}`);
    setTimeout(start, WATCH_RETRY_MS);
  });
  start();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      root: { type: "string", default: "" },
      operator: { type: "string", default: "" },
      "metrics-port": { type: "string", default: "" },
      "health-port": { type: "string", default: "" },
      gateway: { type: "string" },
      "clouds-health": { type: "string", default: "" },
      "clouds-certificate": { type: "string", default: "" },
    },
  });
  const layout = layoutOf(values.root);
  const { gateway } = values;
  const access =
    gateway === undefined
      ? undefined
      : { gateway, health: values["clouds-health"], certificate: values["clouds-certificate"] };
  const { client, config } = await loadClient(kubeconfigPath(layout, "admin"));
  const host = new OperatorHost({
    config,
    core: config.makeApiClient(client.CoreV1Api),
    customObjects: config.makeApiClient(client.CustomObjectsApi),
    operator: new OperatorProcess(
      values.operator,
      layout,
      access === undefined ? {} : operatorEnvironment(access, podIdentityTokenPath(layout)),
    ),
    clouds: access !== undefined,
    ports: { metrics: Number(values["metrics-port"]), health: Number(values["health-port"]) },
    caPem: (await readIfExists(`${layout.pki}/ca.crt`)) ?? "",
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void host.close().finally(() => process.exit(0));
    });
  }
  watchDeployment(client, config, host);
  log("watching for the operator's Deployment");
}

if (import.meta.main) await main();
