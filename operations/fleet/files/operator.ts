import { stringify } from "yaml";
import { basePart } from "../../../stacks/config/schema/parts.ts";
import { fullName, npmSettings, secretVariables, type FleetSource } from "./model.ts";

export interface OperatorArgs extends FleetSource {
  /** Namespace of the Stack objects. */
  readonly namespace: string;
  /** Image that has the Pulumi CLI and Node. */
  readonly image: string;
}

/** Where the kubeconfig is in the workspace's pod. */
const kubeconfigFolder = "/etc/multicloud-secrets";

/** How often the operator looks for new commits, in seconds. */
const resyncSeconds = 300;

/**
 * Objects with which the Pulumi Kubernetes Operator (v2) deploys an environment: a `Stack` for each part, which waits for
 * that of the base, and the account that their workspaces have. Deleting a `Stack` destroys nothing. Pure.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes-operator `operator/api/pulumi/shared/stack_types.go`
 */
export function operatorObjects(args: OperatorArgs): readonly object[] {
  const { environment, namespace } = args;
  const account = `pulumi-${environment}`;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `${namespace}:${account}:system:auth-delegator` },
      // The workspace asks the API server who calls it.
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: account, namespace }],
    },
    ...args.parts.map(({ part, stack }) => stackObject(args, part, stack, account)),
  ];
}

/** The same as YAML. Pure. */
export function operatorText(args: OperatorArgs): string {
  return operatorObjects(args)
    .map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
}

/** The name of a part's object. A workspace's pod has it in its host name, where a dot is not allowed. Pure. */
function objectName(stack: string): string {
  return stack.replaceAll(".", "-");
}

function stackObject(args: OperatorArgs, part: string, stack: string, secret: string): object {
  const { environment, namespace, repository, branch, backend, secretsProvider, image } = args;
  const isOwnState = !/^https?:/.test(backend);
  const literals = {
    KUBECONFIG: `${kubeconfigFolder}/kubeconfig`,
    ...npmSettings,
    ...(isOwnState ? { PULUMI_DIY_BACKEND_GZIP: "true" } : {}),
  };
  return {
    apiVersion: "pulumi.com/v1",
    kind: "Stack",
    metadata: { name: objectName(stack), namespace },
    spec: {
      stack: fullName(args, stack),
      backend,
      ...(secretsProvider === "service" ? {} : { secretsProvider }),
      projectRepo: repository,
      branch,
      shallow: true,
      serviceAccountName: secret,
      envRefs: Object.fromEntries(
        secretVariables(args).map((key) => [key, { type: "Secret", secret: { name: secret, key } }]),
      ),
      // What parts share is made before what uses it.
      ...(part === basePart ? {} : { prerequisites: [{ name: objectName(environment) }] }),
      resyncFrequencySeconds: resyncSeconds,
      // A run costs minutes, and what changes comes as a commit.
      continueResyncOnCommitMatch: false,
      destroyOnFinalize: false,
      ...(isOwnState ? {} : { retryOnUpdateConflict: true }),
      workspaceTemplate: {
        spec: {
          image,
          env: Object.entries(literals).map(([name, value]) => ({ name, value })),
          resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } },
          podTemplate: {
            spec: {
              containers: [
                {
                  name: "pulumi",
                  volumeMounts: [{ name: "kubeconfig", mountPath: kubeconfigFolder, readOnly: true }],
                },
              ],
              volumes: [
                {
                  name: "kubeconfig",
                  secret: { secretName: secret, items: [{ key: "kubeconfig", path: "kubeconfig" }] },
                },
              ],
            },
          },
        },
      },
    },
  };
}
