import { Config, type Output } from "@pulumi/pulumi";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { readPlatformOutputs, requireSecret } from "./provided-secrets.ts";

const namespace = "model-server";

/** The Secrets that the server reads, and the keys that it needs of each. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  "ml-model-admin-token": ["ADMIN_API_TOKEN"],
  "ml-model-mlflow-credentials": ["MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"],
};

/** Deploys the server with its Secrets mounted as files: `/run/secrets/<Secret>/<key>`. */
export async function deployModelServer(): Promise<{ readonly deployment: Output<string> }> {
  const config = new Config();
  const outputs = await readPlatformOutputs(config.require("secretsStack"));
  const secrets = Object.entries(wanted).map(([name, keys]) => {
    const { rotatedAt } = requireSecret(outputs, namespace, name, keys);
    return { name, keys, rotatedAt };
  });

  const kubeconfig = config.get("kubeconfig");
  const provider = new Provider("cluster", kubeconfig === undefined || kubeconfig === "" ? {} : { kubeconfig });
  const labels = { app: "model-server" };
  const deployment = new Deployment(
    "model-server",
    {
      metadata: { name: "model-server", namespace, labels },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels,
            // Changes with a rotation, so that the next `pulumi up` replaces the Pods.
            annotations: Object.fromEntries(secrets.map(({ name, rotatedAt }) => [`rotated-at/${name}`, rotatedAt])),
          },
          spec: {
            // The server does not use the Kubernetes API.
            automountServiceAccountToken: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 10001,
              fsGroup: 10001,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "server",
                image: config.get("image") ?? "registry.k8s.io/pause:3.10",
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                // Files, because environment variables show up in crash dumps and child processes, and never change.
                volumeMounts: secrets.map(({ name }) => ({ name, mountPath: `/run/secrets/${name}`, readOnly: true })),
              },
            ],
            volumes: secrets.map(({ name, keys }) => ({
              name,
              secret: {
                secretName: name,
                defaultMode: 0o440,
                // Only the required keys, so that a key added to the Secret later is not mounted.
                items: keys.map((key) => ({ key, path: key })),
              },
            })),
          },
        },
      },
    },
    { provider },
  );
  return { deployment: deployment.id };
}
