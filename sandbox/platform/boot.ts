import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Layout } from "../layout.ts";
import type { Ports } from "../ports.ts";
import { InterruptedError } from "../support/errors.ts";
import { formatDuration } from "../support/format.ts";
import type { Progress, Step } from "../support/progress.ts";
import { kubernetesServer, vaultAddress } from "./addresses.ts";
import { cloudServerDefinitions } from "./cloud-servers.ts";
import { type CloudServerName, cloudServerNames } from "./cloud-server-names.ts";
import { ensureServer, logPath, type StartOutcome, stopServer } from "./daemon.ts";
import { writeKubeconfig } from "./access/kubeconfig.ts";
import { ensureNode, reviewerToken } from "./kubernetes.ts";
import type { InstalledMoto } from "./moto.ts";
import { stopOrphans } from "./machine/orphans.ts";
import { type ClientName, type Pki } from "./access/pki.ts";
import {
  kubeconfigPath,
  type ServerContext,
  type ServerDefinition,
  serverDefinitions,
  type ServerName,
} from "./servers.ts";
import {
  configureVault,
  KUBERNETES_AUTH,
  openVault,
  prepareVault,
  trustKubernetes,
  type VaultPlugin,
} from "./vault/server.ts";

/** What `bootServers` leaves behind besides running processes. */
export interface Booted {
  readonly vaultToken: string;
  /** Servers that this run started or restarted. */
  readonly started: readonly ServerName[];
}

/** How the start is shown and stopped, and what only some platforms have. */
export interface BootOptions {
  /** Where the fake clouds are wanted. */
  readonly moto?: InstalledMoto;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Starts what does not run, each server as soon as what it needs is ready, and sets Vault and the node up. */
export async function bootServers(context: ServerContext, { moto, progress, signal }: BootOptions): Promise<Booted> {
  const { layout, ports, pki, tools } = context;
  await writeKubeconfigs(layout, ports, pki);
  // A published Vault has them built in.
  const built = [
    { type: "auth", name: KUBERNETES_AUTH, binary: tools["vault-plugin-auth-kubernetes"]?.path },
    { type: "database", name: "postgresql-database-plugin", binary: tools["postgresql-database-plugin"]?.path },
  ] as const;
  const plugins = built.flatMap(({ binary, ...plugin }): readonly VaultPlugin[] =>
    binary === undefined ? [] : [{ ...plugin, binary }],
  );
  await prepareVault(layout, ports, plugins);
  await mkdir(layout.logs, { recursive: true });

  const clouds = moto === undefined ? undefined : cloudServerDefinitions(context, moto);
  const definitions: Partial<Record<ServerName, ServerDefinition>> = { ...serverDefinitions(context), ...clouds };
  await stopOrphans(Object.values(definitions), layout);
  const ready = new Milestones();
  const started: ServerName[] = [];
  let vaultToken = "";

  const server = (name: ServerName, after: readonly ServerName[]): Step => ({
    title: name,
    run: async (note, stop) => {
      const begun = performance.now();
      await ready.all(after, stop);
      const onStart = () => started.push(name);
      const definition = definitions[name];
      if (definition === undefined) throw new Error(`${name} is no server of this platform`);
      const outcome = await ensureServer(definition, { layout, ports }, { signal: stop, onStart });
      note(describe(outcome, performance.now() - begun));
      ready.reach(name);
    },
  });
  const admin = kubeconfigPath(layout, "admin");
  const setUpVault: Step = {
    title: "Vault: unseal, kv-v2, audit log, kubernetes auth",
    run: async (_note, stop) => {
      await ready.all(["vault"], stop);
      vaultToken = await openVault(layout, ports, stop);
      const auditLog = path.resolve(logPath(layout, "vault-audit"));
      const setup = { address: vaultAddress(ports), token: vaultToken, plugins, auditLog };
      await configureVault(setup, stop);
      await ready.all(["kube-apiserver"], stop);
      const trust = { server: kubernetesServer(ports), caPem: pki.caPem, reviewerToken: await reviewerToken(admin) };
      await trustKubernetes(setup, trust);
    },
  };
  const registerNode: Step = {
    title: "Kubernetes: one node, kept alive by kwok",
    run: async (_note, stop) => {
      await ready.all(["kube-apiserver"], stop);
      await ensureNode(admin);
    },
  };
  try {
    await progress.run({
      title: "Boot",
      signal,
      steps: [
        server("etcd", []),
        server("vault", []),
        server("kube-apiserver", ["etcd"]),
        server("kube-controller-manager", ["kube-apiserver"]),
        server("kube-scheduler", ["kube-apiserver"]),
        server("kwok", ["kube-apiserver"]),
        // The operator trusts the clouds' authority, whose certificate is there once they run.
        server("external-secrets-host", ["kube-apiserver", ...(clouds === undefined ? [] : (["clouds"] as const))]),
        ...(clouds === undefined ? [] : cloudServerNames.map((name) => server(name, CLOUDS_AFTER[name]))),
        registerNode,
        setUpVault,
      ],
    });
  } catch (error) {
    // Half a platform would only confuse: what this run started goes again, what ran before stays.
    await Promise.all(started.map((name) => stopServer(layout, name)));
    throw error;
  }
  return { vaultToken, started };
}

const CLOUDS_AFTER: Readonly<Record<CloudServerName, readonly ServerName[]>> = { moto: [], clouds: ["moto"] };

function describe(outcome: StartOutcome, milliseconds: number): string {
  return outcome === "running already" ? outcome : `${outcome} (${formatDuration(milliseconds)})`;
}

async function writeKubeconfigs(layout: Layout, ports: Ports, pki: Pki): Promise<void> {
  await Promise.all(
    Object.entries(pki.clients).map(([user, files]) =>
      writeKubeconfig(kubeconfigPath(layout, user as ClientName), {
        server: kubernetesServer(ports),
        caPem: pki.caPem,
        credential: { kind: "certificate", ...files },
      }),
    ),
  );
}

/** Lets one step wait until others are through. */
class Milestones {
  readonly #events = new EventTarget();
  readonly #reached = new Set<string>();

  reach(name: string): void {
    this.#reached.add(name);
    this.#events.dispatchEvent(new Event(name));
  }

  async all(names: readonly string[], signal: AbortSignal): Promise<void> {
    for (const name of names) {
      if (this.#reached.has(name)) continue;
      await once(this.#events, name, { signal }).catch(() => {
        throw new InterruptedError();
      });
    }
  }
}
