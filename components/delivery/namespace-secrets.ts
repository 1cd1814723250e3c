import type { ComponentResourceOptions, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { ClusterTarget } from "../clusters/contract.ts";
import { keptNamespace } from "../clusters/kept-namespace.ts";
import { consumerNamespace } from "../clusters/namespace-names.ts";
import { handedOver, ownedBy } from "../clusters/owner.ts";
import { secretStore } from "../external-secrets/manifests.ts";
import type { OperatorTarget } from "../external-secrets/operator/operator.ts";
import { readyTimeouts, waitForReady, type ReadinessHooks } from "../external-secrets/readiness/hooks.ts";
import { storeProvider } from "../backends/identities.ts";
import type { IdentityFactory } from "../backends/identity.ts";
import type { ReadGrant, StoredSecret } from "../backends/contract.ts";
import type { RemoteStoreSpec } from "../backends/index.ts";
import { storeSettings } from "../backends/store-settings.ts";
import { Component } from "../support/component.ts";
import { isApplied, isSynced, type Delivery, type DeliverySpec } from "./contract.ts";
import { ExternalSecretDelivery, remoteOnly } from "./external-secret.ts";
import type { ClusterSecretStore } from "./cluster-secret-store.ts";
import { GitOpsDelivery, type Manifest } from "./gitops.ts";
import { PlainDelivery } from "./plain.ts";
import { secretStoreName, secretStoreResource } from "./secret-store-name.ts";
import { loginResources } from "./service-account.ts";
import { readObjects } from "./selection.ts";

/** A namespace of one cluster that gets Secrets. */
export interface NamespaceSpec {
  readonly name: string;
  /** Whether the namespace is made here. It outlives this stack all the same. */
  readonly create: boolean;
}

/** How a namespace reads a remote store: by an identity of its own, or by one that it shares. */
export type RemoteReading = OwnReading | SharedReading;

interface ReadingBase {
  readonly store: RemoteStoreSpec;
  /** Waits for stores and Secrets, and shows why one is not Ready. */
  readonly readiness: ReadinessHooks;
  /** How often ESO reads the store when nothing changed, in seconds. */
  readonly refreshSeconds: number;
}

/** A SecretStore of the namespace's own, with an identity that reads nothing else. */
export interface OwnReading extends ReadingBase {
  readonly through: "secret-store";
  readonly identity: IdentityFactory;
  /** Provider of the store, which makes the identity's resources. */
  readonly identityOptions: CustomResourceOptions;
  readonly operator: OperatorTarget;
}

/** A ClusterSecretStore that other namespaces use too. */
export interface SharedReading extends ReadingBase {
  readonly through: "cluster-secret-store";
  readonly reader: ClusterSecretStore;
}

export interface NamespaceSecretsArgs {
  readonly spec: NamespaceSpec;
  readonly platform: string;
  readonly environment: string;
  readonly cluster: ClusterTarget;
  /** Absent where all of its Secrets are delivered `plain`. */
  readonly reading: RemoteReading | undefined;
  readonly deliveries: readonly DeliverySpec[];
  /** Contents of its store, by `<app>/<secret>`: at least what the operator delivers. */
  readonly stored: ReadonlyMap<string, StoredSecret>;
  /** Values of what is delivered `plain`, by `<app>/<secret>`. */
  readonly embedded: ReadonlyMap<string, StoredSecret>;
  /** What earlier runs asked for in vain, since there was no Secret to merge into: `force-sync` by resource. */
  readonly unmerged: ReadonlyMap<string, string>;
  /** Whether Secrets outlive `destroy`. */
  readonly retain: boolean;
  /** Whether its SecretStore and ExternalSecrets stay in the cluster when this stack no longer has them. */
  readonly handOver: boolean;
}

/**
 * One namespace with its Secrets: a service account of its own, the right to read exactly what it consumes, its
 * SecretStore, and an ExternalSecret for each Secret.
 *
 * @example
 * new NamespaceSecrets("main/mlflow", { spec, cluster, reading, deliveries, stored, ... });
 */
export class NamespaceSecrets extends Component {
  readonly #manifests: Manifest[] = [];

  constructor(name: string, args: NamespaceSecretsArgs, opts?: ComponentResourceOptions) {
    super("secrets:delivery:NamespaceSecrets", name, opts);
    const options = this.child({ provider: args.cluster.provider });
    const namespace = args.spec.create
      ? [keptNamespace(consumerNamespace(name), { name: args.spec.name }, options)]
      : [];
    const within = { ...options, dependsOn: namespace };
    const { retain, reading } = args;
    const { owner } = args.cluster;
    const synced = reading === undefined ? undefined : this.#synced(name, args, reading, within);
    const plain = new PlainDelivery({ namespaceKey: name, owner, retain, options: within });
    for (const each of args.deliveries) {
      if (each.via === "plain") plain.deliver(each, args.embedded);
      else if (synced !== undefined) synced[each.via].deliver(each, args.stored);
      else throw new Error(`${name} reads no store, but ${each.secretName} comes from one`);
    }
    this.registerOutputs({});
  }

  /** What is delivered `gitops`: its ExternalSecrets, and the SecretStore where nothing else reads through it. */
  get manifests(): readonly Manifest[] {
    return this.#manifests;
  }

  /** The ways by which the operator brings Secrets from the store. */
  #synced(
    name: string,
    args: NamespaceSecretsArgs,
    reading: RemoteReading,
    options: CustomResourceOptions,
  ): Readonly<Record<"external-secret" | "gitops", Delivery>> {
    const { readiness, refreshSeconds } = reading;
    const { secretStore, dependsOn } =
      reading.through === "secret-store"
        ? this.#secretStore(name, args, reading, options)
        : {
            secretStore: { kind: "ClusterSecretStore", name: reading.reader.storeName } as const,
            dependsOn: [...reading.reader.ready, ...asList(options.dependsOn)],
          };
    const { retain, unmerged, handOver } = args;
    const { owner } = args.cluster;
    const place = { secretStore, refreshSeconds, retain, owner };
    return {
      "external-secret": new ExternalSecretDelivery({
        ...place,
        namespaceKey: name,
        storeKind: reading.store.kind,
        handOver,
        readiness,
        unmerged,
        dependsOn,
        options,
      }),
      gitops: new GitOpsDelivery({ ...place, render: (manifest) => this.#manifests.push(manifest) }),
    };
  }

  /** The namespace's SecretStore, with permission to read exactly the objects that its Secrets are built from. */
  #secretStore(name: string, args: NamespaceSecretsArgs, reading: OwnReading, options: CustomResourceOptions) {
    const { platform, environment, cluster } = args;
    const namespace = args.spec.name;
    const { operator, readiness } = reading;
    const identity = reading.identity(name, {
      store: reading.store,
      cluster: cluster.spec,
      scope: { platform, environment, cluster: cluster.spec.name, namespace },
      grants: grantsOf(args),
      options: this.child(reading.identityOptions),
    });
    const account = loginResources(
      name,
      identity.login,
      { namespace, operatorNamespace: operator.namespace, owner: cluster.owner },
      options,
    );
    const storeName = secretStoreName(cluster.spec);
    const reference = { kind: "SecretStore", name: storeName } as const;
    const provider = storeProvider(reading.store, identity.login);
    const settings = storeSettings(reading.store, cluster.spec);
    const annotations = ownedBy(cluster.owner);
    if (!args.deliveries.some(isApplied)) {
      this.#manifests.push(secretStore({ name: storeName, namespace, annotations }, provider, settings));
      return { secretStore: reference, dependsOn: [] };
    }
    const metadata = {
      name: storeName,
      namespace,
      annotations: { ...annotations, ...handedOver(args.handOver), ...waitForReady },
    };
    const resource = new CustomResource(
      secretStoreResource(name, cluster.spec),
      secretStore(metadata, provider, settings),
      {
        ...options,
        ...(args.handOver ? { retainOnDelete: true } : {}),
        dependsOn: [...operator.ready, ...identity.dependsOn, ...account],
        customTimeouts: readyTimeouts(reading.store.kind),
        hooks: { onError: [readiness.explain] },
      },
    );
    return { secretStore: reference, dependsOn: [resource] };
  }
}

/** The grants of the objects that the namespace's Secrets are built from, each once: nothing else can be read. */
export function grantsOf({
  deliveries,
  stored,
}: Pick<NamespaceSecretsArgs, "deliveries" | "stored">): readonly ReadGrant[] {
  const remotes = remoteOnly(stored);
  const synced = deliveries.filter(isSynced);
  const objects = synced.flatMap((each) => readObjects(each, remotes).flatMap(({ objects }) => objects));
  return [...new Map(objects.map(({ object, grant }) => [object.name, grant])).values()];
}

function asList(dependsOn: CustomResourceOptions["dependsOn"]): readonly Resource[] {
  return Array.isArray(dependsOn) ? (dependsOn as readonly Resource[]) : [];
}
