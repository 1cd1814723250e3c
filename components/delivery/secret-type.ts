/** Keys that Kubernetes demands of a Secret: each of `all`, and one at least of `any`. */
export interface DemandedKeys {
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  /** Whether their values must be JSON objects. Default: no. */
  readonly json?: true;
}

/**
 * Types that Kubernetes knows, and what it demands of a Secret of each (`ValidateSecret`, k8s.io/kubernetes 1.37,
 * `pkg/apis/core/validation/validation.go`). Of any other type it demands nothing.
 */
export const kubernetesTypes: Readonly<Record<string, DemandedKeys>> = {
  Opaque: {},
  "kubernetes.io/basic-auth": { any: ["username", "password"] },
  "kubernetes.io/dockercfg": { all: [".dockercfg"], json: true },
  "kubernetes.io/dockerconfigjson": { all: [".dockerconfigjson"], json: true },
  "kubernetes.io/ssh-auth": { all: ["ssh-privatekey"] },
  "kubernetes.io/tls": { all: ["tls.crt", "tls.key"] },
};
