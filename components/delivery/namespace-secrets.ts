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
import type { AccountIdentity, Identity, IdentityFactory } from "../identity/contract.ts";
import type { ReadGrant, RemoteStoreSpec, StoredSecret } from "../stores/contract.ts";
import { Component } from "../support/component.ts";
import { readerName } from "../support/naming.ts";
import type { Delivery, DeliverySpec } from "./contract.ts";
import { ExternalSecretDelivery, remoteOnly } from "./external-secret.ts";
import { PlainDelivery } from "./plain.ts";
import { readObjects } from "./selection.ts";

/** A namespace of one cluster that gets Secrets. Plain data. */
export interface NamespaceSpec {
  readonly name: string;
  /** Name of its cluster. */
  readonly cluster: string;
  /** Name of the store it reads from. */
  readonly store: string;
  /** Other stores that get its secrets too, so that it can be moved to one of them. */
  readonly alsoStores: readonly string[];
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
    const identity = this.#identity(name, args, reading);
    const rights = identity.via === "service-account" ? this.#account(name, args, reading, identity, options) : [];
    const { operator, readiness, refreshSeconds } = reading;
    const { spec } = identity.secretStore({ name: readerName, namespace: args.spec.name });
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
        dependsOn: [...operator.ready, ...identity.dependsOn, ...rights],
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

  /** The right to read exactly what the namespace's Secrets are made of. */
  #identity(name: string, args: NamespaceSecretsArgs, reading: RemoteReading): Identity {
    const { platform, environment, cluster, spec } = args;
    return reading.identity(name, {
      store: reading.store,
      cluster: cluster.spec,
      scope: { platform, environment, cluster: spec.cluster, namespace: spec.name },
      grants: grantsOf(args),
      options: this.child(reading.identityOptions),
    });
  }

  /** The service account that reads, and the operator's right to speak for it. */
  #account(
    name: string,
    args: NamespaceSecretsArgs,
    reading: RemoteReading,
    { annotations }: AccountIdentity,
    options: CustomResourceOptions,
  ): readonly Resource[] {
    const namespace = args.spec.name;
    const account = new ServiceAccount(
      `${name}/service-account`,
      {
        metadata: { name: readerName, namespace, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
        // Only ESO uses it, with tokens it asks for: no Pod needs its token mounted.
        automountServiceAccountToken: false,
      },
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
    return [account, role, binding];
  }
}

/** The grants of the objects that the namespace's Secrets are made of, each once: nothing else can be read. */
function grantsOf({ deliveries, stored }: NamespaceSecretsArgs): readonly ReadGrant[] {
  const remotes = remoteOnly(stored);
  const objects = deliveries.flatMap((each) => readObjects(each, remotes).flatMap(({ objects }) => objects));
  return [...new Map(objects.map(({ object, grant }) => [object.name, grant])).values()];
}
