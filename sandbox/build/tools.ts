import { readFile } from "node:fs/promises";
import path from "node:path";
import { repositoryRoot } from "../layout.ts";
import { SandboxError } from "../support/errors.ts";
import {
  externalSecretsPatch,
  kubernetesPluginPatch,
  type ModulePatch,
  sealedSecretsPatch,
  vaultSdkPatch,
} from "./patches.ts";

/** Folder of the pinned modules: one go.mod and go.sum per tool. */
export const toolsFolder = path.join(repositoryRoot, "sandbox", "tools");

/** One program to build. */
export interface ToolSpec {
  readonly name: string;
  /** Go package of its main function. */
  readonly package: string;
  readonly tags?: readonly string[];
  /**
   * Wall seconds with empty Go caches, in the order of this file, two modules at a time on 2 shared cores (AMD EPYC,
   * 2.4 GHz), 30 November 2026.
   */
  readonly coldSeconds: number;
  /** The program whose published build has this one built in; ours has not. */
  readonly builtInto?: string;
}

/** One pinned Go module and the programs built from it, one after the other: they share most packages. */
export interface ToolModule {
  /** Folder under sandbox/tools. */
  readonly name: string;
  /** The module whose required version is "the version" of these programs. */
  readonly goModule: string;
  readonly tools: readonly ToolSpec[];
  /** `-X` stamps without which a program reports no version or a wrong one. */
  readonly stamps?: (version: string) => readonly string[];
  /** Whether the compiler inlines functions, as projects do: a faster program, in half as much time again. Default: no. */
  readonly inlined?: boolean;
  readonly patch?: ModulePatch;
}

/** Version of the package `@pulumi/kubernetes` that this project uses. */
export const kubernetesSdk = "4.34.2";

/** Long ones first: with two at a time that is what ends soonest. */
export const toolModules = [
  {
    name: "kubernetes",
    goModule: "k8s.io/kubernetes",
    tools: [
      { name: "kube-apiserver", package: "k8s.io/kubernetes/cmd/kube-apiserver", coldSeconds: 942 },
      { name: "kube-controller-manager", package: "k8s.io/kubernetes/cmd/kube-controller-manager", coldSeconds: 285 },
      { name: "kube-scheduler", package: "k8s.io/kubernetes/cmd/kube-scheduler", coldSeconds: 47 },
      { name: "kubectl", package: "k8s.io/kubernetes/cmd/kubectl", coldSeconds: 70 },
    ],
    stamps: kubernetesStamps,
  },
  {
    name: "vault",
    goModule: "github.com/hashicorp/vault",
    tools: [
      // `minimal` leaves the storage backends and auth methods of other vendors out: 214 MB and 6 minutes less.
      { name: "vault", package: "github.com/hashicorp/vault", tags: ["minimal"], coldSeconds: 948 },
      {
        name: "vault-plugin-auth-kubernetes",
        package: "github.com/hashicorp/vault-plugin-auth-kubernetes/cmd/vault-plugin-auth-kubernetes",
        coldSeconds: 13,
        builtInto: "vault",
      },
      {
        // All but four of its packages are Vault's own.
        name: "postgresql-database-plugin",
        package: "github.com/hashicorp/vault/plugins/database/postgresql/postgresql-database-plugin",
        coldSeconds: 4,
        builtInto: "vault",
      },
    ],
    patch: vaultSdkPatch,
  },
  {
    name: "pulumi",
    goModule: "github.com/pulumi/pulumi/pkg/v3",
    tools: [{ name: "pulumi", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", coldSeconds: 853 }],
    // The Automation API refuses a CLI whose version is empty.
    stamps: (version) => [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`],
    // It works in every run, and bench/ measures how long.
    inlined: true,
  },
  {
    name: "external-secrets",
    goModule: "github.com/external-secrets/external-secrets",
    tools: [{ name: "external-secrets", package: "github.com/external-secrets/external-secrets", coldSeconds: 496 }],
    patch: externalSecretsPatch,
  },
  {
    name: "helm",
    goModule: "helm.sh/helm/v4",
    tools: [{ name: "helm", package: "helm.sh/helm/v4/cmd/helm", coldSeconds: 310 }],
    stamps: (version) => [`helm.sh/helm/v4/internal/version.version=v${version}`],
  },
  {
    name: "kwok",
    goModule: "sigs.k8s.io/kwok",
    tools: [{ name: "kwok", package: "sigs.k8s.io/kwok/cmd/kwok", coldSeconds: 164 }],
  },
  {
    name: "etcd",
    goModule: "go.etcd.io/etcd/server/v3",
    tools: [{ name: "etcd", package: "go.etcd.io/etcd/server/v3", coldSeconds: 79 }],
  },
  {
    name: "sealed-secrets",
    goModule: "github.com/bitnami-labs/sealed-secrets",
    tools: [
      {
        name: "sealed-secrets-controller",
        package: "github.com/bitnami-labs/sealed-secrets/cmd/controller",
        coldSeconds: 160,
      },
    ],
    patch: sealedSecretsPatch,
  },
  {
    name: "pulumi-kubernetes",
    goModule: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    tools: [
      {
        name: "pulumi-resource-kubernetes",
        package: "github.com/pulumi/pulumi-kubernetes/provider/v4/cmd/pulumi-resource-kubernetes",
        coldSeconds: 300,
      },
    ],
    // The engine warns of a plugin that is older than the SDK, whatever it is made of.
    stamps: () => [`github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${kubernetesSdk}`],
    patch: kubernetesPluginPatch,
  },
] as const satisfies readonly ToolModule[];

/** Name of a program that the platform builds. */
export type ToolName = (typeof toolModules)[number]["tools"][number]["name"];

/** Name of a folder under sandbox/tools. */
export type ModuleName = (typeof toolModules)[number]["name"];

/** Without these the API server answers `v0.0.0-master+$Format`, and a chart's kubeVersion check fails. */
function kubernetesStamps(version: string): readonly string[] {
  const [major = "", minor = ""] = version.split(".");
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((versionPackage) => [
    `${versionPackage}.gitVersion=v${version}`,
    `${versionPackage}.gitMajor=${major}`,
    `${versionPackage}.gitMinor=${minor}`,
    `${versionPackage}.gitTreeState=clean`,
  ]);
}

/** A module's pinned files, read, with the version that they pin. */
export interface PinnedModule extends ToolModule {
  readonly version: string;
  readonly goMod: string;
  readonly goSum: string;
}

/** Reads go.mod and go.sum of one module: the only place where versions are written down. */
export async function readPinnedModule(module: ToolModule, folder = toolsFolder): Promise<PinnedModule> {
  const [goMod, goSum] = await Promise.all([
    readFile(path.join(folder, module.name, "go.mod"), "utf8"),
    readFile(path.join(folder, module.name, "go.sum"), "utf8"),
  ]);
  return { ...module, goMod, goSum, version: requiredVersion(goMod, module.goModule) };
}

/** The version that a go.mod requires of a module, without the leading v. */
export function requiredVersion(goMod: string, goModule: string): string {
  for (const line of goMod.split("\n")) {
    const [name, version] = line.replace(/^\s*(require\s+)?/, "").split(" ");
    if (name === goModule && version?.startsWith("v")) return version.slice(1);
  }
  throw new SandboxError({
    what: `The pinned go.mod does not require ${goModule}.`,
    fix: "Restore the folder: git checkout -- sandbox/tools",
  });
}
