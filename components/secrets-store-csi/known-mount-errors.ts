/** Why a Pod's volume of the Secrets Store CSI driver is not mounted, by the words of the kubelet and the driver. Pure. */

interface KnownMountError {
  readonly pattern: RegExp;
  /** The rest of a sentence that begins with the Pod. */
  readonly problem: (words: readonly string[]) => string;
  readonly fix: (words: readonly string[]) => string;
}

const nodes = "kubectl -n kube-system get daemonsets,pods -o wide";

/** Wording: kubernetes `pkg/volume/csi`, secrets-store-csi-driver `pkg/secrets-store` (v1.5). */
const known: readonly KnownMountError[] = [
  {
    pattern: /driver name secrets-store\.csi\.k8s\.io not found in the list of registered CSI drivers/,
    problem: () => "does not start: the Secrets Store CSI driver does not run on its node",
    fix: () => `install the driver, or let its DaemonSet run on that node (docs/deliveries/csi.md): ${nodes}`,
  },
  {
    pattern: /provider not found: provider "([^"]+)"|error connecting to provider "([^"]+)"/,
    problem: ([, one, other]) => `does not start: the driver finds no provider "${one ?? other ?? ""}" on its node`,
    fix: () => `install that provider, or let its DaemonSet run on that node (docs/deliveries/csi.md): ${nodes}`,
  },
  {
    pattern: /failed to get secretproviderclass (\S+?),? error|SecretProviderClass\.\S+ "([^"]+)" not found/,
    problem: ([, place, name]) => `does not start: there is no SecretProviderClass ${place ?? name ?? ""}`,
    fix: () => "pulumi up --refresh",
  },
];

/** What these words say, as a problem of the Pod and its fix; `undefined` where they are none of the driver's. */
export function mountErrorIn(message: string): { readonly problem: string; readonly fix: string } | undefined {
  for (const { pattern, problem, fix } of known) {
    const words = pattern.exec(message);
    if (words !== null) return { problem: problem(words), fix: fix(words) };
  }
  return undefined;
}
