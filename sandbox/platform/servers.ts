import path from "node:path";
import type { BuiltTools } from "../build/builder.ts";
import type { Layout } from "../layout.ts";
import { repositoryRoot } from "../layout.ts";
import type { PortName, Ports } from "../ports.ts";
import { cloudsHealthAddress, gatewayAddress, kubernetesServer, vaultAddress } from "./addresses.ts";
import { isHealthy, statusOf } from "./health.ts";
import type { CloudServerName } from "./cloud-server-names.ts";
import type { Pki } from "./access/pki.ts";

/** The long-running processes of the platform, in the order in which they depend on each other. */
export const serverNames = [
  "etcd",
  "vault",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "external-secrets-host",
] as const;

/** The operator's own process, which `external-secrets-host` starts, in pid files, logs and `status`. */
export const OPERATOR_PROCESS = "external-secrets";

/** Name of one of them. */
export type BaseServerName = (typeof serverNames)[number];

/** Name of a long-running process. */
export type ServerName = BaseServerName | CloudServerName;

/** How one process is started and when it counts as ready. */
export interface ServerDefinition {
  readonly name: ServerName;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly PortName[];
  /** A process that this one starts itself. One that outlived a killed parent is stopped before a new parent starts. */
  readonly child?: typeof OPERATOR_PROCESS;
  /** Asks the process' own health endpoint. */
  readonly isReady: () => Promise<boolean>;
}

/** What the definitions are made from. */
export interface ServerContext {
  readonly layout: Layout;
  readonly ports: Ports;
  readonly pki: Pki;
  readonly tools: BuiltTools;
  readonly stages: string;
  /** Whether the fake clouds run beside it, and the operator reaches them. */
  readonly clouds: boolean;
}

/** Programs that the servers are. */
export const serverTools = [
  "etcd",
  "vault",
  "vault-plugin-auth-kubernetes",
  "postgresql-database-plugin",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "external-secrets",
] as const;

/** Path of a user's kubeconfig. */
export function kubeconfigPath(layout: Layout, user: string): string {
  return path.join(layout.kubeconfigs, `${user}.yaml`);
}

/** Vault's configuration file, written by `vault/server.ts`. */
export function vaultConfigPath(layout: Layout): string {
  return path.join(layout.vault, "config.json");
}

/** The certificate of the authority that speaks for the fake clouds' hosts; the process `clouds` makes it. */
export function cloudsCertificate(layout: Layout): string {
  return path.join(layout.clouds, "clouds-ca.crt");
}

/** How every process is started. */
export function serverDefinitions(context: ServerContext): Readonly<Record<BaseServerName, ServerDefinition>> {
  return {
    etcd: etcd(context),
    vault: vault(context),
    "kube-apiserver": apiServer(context),
    "kube-controller-manager": controllerManager(context),
    "kube-scheduler": scheduler(context),
    kwok: kwok(context),
    "external-secrets-host": externalSecretsHost(context),
  };
}

function etcd({ layout, pki, ports, tools }: ServerContext): ServerDefinition {
  const client = `http://127.0.0.1:${ports.etcdClient}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return {
    name: "etcd",
    program: tools.etcd.path,
    args: [
      "--name=sandbox",
      `--data-dir=${layout.etcd}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=sandbox=${peer}`,
      // Survives a killed process, not a power cut: worth seconds in every deployment, and `reset` is the remedy.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    ports: ["etcdClient", "etcdPeer"],
    isReady: () => isHealthy("etcd", ports, pki.caPem),
  };
}

function vault({ layout, ports, tools }: ServerContext): ServerDefinition {
  return {
    name: "vault",
    program: tools.vault.path,
    args: ["server", `-config=${vaultConfigPath(layout)}`, "-log-level=info"],
    // Sockets of plugin processes; their path has a limit of 104 bytes on macOS.
    environment: layout.temporary.length <= 75 ? { VAULT_PLUGIN_TMPDIR: layout.temporary } : {},
    ports: ["vault", "vaultCluster"],
    // 501 not initialised, 503 sealed, 429 standby: it serves; `unsealVault` does the rest.
    isReady: async () => (await statusOf(`${vaultAddress(ports)}/v1/sys/health`)) !== undefined,
  };
}

function apiServer({ pki, ports, tools }: ServerContext): ServerDefinition {
  const server = kubernetesServer(ports);
  return {
    name: "kube-apiserver",
    program: tools["kube-apiserver"].path,
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcdClient}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${ports.kubeApiserver}`,
      `--tls-cert-file=${pki.serverCertificate}`,
      `--tls-private-key-file=${pki.serverKey}`,
      `--client-ca-file=${pki.caCertificate}`,
      `--service-account-issuer=${server}`,
      `--service-account-key-file=${pki.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${pki.serviceAccountKey}`,
      `--api-audiences=${server}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.0.0.0/24",
      "--endpoint-reconciler-type=none",
      "--profiling=false",
      // Health endpoints only: RBAC gives an anonymous user nothing else.
      "--anonymous-auth=true",
    ],
    ports: ["kubeApiserver"],
    isReady: () => isHealthy("kube-apiserver", ports, pki.caPem),
  };
}

/** No cloud, no node addresses, no certificates: what a fake node does not need is not started. */
const CONTROLLERS = [
  "namespace-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "daemonset-controller",
  "job-controller",
  "cronjob-controller",
  "disruption-controller",
  "garbage-collector-controller",
  "root-ca-certificate-publisher-controller",
  "clusterrole-aggregation-controller",
  "endpointslice-controller",
  "resourcequota-controller",
  // Takes the not-ready taint off the node; without it every pod stays Pending.
  "node-lifecycle-controller",
];

function controllerManager({ layout, pki, ports, tools }: ServerContext): ServerDefinition {
  return {
    name: "kube-controller-manager",
    program: tools["kube-controller-manager"].path,
    args: [
      ...controlPlaneFlags(kubeconfigPath(layout, "kube-controller-manager"), ports.kubeControllerManager),
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${pki.serviceAccountKey}`,
      `--root-ca-file=${pki.caCertificate}`,
      `--controllers=${CONTROLLERS.join(",")}`,
      // On a busy machine kwok's heartbeats come later than the default of 50 s. The Pods of a node that counts as lost are no
      // longer Ready, and nobody would set them Ready again: there is no kubelet.
      "--node-monitor-grace-period=1h",
    ],
    ports: ["kubeControllerManager"],
    isReady: () => isHealthy("kube-controller-manager", ports, pki.caPem),
  };
}

function scheduler({ layout, pki, ports, tools }: ServerContext): ServerDefinition {
  return {
    name: "kube-scheduler",
    program: tools["kube-scheduler"].path,
    args: controlPlaneFlags(kubeconfigPath(layout, "kube-scheduler"), ports.kubeScheduler),
    ports: ["kubeScheduler"],
    isReady: () => isHealthy("kube-scheduler", ports, pki.caPem),
  };
}

function controlPlaneFlags(kubeconfig: string, port: number): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    // One of each: an election would only delay the start.
    "--leader-elect=false",
  ];
}

function kwok({ layout, pki, ports, stages, tools }: ServerContext): ServerDefinition {
  const address = `127.0.0.1:${ports.kwok}`;
  return {
    name: "kwok",
    program: tools.kwok.path,
    args: [
      `--kubeconfig=${kubeconfigPath(layout, "kwok")}`,
      `--config=${stages}`,
      "--manage-all-nodes=true",
      "--node-ip=127.0.0.1",
      "--cidr=10.244.0.1/16",
      `--server-address=${address}`,
    ],
    ports: ["kwok"],
    isReady: () => isHealthy("kwok", ports, pki.caPem),
  };
}

function externalSecretsHost({ layout, tools, ports, clouds }: ServerContext): ServerDefinition {
  return {
    name: "external-secrets-host",
    program: process.execPath,
    args: [
      "--no-warnings",
      path.join(repositoryRoot, "sandbox", "platform", "external-secrets", "host.ts"),
      `--root=${layout.root}`,
      `--operator=${tools["external-secrets"].path}`,
      `--metrics-port=${ports.externalSecretsMetrics}`,
      `--health-port=${ports.externalSecretsHealth}`,
      ...(clouds
        ? [
            `--gateway=${gatewayAddress(ports)}`,
            `--clouds-health=${cloudsHealthAddress(ports)}`,
            `--clouds-certificate=${cloudsCertificate(layout)}`,
          ]
        : []),
    ],
    // Its operator takes these ports when the Deployment appears; better to hear of a clash now.
    ports: ["externalSecretsMetrics", "externalSecretsHealth"],
    child: OPERATOR_PROCESS,
    // It has no endpoint of its own: it works in the background, and the operator's state is shown by `status`.
    isReady: () => Promise.resolve(true),
  };
}
