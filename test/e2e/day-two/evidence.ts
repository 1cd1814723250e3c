import { gunzipSync } from "node:zlib";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { layoutOf, repositoryRoot } from "../../../sandbox/layout.ts";
import { cluster } from "../support/cluster.ts";
import { cli } from "../support/cli.ts";
import { connection } from "../support/platform.ts";
import { transcripts } from "../support/stacks.ts";

/** A text or file that may hold a leaked value. */
export interface Evidence {
  readonly place: string;
  readonly content: Buffer | string;
}

/** Everything that was written, printed or stored so far, except the two databases that hold the values. */
export async function collectEvidence(): Promise<readonly Evidence[]> {
  const printed = transcripts.map(({ title, text }) => ({ place: title, content: text }));
  return [...(await platformFiles()), ...(await goldens()), ...printed, ...(await toolOutputs()), ...(await objects())];
}

/** Every file of the platform: state with backups and history, project, logs, temporary files, caches. */
async function platformFiles(): Promise<readonly Evidence[]> {
  const { root } = connection();
  const layout = layoutOf(root);
  // The data of etcd and Vault, and executables.
  const databases = [layout.etcd, layout.vault, path.join(root, "bin"), path.join(layout.pulumiHome, "plugins")];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !databases.some((folder) => file.startsWith(`${folder}${path.sep}`)));
  return Promise.all(
    files.map(async (file) => ({ place: path.relative(root, file), content: plain(await readFile(file)) })),
  );
}

function plain(content: Buffer): Buffer {
  return content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
}

async function goldens(): Promise<readonly Evidence[]> {
  const folder = path.join(repositoryRoot, "test", "golden");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  return Promise.all(names.map(async (name) => ({ place: name, content: await readFile(path.join(folder, name)) })));
}

/** What the tools print when they are not asked for secrets. */
async function toolOutputs(): Promise<readonly Evidence[]> {
  const commands = [
    ["pulumi", "stack", "export", "--stack=sandbox"],
    ["pulumi", "stack", "output", "--json", "--stack=sandbox"],
    ["pulumi", "stack", "history", "--json", "--stack=sandbox"],
    ["pulumi", "config", "--json", "--stack=sandbox"],
    ["helm", "get", "all", "external-secrets", "--namespace=external-secrets"],
    ["kubectl", "get", "events", "--all-namespaces", "--output=yaml"],
    ["kubectl", "get", "externalsecrets,secretstores", "--all-namespaces", "--output=yaml", "--show-managed-fields"],
    ["vault", "policy", "list"],
  ] as const;
  return Promise.all(
    commands.map(async ([tool, ...args]) => {
      const { code, output } = await cli(tool, args);
      if (code !== 0) throw new Error(`${tool} ${args.join(" ")} failed: ${output.slice(0, 500)}`);
      return { place: [tool, ...args].join(" "), content: output };
    }),
  );
}

/** ConfigMaps, and the metadata of Secrets: annotations hold copies of values where somebody uses `kubectl apply`. */
async function objects(): Promise<readonly Evidence[]> {
  const { core } = await cluster();
  const [maps, secrets, accounts] = await Promise.all([
    core.listConfigMapForAllNamespaces(),
    core.listSecretForAllNamespaces(),
    core.listServiceAccountForAllNamespaces(),
  ]);
  return [
    ...maps.items.map((item) => ({ place: `ConfigMap ${item.metadata?.name ?? ""}`, content: JSON.stringify(item) })),
    ...[...secrets.items, ...accounts.items].map(({ metadata }) => ({
      place: `metadata of ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
      content: JSON.stringify(metadata),
    })),
  ];
}
