import { output, secret, type CustomResourceOptions, type ErrorHook, type Output } from "@pulumi/pulumi";
import type { Provider } from "@pulumi/aws/provider.js";
import { getSecret } from "@pulumi/aws/secretsmanager/getSecret.js";
import { getSecrets } from "@pulumi/aws/secretsmanager/getSecrets.js";
import { getSecretVersion } from "@pulumi/aws/secretsmanager/getSecretVersion.js";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretPolicy } from "@pulumi/aws/secretsmanager/secretPolicy.js";
import { SecretVersion, type SecretVersionArgs } from "@pulumi/aws/secretsmanager/secretVersion.js";
import { ExpectedError } from "../../support/errors.ts";
import { awsProvider, isNotFound, objectTags, refused } from "./provider.ts";
import { scheduledDeletionHook } from "./scheduled-deletion.ts";
import {
  secretArnPrefix,
  secretBytes,
  secretResourcePolicy,
  secretSizeFix,
  secretSizeProblem,
  type AwsSecretsManagerSpec,
} from "./secrets-manager.ts";
import type { AwsReadGrant, StateResource, StoredObject } from "../contract.ts";
import type { OpenArgs, OwnedObject, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import type { RemoteObject } from "../remote-object.ts";
import { WriteOnlyObjects, writtenNumber, type LastWritten } from "../write-only.ts";

export const backend: StoreBackend<AwsSecretsManagerSpec> = {
  open: (args) => new SecretsManagerSession(args),
};

/** The key that an account has for Secrets Manager, and that everybody in it may use. */
const accountKey = "alias/aws/secretsmanager";

const secretType = "aws:secretsmanager/secret:Secret";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";

/**
 * Inputs that an object which is taken over may have otherwise: an import demands that inputs are as the object is. The
 * next run, which adopts no more, makes them as they are to be.
 */
const settledLater = [
  ...["description", "forceOverwriteReplicaSecret", "kmsKeyId", "policy"],
  ...["recoveryWindowInDays", "replicas", "tags", "tagsAll"],
];

class SecretsManagerSession implements StoreSession {
  readonly options: CustomResourceOptions;
  readonly #spec: AwsSecretsManagerSpec;
  readonly #provider: Provider;
  readonly #explainDeleted: ErrorHook;
  /** ARNs by name, of the secrets that were found; their random suffix can't be told otherwise. */
  readonly #arns = new Map<string, string>();
  /** Versions of ours by name, as the state knows them. */
  readonly #versions = new Map<string, string>();
  /** Names of ours that are encrypted with a key of their own, as the state knows them. */
  readonly #encrypted = new Set<string>();
  readonly #writeOnly = new WriteOnlyObjects();

  constructor({ spec, options }: OpenArgs<AwsSecretsManagerSpec>) {
    this.#spec = spec;
    this.#provider = awsProvider(spec, options);
    this.#explainDeleted = scheduledDeletionHook(spec);
    this.options = { provider: this.#provider };
  }

  async existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    const prefixes = new Set(remoteNames.map((name) => `${name.split("/")[0] ?? ""}/`));
    await Promise.all([...prefixes].map((prefix) => this.#list(prefix)));
    return new Set(remoteNames.filter((name) => this.#arns.has(name)));
  }

  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
    const prefix = secretArnPrefix(this.#spec);
    const ours = state.filter(({ type, names }) => type === secretType && names.arn?.startsWith(prefix));
    return new Map(
      ours.map(({ name: resource, names: { arn = "", name = "", kmsKeyId = "" } }) => {
        if (kmsKeyId !== "") this.#encrypted.add(name);
        const version = state.find(({ type, names }) => type === versionType && names.secretId === arn);
        const { versionId } = version?.names ?? {};
        if (versionId !== undefined) this.#versions.set(name, versionId);
        return [name, { resource, intact: () => this.#holds(name, version?.outputs) }];
      }),
    );
  }

  // A refresh sees nothing: our version is still there, only no longer the current one.
  healing(remoteName: string): string {
    const secretOf = `--region ${this.#spec.region} --secret-id ${remoteName}`;
    return (
      `aws secretsmanager update-secret-version-stage ${secretOf} --version-stage AWSCURRENT ` +
      `--move-to-version-id ${this.#versions.get(remoteName) ?? "<the last version of ours>"} ` +
      `--remove-from-version-id $(aws secretsmanager get-secret-value ${secretOf} --query VersionId --output text)`
    );
  }

  read(remoteName: string): Output<string | undefined> {
    return secret(this.#held(remoteName));
  }

  put(name: string, args: PutArgs): StoredObject {
    const { object, retain } = args;
    const options = { ...args.options, provider: this.#provider, retainOnDelete: retain };
    const holder = this.#holder(name, args, options);
    // A new value is a new version, made before the old one goes; that then only loses its place in the state: AWS keeps
    // it as AWSPREVIOUS, readable, until the next rotation.
    const version = new SecretVersion(name, { secretId: holder.arn, ...this.#value(args) }, options);
    // Where the secret is taken over, this writes over the policy that it may have had: the API has no other way.
    new SecretPolicy(
      name,
      { secretArn: holder.arn, policy: secretResourcePolicy(this.#spec), blockPublicPolicy: true },
      options,
    );
    return {
      object,
      grant: this.#grant(holder.arn),
      version: version.versionId,
      resources: [version],
    };
  }

  /** ARN and time of the last change come with one question, which shows no value. */
  reference(_: string, object: RemoteObject): StoredObject {
    const found = getSecret({ name: object.name }, { provider: this.#provider, async: true });
    return {
      object,
      grant: this.#grant(output(found.then(({ arn }) => arn))),
      version: output(found.then(({ lastChangedDate }) => lastChangedDate)),
      resources: [],
    };
  }

  /**
   * The secret that holds the versions. Before the provider deletes it, it removes its replicas, which AWS would
   * otherwise refuse.
   */
  #holder(
    name: string,
    { object, owner, rotateBy, adopt }: PutArgs,
    options: CustomResourceOptions & { readonly provider: Provider },
  ): Secret {
    const { recoveryWindowDays, replicas } = this.#spec;
    const key = this.#keyOf(object.name);
    return new Secret(
      name,
      {
        name: object.name,
        ...(key === undefined ? {} : { kmsKeyId: key }),
        recoveryWindowInDays: recoveryWindowDays,
        ...(replicas.length === 0 ? {} : { replicas: replicas.map(replicaInput) }),
        tags: objectTags(this.#spec, { owner, ...(rotateBy === undefined ? {} : { rotateBy }) }),
      },
      {
        ...options,
        hooks: { onError: [this.#explainDeleted] },
        // Creating refuses a name that is there, so it is imported; its value is written as a new version beside.
        ...(adopt ? { import: this.#arnOf(object.name), ignoreChanges: settledLater } : {}),
      },
    );
  }

  /** The value: where the state must not hold it, in a field of its own with the number that tells that it moved. */
  #value(args: PutArgs): Pick<SecretVersionArgs, "secretString" | "secretStringWo" | "secretStringWoVersion"> {
    const value = secret(args.payload.apply((text) => this.#fitting(args.object, text)));
    if (this.#spec.writeOnly !== true) return { secretString: value };
    return { secretStringWo: value, secretStringWoVersion: this.#writeOnly.number(args) };
  }

  /**
   * Leaving the key out would leave the secret with the customer key that it has, which readers may no longer use: the
   * provider takes an absent key for "as it is". AWS in turn does not tell the name of its own key, so that naming it
   * always would be a change at every run.
   */
  #keyOf(name: string): string | undefined {
    return this.#spec.kmsKeyArn ?? (this.#encrypted.has(name) ? accountKey : undefined);
  }

  #arnOf(name: string): string {
    const arn = this.#arns.get(name);
    if (arn === undefined) throw new Error(`"${name}" is to be adopted and was not found before`);
    return arn;
  }

  #grant(arn: AwsReadGrant["arn"]): AwsReadGrant {
    const { kind, kmsKeyArn } = this.#spec;
    return { kind, arn, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
  }

  /** The length of a provided value is known here and no sooner; AWS would refuse it in the middle of an update. */
  #fitting({ name }: RemoteObject, value: string): string {
    const size = Buffer.byteLength(value);
    if (size <= secretBytes) return value;
    const subject = `stores.${this.#spec.name}: secret "${name}"`;
    throw new ExpectedError(`${secretSizeProblem(subject, size)}.\n    fix: ${secretSizeFix(this.#spec)}`);
  }

  /** Where an interrupted run made the secret and wrote no value yet, there is nothing that could have changed. */
  #holds(name: string, written: StateResource["outputs"] | undefined): Output<boolean> {
    if (written === undefined) return output(true);
    return this.#writeOnly.intact(name, this.read(name), written.apply(lastWritten));
  }

  async #held(name: string): Promise<string | undefined> {
    try {
      const found = await getSecretVersion({ secretId: name }, { provider: this.#provider, async: true });
      // A value of bytes is in a field of its own, and the other one is empty then.
      return found.secretString === "" ? found.secretBinary : found.secretString;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw refused(this.#spec, `reading secret "${name}"`, error);
    }
  }

  /** One paged question for all names of an environment. Those that are scheduled for deletion are not among them. */
  async #list(prefix: string): Promise<void> {
    try {
      const filters = [{ name: "name", values: [prefix] }];
      const { arns } = await getSecrets({ filters }, { provider: this.#provider, async: true });
      for (const arn of arns) this.#arns.set(nameInArn(this.#spec, arn), arn);
    } catch (error) {
      throw refused(this.#spec, `listing the names of secrets that begin with ${prefix}`, error);
    }
  }
}

/**
 * AWS answers with the alias of its own key where none was named ("ReplicateSecretToRegions", sample response), and the
 * provider tells replicas apart by region and key (terraform-provider-aws `internal/service/secretsmanager/secret.go`:
 * `replica`, `Set`): left open, each run could take the replica away and make it anew.
 */
function replicaInput({ region, kmsKeyArn = accountKey }: AwsSecretsManagerSpec["replicas"][number]) {
  return { region, kmsKeyId: kmsKeyArn };
}

/** Name of a secret in its ARN, where a dash and six random characters follow it. */
function nameInArn(spec: AwsSecretsManagerSpec, arn: string): string {
  return arn.slice(secretArnPrefix(spec).length, -7);
}

function lastWritten({ secretString, secretStringWoVersion }: Readonly<Record<string, unknown>>): LastWritten {
  return {
    payload: typeof secretString === "string" ? secretString : "",
    number: writtenNumber(secretStringWoVersion),
  };
}
