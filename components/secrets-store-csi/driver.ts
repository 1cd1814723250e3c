import type { ComponentResourceOptions, CustomResourceOptions, ErrorHook, Resource } from "@pulumi/pulumi";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import type { ClusterSpec, ClusterTarget, SecretsStoreCsiSpec } from "../clusters/contract.ts";
import { ownedBy } from "../clusters/owner.ts";
import { explainReleaseHook } from "../clusters/troubles/release-hook.ts";
import { Component } from "../support/component.ts";
import { setCommand } from "../support/messages/config-command.ts";
import type { CsiChart } from "./charts.ts";
import { explainClassHook } from "./hooks.ts";
import type { CsiProvider } from "./names.ts";
import { caConfigMap, driverValues, providerValues } from "./values.ts";

/** A driver that serves a cluster, installed by this stack or by the platform. */
export interface CsiTarget {
  readonly spec: SecretsStoreCsiSpec;
  /** Logs why a SecretProviderClass was not created. */
  readonly explain: ErrorHook;
  /** What SecretProviderClasses must wait for, and be deleted before. */
  readonly ready: readonly Resource[];
}

export interface SecretsStoreCsiDriverArgs {
  readonly cluster: ClusterTarget;
  readonly spec: SecretsStoreCsiSpec;
  /** Providers of the stores that its Pods mount. */
  readonly providers: readonly CsiProvider[];
  /** Audiences of the tokens that the driver hands to them. */
  readonly audiences: readonly string[];
  /** PEM bundles that stores are trusted by, by store. */
  readonly certificates: ReadonlyMap<string, string>;
}

/** Where the projects themselves put driver and providers: a namespace that every cluster has, and no tenant. */
export const csiNamespace = "kube-system";

/** Names of the Helm releases. Constants: renaming a release would uninstall the old one. */
const releaseNames: { readonly [C in CsiChart]: string } = {
  driver: "csi-secrets-store",
  aws: "secrets-provider-aws",
  azure: "csi-secrets-store-provider-azure",
  gcp: "secrets-store-csi-driver-provider-gcp",
  vault: "vault-csi-provider",
};

/** Revisions of a release that Helm keeps. The provider's default is to keep all of them. */
const maxHistory = 5;

/**
 * The Secrets Store CSI driver in one cluster, with a provider for each cloud whose stores Pods mount. Each of them is a
 * DaemonSet: a Pod can mount nothing on a node without them.
 *
 * @example
 * const driver = new SecretsStoreCsiDriver("main", { cluster, spec, providers: ["vault"], audiences: ["vault"], ... });
 * new CustomResource("db", secretProviderClass({ ... }), { dependsOn: driver.ready });
 */
export class SecretsStoreCsiDriver extends Component implements CsiTarget {
  readonly spec: SecretsStoreCsiSpec;
  readonly explain: ErrorHook;
  readonly ready: readonly Resource[];
  readonly #cluster: ClusterSpec;

  constructor(name: string, args: SecretsStoreCsiDriverArgs, opts?: ComponentResourceOptions) {
    super("secrets:secrets-store-csi:SecretsStoreCsiDriver", name, opts);
    const { cluster, spec, providers, audiences, certificates } = args;
    const options = this.child({ provider: cluster.provider, hooks: { onError: [cluster.refusal] } });
    this.spec = spec;
    this.explain = explainClassHook(cluster.spec.name);
    this.#cluster = cluster.spec;
    const driver = this.#release(name, "driver", driverValues(spec, audiences), options);
    const trusted = certificates.size === 0 ? [] : [this.#certificates(name, args, options)];
    const installed = providers.map((provider) =>
      this.#release(name, provider, providerValues(provider, { trusts: certificates.size > 0 }), {
        ...options,
        dependsOn: [driver, ...trusted],
      }),
    );
    this.ready = [driver, ...installed];
    this.registerOutputs({});
  }

  #release(name: string, which: CsiChart, values: object, options: CustomResourceOptions): Release {
    const source = this.spec.charts.get(which);
    if (source === undefined) throw new Error(`${name}: no chart of ${which}, which parsing should have found`);
    const { chart, version, repository } = source;
    const release = {
      name: releaseNames[which],
      namespace: csiNamespace,
      label: `app.kubernetes.io/instance=${releaseNames[which]}`,
      leave: `${setCommand(["clusters", this.#cluster.name, "secretsStoreCsi", "install"], false)} && pulumi up`,
    };
    return new Release(
      `${name}/csi-${which}`,
      {
        name: releaseNames[which],
        chart,
        ...(version === undefined ? {} : { version }),
        namespace: csiNamespace,
        ...(repository === undefined ? {} : { repositoryOpts: { repo: repository } }),
        values,
        // A failed first install is removed again, so that the next run starts clean.
        atomic: true,
        timeout: 300,
        maxHistory,
      },
      { ...options, hooks: { onError: [explainReleaseHook(this.#cluster, release)] } },
    );
  }

  #certificates(
    name: string,
    { cluster, certificates }: SecretsStoreCsiDriverArgs,
    options: CustomResourceOptions,
  ): Resource {
    const metadata = { name: caConfigMap, namespace: csiNamespace, annotations: ownedBy(cluster.owner) };
    const data = Object.fromEntries([...certificates].map(([store, pem]) => [`${store}.pem`, pem]));
    return new ConfigMap(`${name}/csi-ca`, { metadata, data }, options);
  }
}
