import { appendFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { SandboxError } from "../support/errors.ts";

/** A change to one file of a copied Go module. */
export type Edit = { readonly file: string; readonly reason: string } & (
  | { readonly kind: "replace"; readonly find: string; readonly replaceWith: string }
  | { readonly kind: "append"; readonly after: string; readonly text: string }
  | { readonly kind: "overwrite"; readonly expects: string; readonly text: string }
);

/** A published module that is copied beside the go.mod, changed, and used through its `replace` line. */
export interface ModulePatch {
  readonly module: string;
  /** Folder of the copy, as the go.mod's replace line names it. */
  readonly folder: string;
  readonly edits: readonly Edit[];
}

/**
 * No published Vault SDK fits Vault 1.21.4, which is built in its own repository against an SDK between two releases.
 * Neither place is on the path of kv-v2 or of the kubernetes auth method.
 */
export const vaultSdkPatch: ModulePatch = {
  module: "github.com/hashicorp/vault/sdk",
  folder: "sdk",
  edits: [
    {
      kind: "replace",
      file: "framework/backend.go",
      reason: "Vault 1.21.4 calls ActivationFunc with two arguments; SDK 0.21.0 declares three.",
      find: "ActivationFunc func(context.Context, *logical.Request, string) error",
      replaceWith: "ActivationFunc func(context.Context, *logical.Request) error",
    },
    {
      kind: "replace",
      file: "helper/keysutil/lock_manager.go",
      reason: "Vault 1.21.4 expects RestorePolicy to return the name too; the SDK's own becomes the inner function.",
      find: "\nfunc (lm *LockManager) RestorePolicy(",
      replaceWith: "\nfunc (lm *LockManager) restorePolicyOnly(",
    },
    {
      kind: "append",
      file: "helper/keysutil/lock_manager.go",
      reason: "The wrapper with the two return values that Vault 1.21.4 compiles against.",
      after: "\nfunc (lm *LockManager) restorePolicyOnly(",
      text: `
// RestorePolicy as Vault 1.21.4 calls it.
func (lm *LockManager) RestorePolicy(ctx context.Context, storage logical.Storage, name, backup string, force bool) (string, error) {
	return name, lm.restorePolicyOnly(ctx, storage, name, backup, force)
}
`,
    },
  ],
};

const providers = ["aws", "azure/keyvault", "fake", "gcp/secretmanager", "kubernetes", "vault", "webhook"];

/** The operator with the providers that this project writes to: 780 packages and 90 MB less than all of them. */
export const externalSecretsPatch: ModulePatch = {
  module: "github.com/external-secrets/external-secrets",
  folder: "patched",
  edits: [
    {
      kind: "overwrite",
      file: "pkg/provider/register/register.go",
      reason: "Every provider comes in through this one file; the release has no build tags for them.",
      expects: '_ "github.com/external-secrets/external-secrets/pkg/provider/vault"',
      text: [
        "package register",
        "",
        "import (",
        ...providers.map((name) => `\t_ "github.com/external-secrets/external-secrets/pkg/provider/${name}"`),
        ")",
        "",
      ].join("\n"),
    },
  ],
};

/** The Sealed Secrets controller outside of a cluster. */
export const sealedSecretsPatch: ModulePatch = {
  module: "github.com/bitnami-labs/sealed-secrets",
  folder: "patched",
  edits: [
    {
      kind: "replace",
      file: "pkg/controller/main.go",
      reason: "It finds the API server by files of its Pod alone; as a process it has a kubeconfig.",
      find: "rest.InClusterConfig()",
      replaceWith: 'clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))',
    },
    {
      kind: "replace",
      file: "pkg/controller/main.go",
      reason: "The package of that function.",
      find: '\t"k8s.io/client-go/rest"\n',
      replaceWith: '\t"k8s.io/client-go/tools/clientcmd"\n',
    },
  ],
};

const kubernetesProvider = "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider";

/** Pulumi's Kubernetes plugin as its project publishes it, without what this project does not use. */
export const kubernetesPluginPatch: ModulePatch = {
  module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
  folder: "patched",
  edits: [
    ...["schema", "terraform-mapping"].map((name): Edit => ({
      kind: "replace",
      file: "cmd/pulumi-resource-kubernetes/main.go",
      reason: "A step of its build makes this file of the one that is published, without white space.",
      find: `//go:embed ${name}-embed.json`,
      replaceWith: `//go:embed ${name}.json`,
    })),
    {
      kind: "replace",
      file: "pkg/provider/provider_construct.go",
      reason: "Charts and files of YAML as components bring the Go SDK of all kinds along: 150 MB.",
      find: [
        `\tproviderhelmv4 "${kubernetesProvider}/helm/v4"\n`,
        `\tproviderkustomizev2 "${kubernetesProvider}/kustomize/v2"\n`,
      ].join(""),
      replaceWith: "",
    },
    {
      kind: "replace",
      file: "pkg/provider/provider_construct.go",
      reason: "The same.",
      find: `\tprovideryamlv2 "${kubernetesProvider}/yaml/v2"\n`,
      replaceWith: "",
    },
    ...[
      '"kubernetes:yaml/v2:ConfigFile":     provideryamlv2.NewConfigFileProvider,',
      '"kubernetes:yaml/v2:ConfigGroup":    provideryamlv2.NewConfigGroupProvider,',
      '"kubernetes:helm.sh/v4:Chart":       providerhelmv4.NewChartProvider,',
      '"kubernetes:kustomize/v2:Directory": providerkustomizev2.NewDirectoryProvider,',
    ].map((line): Edit => ({
      kind: "replace",
      file: "pkg/provider/provider_construct.go",
      reason: "The same.",
      find: `\t${line}\n`,
      replaceWith: "",
    })),
  ],
};

/** The file's new text. Throws when the place to change is not there exactly once: the module is not the one the patch was written for. */
export function applyEdit(edit: Edit, text: string): string {
  const anchor = edit.kind === "replace" ? edit.find : edit.kind === "append" ? edit.after : edit.expects;
  const found = text.split(anchor).length - 1;
  if (found !== 1) {
    throw new SandboxError({
      what: `The patch of ${edit.file} does not fit: its anchor occurs ${found} times, not once.`,
      why: `${edit.reason}\nanchor: ${anchor.trim()}`,
      fix: "The module's version moved: update sandbox/build/patches.ts, or restore sandbox/tools.",
    });
  }
  switch (edit.kind) {
    case "replace":
      return text.replace(anchor, () => edit.replaceWith);
    case "append":
      return text + edit.text;
    case "overwrite":
      return edit.text;
  }
}

/** Copies the module from the (read-only) module cache and changes the copy. */
export async function makePatchedCopy(patch: ModulePatch, source: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await cp(source, target, { recursive: true });
  for (const edit of patch.edits) {
    const file = path.join(target, edit.file);
    const text = await readFile(file, "utf8");
    // Appending keeps a 50 kB file's other bytes as they are; the check is the same.
    if (edit.kind === "append") {
      applyEdit(edit, text);
      await appendFile(file, edit.text);
    } else {
      await writeFile(file, applyEdit(edit, text));
    }
  }
}
