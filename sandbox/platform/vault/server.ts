import { copyFile, link, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import path from "node:path";
import type { Layout } from "../../layout.ts";
import type { Ports } from "../../ports.ts";
import { SandboxError } from "../../support/errors.ts";
import { PRIVATE_MODE, readIfExists, readJson, writeFileAtomically, writeJson } from "../../support/files.ts";
import { waitUntil } from "../../support/wait.ts";
import { vaultAddress } from "../addresses.ts";
import { callVault, type VaultCall } from "./client.ts";
import { vaultConfigPath } from "../servers.ts";

/** Mount path of the kv-v2 engine. */
export const KV_MOUNT = "secret";

/** Mount path and type of the auth method that trusts the cluster's service account tokens. */
export const KUBERNETES_AUTH = "kubernetes";

/** What opens Vault: its one unseal key, and the token that may do everything. Loopback only, readable by the user only. */
interface VaultKeys {
  readonly unsealKey: string;
  readonly rootToken: string;
}

/** Path of the file that holds the unseal key and the root token. */
function keysPath(layout: Layout): string {
  return path.join(layout.vault, "keys.json");
}

/** Says that Vault is being initialised: if its keys never reach the file, nothing was stored yet and its data can go. */
function initialisingPath(layout: Layout): string {
  return path.join(layout.vault, "initialising");
}

/**
 * Writes Vault's configuration. Raft storage on disk, not `-dev`: what the Pulumi state says is in Vault
 * must still be there after `down` and `up`, or the next `pulumi up` would trust values that are gone.
 */
export async function prepareVault(layout: Layout, ports: Ports, plugins: readonly VaultPlugin[]): Promise<void> {
  if (
    (await readIfExists(keysPath(layout))) === undefined &&
    (await readIfExists(initialisingPath(layout))) !== undefined
  ) {
    await rm(layout.vault, { recursive: true, force: true });
  }
  const data = path.join(layout.vault, "data");
  const folder = path.join(layout.vault, "plugins");
  await Promise.all([mkdir(data, { recursive: true, mode: 0o700 }), mkdir(folder, { recursive: true })]);
  await writeJson(vaultConfigPath(layout), {
    storage: { raft: { path: data, node_id: "sandbox", performance_multiplier: 1 } },
    listener: [{ tcp: { address: `127.0.0.1:${ports.vault}`, tls_disable: true } }],
    api_addr: vaultAddress(ports),
    cluster_addr: `https://127.0.0.1:${ports.vaultCluster}`,
    plugin_directory: folder,
    // Locking memory needs a privilege that a plain process does not have.
    disable_mlock: true,
    ui: false,
  });
  for (const { binary } of plugins) await placePlugin(folder, binary);
}

/** Vault runs plugins from its own folder only, and follows no symlink out of it. */
async function placePlugin(folder: string, binary: string): Promise<void> {
  const name = path.basename(binary);
  if ((await readdir(folder)).includes(name)) return;
  const target = path.join(folder, name);
  await link(binary, target).catch(() => copyFile(binary, target));
}

/** Initialises Vault the first time, unseals it, and waits until it serves. Returns the root token. */
export async function openVault(layout: Layout, ports: Ports, signal: AbortSignal): Promise<string> {
  const address = vaultAddress(ports);
  const { body } = await callVault(address, undefined, { method: "GET", path: "sys/seal-status" });
  const status = body as { initialized: boolean; sealed: boolean };
  const keys = status.initialized ? await readKeys(layout) : await initialise(layout, address);
  if (status.sealed) {
    await callVault(address, undefined, { method: "POST", path: "sys/unseal", body: { key: keys.unsealKey } });
  }
  const health: VaultCall = { method: "GET", path: "sys/health", accept: [429, 472, 473, 501, 503] };
  const active = async () => (await callVault(address, undefined, health)).status === 200;
  if (!(await waitUntil(active, { timeoutMs: 30_000, signal }))) {
    throw new SandboxError({
      what: "Vault was unsealed but did not become active.",
      fix: "See npm run sandbox -- logs vault; to start over: npm run sandbox -- reset",
    });
  }
  return keys.rootToken;
}

async function readKeys(layout: Layout): Promise<VaultKeys> {
  const keys = (await readJson(keysPath(layout))) as Partial<VaultKeys> | undefined;
  if (keys?.unsealKey !== undefined && keys.rootToken !== undefined) return { ...keys } as VaultKeys;
  throw new SandboxError({
    what: `Vault holds data, but its unseal key is missing (${keysPath(layout)}).`,
    fix: "Put the file back, or start over: npm run sandbox -- reset",
  });
}

async function initialise(layout: Layout, address: string): Promise<VaultKeys> {
  await writeFileAtomically(initialisingPath(layout), "");
  const body = { secret_shares: 1, secret_threshold: 1 };
  const answer = await callVault(address, undefined, { method: "POST", path: "sys/init", body });
  const { keys_base64, root_token } = answer.body as { keys_base64: readonly [string]; root_token: string };
  const keys = { unsealKey: keys_base64[0], rootToken: root_token };
  await writeJson(keysPath(layout), keys, PRIVATE_MODE);
  await rm(initialisingPath(layout), { force: true });
  return keys;
}

/** A plugin that Vault runs as a process of its own. */
export interface VaultPlugin {
  readonly type: "auth" | "database";
  /** What it is called in Vault. */
  readonly name: string;
  readonly binary: string;
}

/** What Vault is told about the cluster. */
export interface VaultSetup {
  readonly address: string;
  readonly token: string;
  /** As `prepareVault` placed them. */
  readonly plugins: readonly VaultPlugin[];
  readonly auditLog: string;
}

/** Mounts kv-v2, the audit log and the kubernetes auth method. Does nothing that is done already. */
export async function configureVault(setup: VaultSetup, signal: AbortSignal): Promise<void> {
  const call = (request: VaultCall) => callVault(setup.address, setup.token, request);
  const [mounts, auths, audits] = await Promise.all(
    ["sys/mounts", "sys/auth", "sys/audit"].map(async (path) => {
      const { body } = await call({ method: "GET", path });
      return (body as { data: Record<string, unknown> }).data;
    }),
  );
  if (!(audits && "file/" in audits)) {
    await call({
      method: "PUT",
      path: "sys/audit/file",
      body: { type: "file", options: { file_path: setup.auditLog } },
    });
  }
  if (!(mounts && `${KV_MOUNT}/` in mounts)) {
    await call({ method: "POST", path: `sys/mounts/${KV_MOUNT}`, body: { type: "kv", options: { version: "2" } } });
  }
  for (const plugin of setup.plugins) await registerPlugin(plugin, call);
  if (!(auths && `${KUBERNETES_AUTH}/` in auths)) {
    await call({ method: "POST", path: `sys/auth/${KUBERNETES_AUTH}`, body: { type: "kubernetes" } });
  }
  await waitForKv(call, signal);
}

/**
 * The small Vault build leaves the kubernetes auth method and all databases out; a separately built plugin is registered
 * under the built-in's own name, so that `type: kubernetes` and `plugin_name=postgresql-database-plugin` mean the same here
 * as on any Vault.
 */
async function registerPlugin(
  { type, name, binary }: VaultPlugin,
  call: (request: VaultCall) => ReturnType<typeof callVault>,
): Promise<void> {
  const command = path.basename(binary);
  const entry = `sys/plugins/catalog/${type}/${name}`;
  const known = await call({ method: "GET", path: entry, accept: [404] });
  if (known.status === 200 && (known.body as { data: { command: string } }).data.command === command) return;
  const sha256 = createHash("sha256")
    .update(await readFile(binary))
    .digest("hex");
  await call({ method: "PUT", path: entry, body: { sha256, command } });
  if (known.status === 200) {
    await call({ method: "PUT", path: "sys/plugins/reload/backend", body: { plugin: name } });
  }
}

/** A new kv-v2 mount answers 400 ("upgrading") for a moment; the first write of a deployment must not meet it. */
async function waitForKv(
  call: (request: VaultCall) => ReturnType<typeof callVault>,
  signal: AbortSignal,
): Promise<void> {
  const ready = async () =>
    (await call({ method: "GET", path: `${KV_MOUNT}/config`, accept: [400, 404] })).status === 200;
  await waitUntil(ready, { timeoutMs: 20_000, signal });
}

/** How Vault asks the cluster who a service account token belongs to. */
export interface KubernetesTrust {
  readonly server: string;
  readonly caPem: string;
  /** Token of a service account that may review tokens. */
  readonly reviewerToken: string;
}

/** Points the auth method at the cluster. */
export async function trustKubernetes({ address, token }: VaultSetup, trust: KubernetesTrust): Promise<void> {
  await callVault(address, token, {
    method: "POST",
    path: `auth/${KUBERNETES_AUTH}/config`,
    body: {
      kubernetes_host: trust.server,
      kubernetes_ca_cert: trust.caPem,
      token_reviewer_jwt: trust.reviewerToken,
      disable_local_ca_jwt: true,
    },
  });
}
