import type { ComponentResourceOptions, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { keptNamespace } from "../clusters/kept-namespace.ts";
import { consumerNamespace } from "../clusters/namespace-names.ts";
import { handedOver, ownedBy } from "../clusters/owner.ts";
import { generatorApiVersion, secretStore } from "../external-secrets/manifests.ts";
import { previewable } from "../external-secrets/provider-change.ts";
import { readyTimeouts, waitForReady } from "../external-secrets/readiness/hooks.ts";
import { storeProvider } from "../backends/identities.ts";
import type { Login } from "../backends/identity.ts";
import type { RemoteStoreSpec } from "../backends/index.ts";
import { storeSettings } from "../backends/store-settings.ts";
import { Component } from "../support/component.ts";
import { unreachable } from "../support/messages/errors.ts";
import { isApplied, type Delivered, type Delivery, type DeliverySpec } from "./contract.ts";
import { CsiDelivery } from "./csi.ts";
import { asList } from "./depends-on.ts";
import { ExternalSecretDelivery } from "./external-secret.ts";
import { grantsOf, mountedGrantsOf } from "./grants.ts";
import { issuingGenerator } from "./generators.ts";
import { GitOpsDelivery, type Manifest } from "./gitops.ts";
import type { NamespaceSecretsArgs, OwnIdentity, OwnReading, RemoteReading } from "./namespace-args.ts";
import { PlainDelivery } from "./plain.ts";
import { readObjects, remoteOnly } from "./selection.ts";
import { Switching } from "./switching.ts";
import type { Switch } from "./take-over.ts";
import { SealedSecretDelivery, type SealedManifestFrame, type Sealing } from "./sealed-secret.ts";
import { secretStoreName, secretStoreResource } from "./secret-store-name.ts";
import { loginResources } from "./service-account.ts";

/**
 * One namespace with its Secrets: a service account of its own, the right to read exactly what it consumes, its
 * SecretStore, and for each Secret an ExternalSecret, or the SecretProviderClass that its Pods mount.
 *
 * @example
 * new NamespaceSecrets("main/mlflow", { spec, cluster, reading, deliveries, stored, ... });
 */
export class NamespaceSecrets extends Component {
  /** What delivers each Secret, by its name. */
  readonly delivered: ReadonlyMap<string, Delivered>;
  readonly #manifests: Manifest[] = [];
  readonly #sealedManifests: SealedManifestFrame[] = [];

  constructor(name: string, args: NamespaceSecretsArgs, opts?: ComponentResourceOptions) {
    super("secrets:delivery:NamespaceSecrets", name, opts);
    const options = this.child({ provider: args.cluster.provider, hooks: { onError: [args.cluster.refusal] } });
    const namespace = args.spec.create
      ? [keptNamespace(consumerNamespace(name), { name: args.spec.name }, options)]
      : [];
    const within = { ...options, dependsOn: namespace };
    const { retain, reading } = args;
    const switches = args.switches ?? new Map<string, Switch>();
    const switching = new Switching({ namespaceKey: name, cluster: args.cluster.spec, switches, options: within });
    const { owner } = args.cluster;
    const reader = this.#reader(name, args, within);
    const synced = reading === undefined ? undefined : this.#synced(name, args, { reading, reader, switching }, within);
    const mounted = this.#mounted(name, args, { reader, switching }, within);
    const plain = new PlainDelivery({ namespaceKey: name, owner, retain, switching, options: within });
    const sealed =
      args.sealing === undefined ? undefined : this.#sealed(name, args, { sealing: args.sealing, switching }, within);
    const deliver = (each: DeliverySpec): Delivered => {
      switch (each.via) {
        case "plain":
          return plain.deliver(each, args.embedded);
        case "sealed-secret":
          if (sealed === undefined) throw new Error(`${name} has no certificate to seal ${each.secretName} with`);
          return sealed.deliver(each, args.embedded);
        case "external-secret":
        case "gitops":
        case "csi": {
          const remote = each.via === "csi" ? mounted : synced?.[each.via];
          if (remote === undefined) throw new Error(`${name} reads no store, but ${each.secretName} comes from one`);
          return remote.deliver(each, args.stored);
        }
        default:
          return unreachable(each.via);
      }
    };
    this.delivered = new Map(args.deliveries.map((each) => [each.secretName, deliver(each)]));
    this.registerOutputs({});
  }

  #sealed(
    name: string,
    args: NamespaceSecretsArgs,
    { sealing, switching }: { readonly sealing: Sealing; readonly switching: Switching },
    options: CustomResourceOptions,
  ): Delivery {
    const { cluster, retain, handOver, formerlySynced: formerly } = args;
    return new SealedSecretDelivery({
      namespaceKey: name,
      sealing,
      owner: cluster.owner,
      retain,
      handOver,
      formerly,
      switching,
      render: (frame) => this.#sealedManifests.push(frame),
      options,
    });
  }

  /** What is delivered `gitops`: its ExternalSecrets, and the SecretStore where nothing else reads through it. */
  get manifests(): readonly Manifest[] {
    return this.#manifests;
  }

  /** What is sealed for a GitOps tool to apply. */
  get sealedManifests(): readonly SealedManifestFrame[] {
    return this.#sealedManifests;
  }

  /** The ways by which the operator brings Secrets from the store. */
  #synced(
    name: string,
    args: NamespaceSecretsArgs,
    { reading, reader, switching }: { readonly reading: RemoteReading } & Shared,
    options: CustomResourceOptions,
  ): Readonly<Record<"external-secret" | "gitops", Delivery>> {
    const { readiness, refreshSeconds } = reading;
    const { secretStore, dependsOn } =
      reading.through === "secret-store"
        ? this.#secretStore(name, args, { reading, reader }, options)
        : {
            secretStore: { kind: "ClusterSecretStore", name: reading.reader.storeName } as const,
            dependsOn: [...reading.reader.ready, ...asList(options.dependsOn)],
          };
    const generators = this.#generators(name, args, reading.store, { ...options, dependsOn: [...dependsOn] });
    const { retain, unmerged, handOver } = args;
    const { owner } = args.cluster;
    const place = { secretStore, refreshSeconds, retain, owner };
    return {
      "external-secret": new ExternalSecretDelivery({
        ...place,
        namespaceKey: name,
        cluster: args.cluster.spec,
        storeKind: reading.store.kind,
        handOver,
        readiness,
        unmerged,
        ...(args.release === undefined ? {} : { release: args.release }),
        switching,
        generators,
        dependsOn,
        options,
      }),
      gitops: new GitOpsDelivery({ ...place, render: (manifest) => this.#manifests.push(manifest) }),
    };
  }

  /** What gets the credentials that the store issues to the namespace, by secret. */
  #generators(
    name: string,
    args: NamespaceSecretsArgs,
    store: RemoteStoreSpec,
    options: CustomResourceOptions,
  ): ReadonlyMap<string, Resource> {
    const { platform, environment, cluster, spec, deliveries, stored } = args;
    const scope = { platform, environment, cluster: cluster.spec.name, namespace: spec.name };
    const objects = deliveries
      .filter(isApplied)
      .flatMap((each) => readObjects(each, remoteOnly(stored)))
      .flatMap(({ secret: id, objects }) =>
        objects.flatMap(({ object: { issued } }) => (issued === undefined ? [] : [[id, issued] as const])),
      );
    return new Map(
      [...new Map(objects)].map(([id, issued]) => {
        const { kind, name: generator, spec: own } = issuingGenerator(store, scope, { id, issued });
        const metadata = { name: generator, namespace: spec.name, annotations: ownedBy(cluster.owner) };
        const manifest = { apiVersion: generatorApiVersion, kind, metadata, spec: own };
        return [id, new CustomResource(`${name}/generator/${generator}`, manifest, options)] as const;
      }),
    );
  }

  #mounted(
    name: string,
    { csi, cluster }: NamespaceSecretsArgs,
    { reader, switching }: Shared,
    options: CustomResourceOptions,
  ): Delivery | undefined {
    if (csi === undefined || reader === undefined) return undefined;
    const { store, driver } = csi;
    return new CsiDelivery({
      namespaceKey: name,
      store,
      cluster: cluster.spec,
      login: reader.login,
      driver,
      switching,
      owner: cluster.owner,
      dependsOn: [...driver.ready, ...reader.ready, ...asList(options.dependsOn)],
      options,
    });
  }

  /** The namespace's account, with permission to read exactly the objects that its Secrets are built from. */
  #reader(name: string, args: NamespaceSecretsArgs, options: CustomResourceOptions): Reader | undefined {
    const { platform, environment, cluster, reading, csi } = args;
    const operated = reading?.through === "secret-store" ? reading : undefined;
    const own: OwnIdentity | undefined = operated ?? csi;
    if (own === undefined) return undefined;
    const namespace = args.spec.name;
    const grants = operated === undefined ? [] : grantsOf(args);
    const mounted = csi === undefined ? [] : mountedGrantsOf(args);
    const identity = own.identity(name, {
      store: own.store,
      cluster: cluster.spec,
      scope: { platform, environment, cluster: cluster.spec.name, namespace },
      grants,
      ...(mounted.length === 0 ? {} : { mounted }),
      options: this.child(own.identityOptions),
    });
    const account = loginResources(
      name,
      identity.login,
      { namespace, operatorNamespace: operated?.operator.namespace, owner: cluster.owner },
      options,
    );
    return { login: identity.login, ready: [...identity.dependsOn, ...account] };
  }

  #secretStore(
    name: string,
    args: NamespaceSecretsArgs,
    { reading, reader }: { readonly reading: OwnReading; readonly reader: Reader | undefined },
    options: CustomResourceOptions,
  ) {
    if (reader === undefined) throw new Error(`${name} has a SecretStore and nobody who reads`);
    const { cluster } = args;
    const namespace = args.spec.name;
    const { operator, readiness } = reading;
    const storeName = secretStoreName(cluster.spec);
    const reference = { kind: "SecretStore", name: storeName } as const;
    const provider = storeProvider(reading.store, reader.login);
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
    const resourceName = secretStoreResource(name, cluster.spec);
    const resource = new CustomResource(
      resourceName,
      secretStore(metadata, previewable(provider, readiness.providerBefore(resourceName)), settings),
      {
        ...options,
        ...(args.handOver ? { retainOnDelete: true } : {}),
        dependsOn: [...operator.ready, ...reader.ready],
        customTimeouts: readyTimeouts(reading.store.kind),
        hooks: { beforeUpdate: [readiness.changeProvider], onError: [readiness.explain] },
      },
    );
    return { secretStore: reference, dependsOn: [resource] };
  }
}

/** What several ways of delivery have in common. */
interface Shared {
  readonly reader: Reader | undefined;
  readonly switching: Switching;
}

/** How a namespace logs in, and what must exist before it does. */
interface Reader {
  readonly login: Login;
  readonly ready: readonly Resource[];
}
