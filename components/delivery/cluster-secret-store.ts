import type { ComponentResourceOptions, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { ClusterTarget } from "../clusters/contract.ts";
import { ownedBy } from "../clusters/owner.ts";
import { clusterSecretStore } from "../external-secrets/manifests.ts";
import type { OperatorTarget } from "../external-secrets/operator/operator.ts";
import { previewable } from "../external-secrets/provider-change.ts";
import { readyTimeouts, waitForReady, type ReadinessHooks } from "../external-secrets/readiness/hooks.ts";
import { storeProvider } from "../backends/identities.ts";
import type { IdentityFactory } from "../backends/identity.ts";
import type { ReadGrant } from "../backends/contract.ts";
import type { RemoteStoreSpec } from "../backends/index.ts";
import { storeSettings } from "../backends/store-settings.ts";
import { Component } from "../support/component.ts";
import { clusterStoreName } from "../support/naming.ts";
import { loginResources } from "./service-account.ts";

export interface ClusterSecretStoreArgs {
  readonly platform: string;
  readonly environment: string;
  readonly cluster: ClusterTarget;
  readonly store: RemoteStoreSpec;
  readonly identity: IdentityFactory;
  /** Provider of the store, which makes the identity's resources. */
  readonly identityOptions: CustomResourceOptions;
  readonly operator: OperatorTarget;
  readonly readiness: ReadinessHooks;
  /** What its namespaces read, all together. */
  readonly grants: readonly ReadGrant[];
  /** Namespaces that may read through it; `undefined` lets every one. */
  readonly namespaces: readonly string[] | undefined;
}

/**
 * One ClusterSecretStore that several namespaces of a cluster read through: one identity for all of them, so that each
 * can read what any of them may. The SecretStore of a namespace's own is the safer choice, and the default.
 *
 * @example
 * new ClusterSecretStore("main/vault", { cluster, store, identity, operator, grants, namespaces: ["mlflow"], ... });
 */
export class ClusterSecretStore extends Component {
  /** Name of the ClusterSecretStore. */
  readonly storeName: string;
  /** What an ExternalSecret must wait for. */
  readonly ready: readonly Resource[];

  constructor(name: string, args: ClusterSecretStoreArgs, opts?: ComponentResourceOptions) {
    super("secrets:delivery:ClusterReader", name, opts);
    const { platform, environment, cluster, store, operator, readiness } = args;
    const options = this.child({ provider: cluster.provider, hooks: { onError: [cluster.refusal] } });
    const { namespace } = operator;
    const identity = args.identity(name, {
      store,
      cluster: cluster.spec,
      scope: { platform, environment, cluster: cluster.spec.name, namespace },
      grants: args.grants,
      options: this.child(args.identityOptions),
    });
    const account = loginResources(
      name,
      identity.login,
      { namespace, operatorNamespace: namespace, owner: cluster.owner },
      { ...options, dependsOn: [...operator.ready] },
    );
    this.storeName = clusterStoreName({ platform, environment, store: store.name });
    const metadata = { name: this.storeName, annotations: { ...ownedBy(cluster.owner), ...waitForReady } };
    const resource = `${name}/cluster-secret-store`;
    const provider = previewable(
      storeProvider(store, identity.login, { namespace }),
      readiness.providerBefore(resource),
    );
    const secretStore = new CustomResource(
      resource,
      clusterSecretStore(metadata, provider, args.namespaces, storeSettings(store, cluster.spec)),
      {
        ...options,
        dependsOn: [...operator.ready, ...identity.dependsOn, ...account],
        customTimeouts: readyTimeouts(store.kind),
        hooks: { beforeUpdate: [readiness.changeProvider], onError: [readiness.explain] },
      },
    );
    this.ready = [secretStore];
    this.registerOutputs({});
  }
}
