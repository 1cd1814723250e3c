import { output, secret, type CustomResourceOptions, type ErrorHook, type Output, type Resource } from "@pulumi/pulumi";
import { Provider } from "@pulumi/gcp/provider.js";
import { getSecrets } from "@pulumi/gcp/secretmanager/getSecrets.js";
import { getSecretVersionAccess } from "@pulumi/gcp/secretmanager/getSecretVersionAccess.js";
import { Secret } from "@pulumi/gcp/secretmanager/secret.js";
import { SecretVersion, type SecretVersionArgs } from "@pulumi/gcp/secretmanager/secretVersion.js";
import { ExpectedError, messageOf, StoreError } from "../../support/errors.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import type { OpenArgs, OwnedObject, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { secretArgs, takenOver } from "./secret-args.ts";
import { makeIdentityPools } from "./identity-pool.ts";
import { refusalHook } from "./refusals.ts";
import { placesOf, placesShown, type ShownReplication } from "./replication.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";
import type { RemoteObject } from "../remote-object.ts";
import { WriteOnlyObjects, writtenNumber, type LastWritten } from "../write-only.ts";

export const backend: StoreBackend<GcpSecretManagerSpec> = {
  open: (args) => new GcpSecretManagerSession(args),
};

/** What a version that can be read holds. */
interface Held {
  readonly payload: string;
  readonly version: string;
}

class GcpSecretManagerSession implements StoreSession {
  readonly #spec: GcpSecretManagerSpec;
  readonly #provider: Provider;
  readonly #explain: ErrorHook;
  #pools: readonly Resource[] | undefined;
  /** Where the secrets lie that exist, as far as was asked. */
  readonly #places = new Map<string, string>();
  readonly #writeOnly = new WriteOnlyObjects();

  constructor({ spec, options }: OpenArgs<GcpSecretManagerSpec>) {
    this.#spec = spec;
    // Without the second the provider adds a label of its own to everything.
    const args = { project: spec.project, addPulumiAttributionLabel: false };
    this.#provider = new Provider(spec.name, args, onlyInputs(args, options));
    this.#explain = refusalHook(spec);
  }

  /** Whoever reads needs its cluster to be trusted first. */
  get options(): CustomResourceOptions {
    const pools = this.#prepared();
    return { provider: this.#provider, ...(pools.length === 0 ? {} : { dependsOn: [...pools] }) };
  }

  prepare(): void {
    this.#prepared();
  }

  #prepared(): readonly Resource[] {
    const hooks = { onError: [this.#explain] };
    this.#pools ??= makeIdentityPools(this.#spec, { provider: this.#provider, hooks });
    return this.#pools;
  }

  async existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await this.#list(remoteNames);
    for (const { secretId, replications = [] } of found) this.#places.set(secretId, placesShown(replications));
    const present = new Set(found.map(({ secretId }) => secretId));
    return new Set(remoteNames.filter((name) => present.has(name)));
  }

  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
    const { project } = this.#spec;
    const written = new Map(
      state
        .filter(({ type }) => type === "gcp:secretmanager/secretVersion:SecretVersion")
        .map(({ names, outputs }) => [names.secret, outputs] as const),
    );
    return new Map(
      state
        .filter(({ type, names }) => type === "gcp:secretmanager/secret:Secret" && names.project === project)
        .map(({ name: resource, names: { secretId = "" } }) => {
          const outputs = written.get(`projects/${project}/secrets/${secretId}`);
          // A run that was interrupted between the secret and its version has written nothing that could have changed.
          const intact = () =>
            outputs === undefined ? output(true) : this.#holds(secretId, outputs.apply(lastWritten));
          return [secretId, { resource, intact }];
        }),
    );
  }

  healing(remoteName: string): string {
    const { project } = this.#spec;
    const access = `gcloud secrets versions access <the last version of ours> --secret=${remoteName} --project=${project}`;
    return `${access} | gcloud secrets versions add ${remoteName} --project=${project} --data-file=-`;
  }

  read(remoteName: string): Output<string | undefined> {
    return secret(output(this.#latest(remoteName)).apply((held) => held?.payload));
  }

  put(name: string, args: PutArgs): StoredObject {
    const { object, retain, adopt, options } = args;
    this.prepare();
    if (adopt) this.#checkPlaces(object.name);
    const provider = this.#provider;
    const container = new Secret(name, secretArgs(this.#spec, args), {
      ...options,
      provider,
      retainOnDelete: retain,
      // Google never moves a secret, so other locations are refused (409): with the old one deleted first, all that hangs
      // on it would go for a moment too, up to the Secrets in the clusters.
      deleteBeforeReplace: false,
      hooks: { onError: [this.#explain] },
      ...(adopt ? takenOver(this.#spec, object.name) : { ignoreChanges: ["versionAliases"] }),
    });
    const stored = new SecretVersion(
      name,
      {
        secret: container.id,
        ...this.#value(args),
        // Another value is another version: it is made first, and used before the old one goes, which is at the end of
        // the run. "Gone" is disabled, and destroyed after `versionDestroyTtl`.
        deletionPolicy: "DELETE",
      },
      { ...options, provider, retainOnDelete: retain, hooks: { onError: [this.#explain] } },
    );
    return this.#stored(object, container.secretId, stored.version, [container, stored]);
  }

  reference(_: string, object: RemoteObject): StoredObject {
    const version = this.#latest(object.name).then((held) => {
      if (held !== undefined) return held.version;
      throw new ExpectedError(
        `stores.${this.#spec.name}: "${object.name}" in project ${this.#spec.project} has no version to read.\n` +
          `    fix: gcloud secrets versions add ${object.name} --project=${this.#spec.project} --data-file=<file>`,
      );
    });
    return this.#stored(object, object.name, output(version), []);
  }

  /** The value: where the state must not hold it, in a field of its own with the number that tells that it moved. */
  #value(args: PutArgs): Pick<SecretVersionArgs, "secretData" | "secretDataWo" | "secretDataWoVersion"> {
    const value = secret(args.payload);
    if (this.#spec.writeOnly !== true) return { secretData: value };
    return { secretDataWo: value, secretDataWoVersion: this.#writeOnly.number(args) };
  }

  #stored(
    object: RemoteObject,
    secretId: Output<string> | string,
    version: Output<string>,
    resources: StoredObject["resources"],
  ): StoredObject {
    const { project } = this.#spec;
    return { object, grant: { kind: "gcp-secret-manager", project, name: object.name, secretId }, version, resources };
  }

  #holds(name: string, written: Output<LastWritten>): Output<boolean> {
    // A version that somebody disabled or destroyed can't be read, which is a change too.
    const held = this.#latest(name).catch(() => undefined);
    return this.#writeOnly.intact(name, secret(held.then((theirs) => theirs?.payload)), written);
  }

  /** The newest version; nothing where the secret has none. Asked as a promise, since a missing one is no failure. */
  async #latest(name: string): Promise<Held | undefined> {
    const { project } = this.#spec;
    try {
      const args = { project, secret: name };
      const found = await getSecretVersionAccess(args, { provider: this.#provider, async: true });
      return { payload: found.secretData, version: found.version };
    } catch (error) {
      // https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access answers 404
      // "Secret [projects/…/secrets/…] not found or has no versions."
      if (/not found or has no versions|Error 404|NotFound|NOT_FOUND/.test(messageOf(error))) return undefined;
      throw new StoreError(
        `stores.${this.#spec.name}`,
        `reading the newest version of "${name}" in project ${project} failed: ${messageOf(error)}`,
        `the deployer needs roles/secretmanager.secretAccessor, and the newest version must be enabled: ` +
          `gcloud secrets versions list ${name} --project=${project}`,
      );
    }
  }

  async #list(names: readonly string[]): Promise<readonly Found[]> {
    const { name, project } = this.#spec;
    try {
      const shared = sharedStart(names);
      const filter = shared === "" ? {} : { filter: `name:${shared}` };
      const { secrets } = await getSecrets({ project, ...filter }, { provider: this.#provider, async: true });
      this.#checkNumber(secrets);
      return secrets;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError(
        `stores.${name}`,
        `listing names in Secret Manager of project ${project} failed: ${messageOf(error)}`,
        `check the project, that its API secretmanager.googleapis.com is enabled, and that the deployer may list secrets (docs/stores/gcp-secret-manager.md#rights-of-the-deployer)`,
      );
    }
  }

  /** Google answers with the project's number, which rights are written with: a wrong one would grant to strangers. */
  #checkNumber(secrets: readonly Found[]): void {
    const { name, project, projectNumber } = this.#spec;
    const told = secrets.map((each) => /^projects\/(\d+)\//.exec(each.name)?.[1]).find((each) => each !== undefined);
    if (told === undefined || told === projectNumber) return;
    throw new StoreError(
      `stores.${name}.projectNumber`,
      `is ${projectNumber}, and project ${project} has the number ${told}`,
      `pulumi config set --path 'stores.${name}.projectNumber' ${told}`,
    );
  }

  /** The first run after an adoption would replace a secret that lies elsewhere, and its versions would be lost. */
  #checkPlaces(name: string): void {
    const there = this.#places.get(name);
    const wanted = placesOf(this.#spec);
    if (there === undefined || there === wanted) return;
    throw new ExpectedError(
      `stores.${this.#spec.name}: "${name}" lies in other locations (${there}) than this store's secrets (${wanted}), and Google never moves one. It was not taken over.\n` +
        `    fix: use it as it is (reference), or add a store with its locations`,
    );
  }
}

interface Found {
  readonly secretId: string;
  readonly name: string;
  readonly replications?: readonly ShownReplication[];
}

/** What all names start with, without dashes at its end: the filter looks for it anywhere in a name. */
function sharedStart(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  const isShared = (length: number) => rest.every((name) => name.startsWith(first.slice(0, length)));
  let length = first.length;
  while (length > 0 && !isShared(length)) length -= 1;
  return first.slice(0, length).replace(/[-_]+$/, "");
}

function lastWritten({ secretData, secretDataWoVersion }: Readonly<Record<string, unknown>>): LastWritten {
  return {
    payload: typeof secretData === "string" ? secretData : undefined,
    number: writtenNumber(secretDataWoVersion),
  };
}
