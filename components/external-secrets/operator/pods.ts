import type { ExternalSecretsSpec, OperatorImage } from "../../clusters/contract.ts";
import { shortDigest } from "../../support/digest.ts";
import { isRecord } from "../../support/is-record.ts";
import type { ChartValues } from "./chart-schema.ts";

/** How the operator's Pods get their images, reach the stores and trust them. Helm values; pure. */

/**
 * What a Pod reaches without a proxy, whatever the facts add: the API server, which client-go would call through the
 * proxy too, what lies in the cluster, and the metadata services that hand out identities on clouds' nodes. Kubernetes
 * replaces `$(KUBERNETES_SERVICE_HOST)` in a container's variables.
 */
const neverProxied = [
  "$(KUBERNETES_SERVICE_HOST)",
  ".svc",
  ".cluster.local",
  "localhost",
  "127.0.0.1",
  "::1",
  "169.254.169.254",
  "169.254.170.23",
  "fd00:ec2::23",
  "metadata.google.internal",
];

/** Name of the ConfigMap with the certificates that facts bring. */
export const caConfigMap = "external-secrets-ca-bundle";
/** Its key, and the file that it becomes. */
export const caFile = "ca-bundle.crt";
const caFolder = "/etc/ca-bundle";

/** Values that all three programs have. */
export function imageValues({ repository, pullSecrets }: OperatorImage): ChartValues {
  return {
    image: { repository },
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
  };
}

/** Values of the controller, the one program that calls stores. */
export function connectionValues({ proxy, caBundle }: Pick<ExternalSecretsSpec, "proxy" | "caBundle">): ChartValues {
  const variables = [
    ...(proxy === undefined
      ? []
      : [
          { name: "HTTPS_PROXY", value: proxy.url },
          { name: "HTTP_PROXY", value: proxy.url },
          { name: "NO_PROXY", value: [...neverProxied, ...proxy.bypass].join(",") },
        ]),
    // Go reads each of these folders besides the image's file of certificates, which SSL_CERT_FILE would replace
    // (crypto/x509 root_unix.go).
    ...(caBundle === undefined ? [] : [{ name: "SSL_CERT_DIR", value: `/etc/ssl/certs:${caFolder}` }]),
  ];
  return {
    ...(variables.length === 0 ? {} : { extraEnv: variables }),
    ...(caBundle === undefined
      ? {}
      : {
          extraVolumes: [{ name: "ca-bundle", configMap: { name: caConfigMap } }],
          extraVolumeMounts: [{ name: "ca-bundle", mountPath: caFolder, readOnly: true }],
          // A process reads its certificates once: other ones need other Pods.
          podAnnotations: { "secrets/ca-bundle": shortDigest(caBundle, 10) },
        }),
  };
}

/** Variables of the controller. */
export function variableValues(variables: Readonly<Record<string, string>>): ChartValues {
  const extraEnv = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return extraEnv.length === 0 ? {} : { extraEnv };
}

/**
 * Values with others laid over them: objects are merged, lists joined, and of anything else the later one counts. Pure.
 */
export function mergedValues(...all: readonly ChartValues[]): ChartValues {
  return all.reduce<ChartValues>((below, above) => {
    const merged = Object.entries(above).map(([key, value]) => [
      key,
      Object.hasOwn(below, key) ? together(below[key], value) : value,
    ]);
    return { ...below, ...(Object.fromEntries(merged) as ChartValues) };
  }, {});
}

function together(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...(below as unknown[]), ...(above as unknown[])];
  return isRecord(below) && isRecord(above) ? mergedValues(below, above) : above;
}
