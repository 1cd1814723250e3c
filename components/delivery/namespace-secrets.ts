import type { ComponentResourceOptions, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type { ClusterTarget } from "../clusters/contract.ts";
import { tokenRequestRules } from "../external-secrets/controller-rbac.ts";
import { apiVersion } from "../external-secrets/manifests.ts";
import type { OperatorTarget } from "../external-secrets/operator.ts";
import { operatorServiceAccount } from "../external-secrets/operator-values.ts";
import { readyTimeouts, waitForReady, type ReadinessHooks } from "../external-secrets/readiness.ts";
import type { IdentityFactory, RemoteStoreSpec } from "../identity/index.ts";
import type { StoredSecret } from "../stores/contract.ts";
import { Component } from "../support/component.ts";
import { readerName } from "../support/naming.ts";
import type { Delivery, DeliverySpec } from "./contract.ts";
import { ExternalSecretDelivery } from "./external-secret.ts";
import { PlainDelivery } from "./plain.ts";

/** A namespace that gets Secrets. Plain data. */
export interface NamespaceSpec {
  readonly name: string;
  /** Name of its cluster. */
  readonly cluster: string;
  /** Name of the store it reads from. */
  readonly store: string;
  /** Whether the namespace is made, and owned, here. */
  readonly create: boolean;
}

/** How a namespace reads a remote store. */
export interface RemoteReading {
  readonly store: RemoteStoreSpec;
  readonly identity: IdentityFactory;
  /** Provider of the store, which makes the identity's resources. */
  readonly identityOptions: CustomResourceOptions;
  readonly operator: OperatorTarget;
  /** Waits for stores and Secrets, and shows why one is not Ready. */
  readonly readiness: ReadinessHooks;
  /** How often ESO reads the store when nothing changed, in seconds. */
  readonly refreshSeconds: number;
}

export interface NamespaceSecretsArgs {
  readonly spec: NamespaceSpec;
  readonly platform: string;
  readonly environment: string;
  readonly cluster: ClusterTarget;
  /** Absent when the namespace's store is of kind `kubernetes`: its Secrets are then written directly. */
  readonly reading: RemoteReading | undefined;
  readonly deliveries: readonly DeliverySpec[];
  /** What is stored, by `<app>/<secret>`; at least what the deliveries name. */
  readonly stored: ReadonlyMap<string, StoredSecret>;
  /** Whether Secrets, and a namespace made here, outlive `destroy`. */
  readonly retain: boolean;
}

/**
 * One namespace with its Secrets: a service account of its own, the right to read exactly what it consumes, its
 * SecretStore, and an ExternalSecret for each Secret.
 *
 * @example
 * new NamespaceSecrets("main/mlflow", { spec, cluster, reading, deliveries, stored, ... });
 */
export class NamespaceSecrets extends Component {
  constructor(name: string, args: NamespaceSecretsArgs, opts?: ComponentResourceOptions) {
    super("secrets:delivery:NamespaceSecrets", name, opts);
    const options = this.child({ provider: args.cluster.provider });
    const namespace = args.spec.create
      ? [
          new Namespace(
            `${name}/namespace`,
            { metadata: { name: args.spec.name } },
            { ...options, retainOnDelete: args.retain },
          ),
        ]
      : [];
    const within = { ...options, dependsOn: namespace };
    const delivery: Delivery =
      args.reading === undefined
        ? new PlainDelivery({ namespaceKey: name, retain: args.retain, options: within })
        : this.#externalSecrets(name, args, args.reading, within);
    for (const each of args.deliveries) delivery.deliver(each, args.stored);
    this.registerOutputs({});
  }

  #externalSecrets(
    name: string,
    args: NamespaceSecretsArgs,
    reading: RemoteReading,
    options: CustomResourceOptions,
  ): Delivery {
    const rights = this.#rights(name, args, reading, options);
    const { operator, readiness, refreshSeconds } = reading;
    const {
      apiVersion: _,
      kind: __,
      spec,
    } = rights.identity.secretStore({ name: readerName, namespace: args.spec.name });
    const secretStore = new CustomResource(
      `${name}/secret-store`,
      {
        apiVersion,
        kind: "SecretStore",
        metadata: { name: readerName, namespace: args.spec.name, annotations: { ...waitForReady } },
        spec,
      },
      {
        ...options,
        dependsOn: [...operator.ready, ...rights.dependsOn],
        customTimeouts: readyTimeouts,
        hooks: { onError: [readiness.explain] },
      },
    );
    return new ExternalSecretDelivery({
      namespaceKey: name,
      refreshSeconds,
      retain: args.retain,
      readiness,
      dependsOn: [secretStore],
      options,
    });
  }

  /** Service account, its right to read, and the operator's right to speak for it. */
  #rights(name: string, args: NamespaceSecretsArgs, reading: RemoteReading, options: CustomResourceOptions) {
    const namespace = args.spec.name;
    const account = new ServiceAccount(
      `${name}/service-account`,
      // Only ESO uses it, with tokens it asks for: no Pod needs its token mounted.
      { metadata: { name: readerName, namespace }, automountServiceAccountToken: false },
      options,
    );
    const metadata = { name: `${readerName}-token-request`, namespace };
    const role = new Role(`${name}/token-request`, { metadata, rules: tokenRequestRules(readerName) }, options);
    const binding = new RoleBinding(
      `${name}/token-request-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
        subjects: [{ kind: "ServiceAccount", name: operatorServiceAccount, namespace: reading.operator.namespace }],
      },
      { ...options, dependsOn: role },
    );
    const identity = reading.identity(name, {
      store: reading.store,
      scope: { platform: args.platform, environment: args.environment, cluster: args.spec.cluster, namespace },
      grants: grantsOf(args),
      options: this.child(reading.identityOptions),
    });
    const dependsOn: Resource[] = [account, role, binding, ...identity.dependsOn];
    return { identity, dependsOn };
  }
}

/** The grants of what the namespace's Secrets are made of: no more can be read, since nothing else is listed. */
function grantsOf({ deliveries, stored }: NamespaceSecretsArgs) {
  const ids = new Set(deliveries.flatMap(({ keys }) => keys.map(({ secret }) => secret)));
  return [...ids].flatMap((id) => {
    const secret = stored.get(id);
    return secret?.kind === "remote" ? [secret.grant] : [];
  });
}
