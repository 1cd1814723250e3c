import { output, type ComponentResourceOptions, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { ClusterTarget } from "../clusters/contract.ts";
import { keptNamespace } from "../clusters/kept-namespace.ts";
import { generatingNamespace, restrictedLabels } from "../clusters/namespace-names.ts";
import { generatorApiVersion, secretStore } from "../external-secrets/manifests.ts";
import type { OperatorTarget } from "../external-secrets/operator/operator.ts";
import { readyTimeouts, waitForReady, type ReadinessHooks } from "../external-secrets/readiness/hooks.ts";
import { tokenAccount } from "../external-secrets/operator/token-account.ts";
import { vaultWriter } from "../backends/vault/identity.ts";
import { vaultWriterProvider } from "../backends/vault/secret-store.ts";
import type { RemoteSecret } from "../backends/contract.ts";
import type { RemoteObject } from "../backends/remote-object.ts";
import { storeSettings } from "../backends/store-settings.ts";
import { vaultGrant, type VaultKvSpec } from "../backends/vault/kv.ts";
import { Component } from "../support/component.ts";
import { shortDigest } from "../support/digest.ts";
import { generatorNamespace, writerName } from "../support/naming.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import { generationSpec } from "./generation-spec.ts";
import { generatedSecret, generatorName, pushSecret } from "./manifests.ts";

export interface GeneratedSecretsArgs {
  readonly platform: string;
  readonly environment: string;
  readonly cluster: ClusterTarget;
  readonly store: VaultKvSpec;
  /** Provider of the store, which makes the rights to write. */
  readonly storeOptions: CustomResourceOptions;
  readonly operator: OperatorTarget;
  readonly readiness: ReadinessHooks;
  /** Application that the secrets are of. */
  readonly app: string;
  readonly secrets: readonly SecretToGenerate[];
  /** Whether the namespace that they are generated in is made here; false where the cluster has it already. */
  readonly makeNamespace: boolean;
}

export interface SecretToGenerate {
  readonly spec: SecretSpec;
  /** Its object in the store. */
  readonly object: RemoteObject;
}

/**
 * Secrets of an application that the operator of a cluster generates and puts into Vault: no value of theirs is ever seen by this program,
 * nor by its state. What Vault holds already is left as it is, and outlives `destroy`.
 *
 * @example
 * const { stored } = new GeneratedSecrets("main/generated/vault/mlflow", { cluster, store, app, ... });
 * stored.get("mlflow/tracking");
 */
export class GeneratedSecrets extends Component {
  /** Contents of the store once the operator has written them, by `<app>/<secret>`. */
  readonly stored: ReadonlyMap<string, RemoteSecret>;

  constructor(name: string, args: GeneratedSecretsArgs, opts?: ComponentResourceOptions) {
    super("secrets:generated:GeneratedSecrets", name, opts);
    const namespace = generatorNamespace({ ...args, store: args.store.name });
    const options = this.child({ provider: args.cluster.provider, hooks: { onError: [args.cluster.refusal] } });
    // No Pod belongs here; one that breaks the restricted profile is not even admitted.
    const labels = restrictedLabels;
    const made = args.makeNamespace
      ? [keptNamespace(generatingNamespace(name), { name: namespace, labels }, options)]
      : [];
    const within = { ...options, dependsOn: [...made, ...args.operator.ready] };
    const secretStore = this.#secretStore(name, namespace, args, within);
    this.stored = new Map(
      args.secrets.map(({ spec, object }) => {
        const pushed = this.#generate(name, { spec, object, namespace, secretStore, args }, within);
        const version = output(locationDigest(args.store, object));
        const objects = [{ object, grant: vaultGrant(args.store, object), version, resources: [pushed] }];
        return [spec.id, { kind: "remote", store: args.store.name, objects }];
      }),
    );
    this.registerOutputs({});
  }

  /** The SecretStore that writes, with the right to exactly these secrets. */
  #secretStore(name: string, namespace: string, args: GeneratedSecretsArgs, options: Waiting): Resource {
    const { platform, environment, cluster, store, operator, readiness } = args;
    const { login, dependsOn } = vaultWriter(name, {
      store,
      cluster: cluster.spec,
      scope: { platform, environment, cluster: cluster.spec.name, namespace },
      grants: args.secrets.map(({ object }) => vaultGrant(store, object)),
      options: this.child(args.storeOptions),
    });
    const account = tokenAccount(
      name,
      {
        account: login.serviceAccount,
        namespace,
        operatorNamespace: operator.namespace,
        owner: cluster.owner,
        annotations: login.annotations,
      },
      options,
    );
    const metadata = { name: writerName, namespace, annotations: { ...waitForReady } };
    const manifest = secretStore(metadata, vaultWriterProvider(store, login), storeSettings(store, cluster.spec));
    return new CustomResource(`${name}/secret-store`, manifest, {
      ...options,
      dependsOn: [...options.dependsOn, ...dependsOn, ...account],
      customTimeouts: readyTimeouts(store.kind),
      hooks: { onError: [readiness.explain] },
    });
  }

  /** What generates one secret, and what puts it into the store. */
  #generate(name: string, { spec, object, namespace, secretStore, args }: GenerateContext, options: Waiting): Resource {
    const { readiness } = args;
    const metadata = { name: spec.name, namespace };
    const waiting = { ...metadata, annotations: { ...waitForReady } };
    const waited = {
      ...options,
      customTimeouts: readyTimeouts(args.store.kind),
      hooks: { onError: [readiness.explain] },
    };
    const generation = generationSpec(spec);
    const generators = generation.generators.map(
      (each) =>
        new CustomResource(
          `${name}/${spec.name}/${each.variable}`,
          {
            apiVersion: generatorApiVersion,
            kind: each.generator.kind,
            metadata: { name: generatorName(metadata.name, each), namespace },
            spec: each.generator.spec,
          },
          options,
        ),
    );
    const secret = new CustomResource(`${name}/${spec.name}`, generatedSecret(waiting, generation), {
      ...waited,
      dependsOn: generators,
    });
    return new CustomResource(
      `${name}/${spec.name}/push`,
      pushSecret(waiting, { storeName: writerName, remoteKey: object.name }),
      {
        ...waited,
        dependsOn: [secret, secretStore],
        hooks: { ...waited.hooks, ...readiness.awaitSync(args.store.kind) },
      },
    );
  }
}

/** Moves where the object does. Where its value does, only people know: the operator sees it at its next refresh. */
function locationDigest({ address, namespace = "", mount }: VaultKvSpec, { name }: RemoteObject): string {
  return shortDigest([address, namespace, mount, name], 8);
}

/** Options with what to wait for. */
type Waiting = Omit<CustomResourceOptions, "dependsOn"> & { readonly dependsOn: Resource[] };

interface GenerateContext extends SecretToGenerate {
  readonly namespace: string;
  readonly secretStore: Resource;
  readonly args: GeneratedSecretsArgs;
}
