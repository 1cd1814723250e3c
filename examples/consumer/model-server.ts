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
            // Moves with a rotation, and the Pods are replaced by the next `pulumi up`.
            annotations: Object.fromEntries(secrets.map(({ name, rotatedAt }) => [`rotated-at/${name}`, rotatedAt])),
          },
          spec: {
            // It does not talk to the Kubernetes API.
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
                // Files, not environment variables: those show in crash dumps and child processes, and never change.
                volumeMounts: secrets.map(({ name }) => ({ name, mountPath: `/run/secrets/${name}`, readOnly: true })),
              },
            ],
            volumes: secrets.map(({ name, keys }) => ({
              name,
              secret: {
                secretName: name,
                defaultMode: 0o440,
                // Only the keys that are needed, so that one more key in the Secret reaches nobody by itself.
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
