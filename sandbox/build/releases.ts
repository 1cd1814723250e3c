import { HOSTS, type Hosts } from "../downloads/network.ts";
import type { PublishedFile } from "../downloads/fetch.ts";
import type { Target } from "./cache-key.ts";
import type { ToolName } from "./tools.ts";

/** A program as its own project publishes it. */
export interface Release extends PublishedFile {
  /** Whose server has it. */
  readonly host: keyof Hosts;
  /** The program's path in the archive; undefined where the download is the program. */
  readonly member?: string;
}

interface Place {
  readonly version: string;
  readonly target: Target;
  readonly hosts: Hosts;
}

/** Kubernetes publishes its servers for Linux only, and kubectl for every system. */
function kubernetes(name: string, { version, target: { os, arch }, hosts }: Place): Release {
  const url = `${hosts.kubernetes}/release/v${version}/bin/${os}/${arch}/${name}`;
  return { host: "kubernetes", url, checksum: { url: `${url}.sha512`, algorithm: "sha512", form: "alone" } };
}

const onLinux = (name: string) => (place: Place) => (place.target.os === "linux" ? kubernetes(name, place) : undefined);

const RELEASES: Readonly<Partial<Record<ToolName, (place: Place) => Release | undefined>>> = {
  "kube-apiserver": onLinux("kube-apiserver"),
  "kube-controller-manager": onLinux("kube-controller-manager"),
  "kube-scheduler": onLinux("kube-scheduler"),
  kubectl: (place) => kubernetes("kubectl", place),
  vault: ({ version, target: { os, arch }, hosts }) => {
    const folder = `${hosts.hashicorp}/vault/${version}`;
    return {
      host: "hashicorp",
      url: `${folder}/vault_${version}_${os}_${arch}.zip`,
      checksum: { url: `${folder}/vault_${version}_SHA256SUMS`, algorithm: "sha256", form: "list" },
      member: "vault",
    };
  },
  helm: ({ version, target: { os, arch }, hosts }) => {
    const url = `${hosts.helm}/helm-v${version}-${os}-${arch}.tar.gz`;
    return {
      host: "helm",
      url,
      checksum: { url: `${url}.sha256sum`, algorithm: "sha256", form: "list" },
      member: `${os}-${arch}/helm`,
    };
  },
  etcd: ({ version, target: { os, arch }, hosts }) => {
    const folder = `${hosts.github}/etcd-io/etcd/releases/download/v${version}`;
    const name = `etcd-v${version}-${os}-${arch}`;
    return {
      host: "github",
      url: `${folder}/${name}${os === "linux" ? ".tar.gz" : ".zip"}`,
      checksum: { url: `${folder}/SHA256SUMS`, algorithm: "sha256", form: "list" },
      member: `${name}/etcd`,
    };
  },
  kwok: ({ version, target: { os, arch }, hosts }) => ({
    host: "github",
    url: `${hosts.github}/kubernetes-sigs/kwok/releases/download/v${version}/kwok-${os}-${arch}`,
    // The project publishes no list; GitHub has the digest of each file.
    checksum: {
      url: `${hosts.githubApi}/repos/kubernetes-sigs/kwok/releases/tags/v${version}`,
      algorithm: "sha256",
      form: "github",
    },
  }),
};

/** Where a program of that version is published for a machine; undefined where it is not, and has to be built. */
export function releaseOf(
  tool: ToolName,
  version: string,
  { target, hosts = HOSTS }: { readonly target: Target; readonly hosts?: Hosts },
): Release | undefined {
  return RELEASES[tool]?.({ version, target, hosts });
}
