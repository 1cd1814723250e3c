import { output, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { Provider } from "@pulumi/aws/provider.js";
import { getParameter } from "@pulumi/aws/ssm/getParameter.js";
import { getParametersByPath } from "@pulumi/aws/ssm/getParametersByPath.js";
import { Parameter, type ParameterArgs } from "@pulumi/aws/ssm/parameter.js";
import { ExpectedError } from "../../support/errors.ts";
import { awsProvider, isNotFound, objectTags, refused } from "./provider.ts";
import { parameterArn, sizeFix, sizeProblem, valueLimit, type AwsParameterStoreSpec } from "./parameter-store.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import type { OpenArgs, OwnedObject, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import type { RemoteObject } from "../remote-object.ts";
import { WriteOnlyObjects, writtenNumber, type LastWritten } from "../write-only.ts";

export const backend: StoreBackend<AwsParameterStoreSpec> = {
  open: (args) => new ParameterStoreSession(args),
};

/** Names of tiers in the API. With `Intelligent-Tiering` AWS takes the smallest that fits, and never a smaller one later. */
const tiers = { "by-size": "Intelligent-Tiering", standard: "Standard", advanced: "Advanced" } as const;

/** The key that an account has for Parameter Store, and that everybody in it may use. */
const accountKey = "alias/aws/ssm";

class ParameterStoreSession implements StoreSession {
  readonly options: CustomResourceOptions;
  readonly #spec: AwsParameterStoreSpec;
  readonly #provider: Provider;
  /** Parameters that the state has. */
  readonly #owned = new Set<string>();
  /** Parameters that are advanced already, as far as the state knows. */
  readonly #advanced = new Set<string>();
  readonly #writeOnly = new WriteOnlyObjects();

  constructor({ spec, options }: OpenArgs<AwsParameterStoreSpec>) {
    this.#spec = spec;
    this.#provider = awsProvider(spec, options);
    this.options = { provider: this.#provider };
  }

  async existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(commonFolders(remoteNames).map((folder) => this.#list(folder)));
    const present = new Set(found.flat());
    return new Set(remoteNames.filter((name) => present.has(name)));
  }

  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
    const prefix = parameterArn(this.#spec, "/");
    const ours = state.filter(
      ({ type, names }) => type === "aws:ssm/parameter:Parameter" && names.arn?.startsWith(prefix),
    );
    return new Map(
      ours.map(({ name: resource, names: { arn = "", tier }, outputs }) => {
        const name = arn.slice(prefix.length - 1);
        this.#owned.add(name);
        if (tier === "Advanced") this.#advanced.add(name);
        const intact = () => this.#writeOnly.intact(name, this.read(name), outputs.apply(lastWritten));
        return [name, { resource, intact }];
      }),
    );
  }

  // The provider reads the value back, so a refresh sees the change and the update puts ours there again. It does not
  // where the value is write-only.
  healing(remoteName: string): string {
    if (this.#spec.writeOnly !== true) return "pulumi up --refresh";
    const get = `aws ssm get-parameter --region ${this.#spec.region} --with-decryption --query Parameter.Value --output text`;
    return (
      `aws ssm put-parameter --region ${this.#spec.region} --name ${remoteName} --overwrite ` +
      `--value "$(${get} --name ${remoteName}:<the last version of ours>)"`
    );
  }

  read(remoteName: string): Output<string | undefined> {
    return secret(this.#held(remoteName));
  }

  put(name: string, args: PutArgs): StoredObject {
    const { object, owner, rotateBy, retain, adopt, options } = args;
    const { kmsKeyArn } = this.#spec;
    const stored = new Parameter(
      name,
      {
        name: object.name,
        type: "SecureString",
        ...this.#value(args),
        tier: this.#tierOf(object),
        // Named in any case: without it a parameter that had a customer key would keep it, and readers may no longer use it.
        keyId: kmsKeyArn ?? accountKey,
        tags: objectTags(this.#spec, { owner, ...(rotateBy === undefined ? {} : { rotateBy }) }),
        // Taking over is writing over: an import would demand that tags, tier and key are already as they will be. The
        // value before stays in the parameter's history.
        ...(adopt ? { overwrite: true } : {}),
      },
      {
        ...options,
        provider: this.#provider,
        retainOnDelete: retain,
        // Only matters for the first write; without this the next run, which adopts no more, would show a change.
        ignoreChanges: ["overwrite"],
        // Where old and new object are one, deleting the old one last would delete the new value. Anywhere else the new one
        // comes first: deleted before, it would take the ExternalSecrets that read it along, and Secrets would be gone.
        deleteBeforeReplace: this.#owned.has(object.name),
      },
    );
    const version = stored.version.apply((number) => String(number));
    return { ...this.#stored(object, version), resources: [stored] };
  }

  reference(_: string, object: RemoteObject): StoredObject {
    const args = { name: object.name, withDecryption: false };
    const version = getParameter(args, { provider: this.#provider, async: true }).then((found) => found.version);
    return this.#stored(
      object,
      output(version).apply((number) => String(number)),
    );
  }

  #stored(object: RemoteObject, version: Output<string>): StoredObject {
    const { kind, kmsKeyArn } = this.#spec;
    const grant = {
      kind,
      arn: parameterArn(this.#spec, object.name),
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    };
    return { object, grant, version, resources: [] };
  }

  /** The value: where the state must not hold it, in a field of its own with the number that tells that it moved. */
  #value(args: PutArgs): Pick<ParameterArgs, "value" | "valueWo" | "valueWoVersion"> {
    const value = secret(args.payload.apply((text) => this.#fitting(args.object, text)));
    if (this.#spec.writeOnly !== true) return { value };
    return { valueWo: value, valueWoVersion: this.#writeOnly.number(args) };
  }

  /** AWS refuses to make an advanced parameter standard again; it would have to be deleted, with its history. */
  #tierOf({ name }: RemoteObject): string {
    return this.#advanced.has(name) && this.#spec.tier === "standard" ? tiers.advanced : tiers[this.#spec.tier];
  }

  /** The length of a provided value is known here and no sooner; AWS would refuse it in the middle of an update. */
  #fitting({ name }: RemoteObject, value: string): string {
    const size = Buffer.byteLength(value);
    if (size <= valueLimit(this.#spec)) return value;
    const subject = `stores.${this.#spec.name}: parameter "${name}"`;
    throw new ExpectedError(`${sizeProblem(this.#spec, subject, size)}.\n    fix: ${sizeFix(this.#spec)}`);
  }

  async #held(name: string): Promise<string | undefined> {
    try {
      return (await getParameter({ name, withDecryption: true }, { provider: this.#provider, async: true })).value;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw refused(this.#spec, `reading parameter "${name}"`, error);
    }
  }

  async #list(path: string): Promise<readonly string[]> {
    try {
      // Without decryption: values come as ciphertext, and no right to the key is needed.
      const args = { path, recursive: true, withDecryption: false };
      return (await getParametersByPath(args, { provider: this.#provider, async: true })).names;
    } catch (error) {
      throw refused(this.#spec, `listing the names of parameters below ${path}`, error);
    }
  }
}

function lastWritten({ value, valueWoVersion }: Readonly<Record<string, unknown>>): LastWritten {
  return { payload: typeof value === "string" ? value : "", number: writtenNumber(valueWoVersion) };
}

/** The deepest folders that hold all of these names, one for each first level: `/acme-dev/shop`. */
export function commonFolders(names: readonly string[]): readonly string[] {
  const trees = Map.groupBy(names, (name) => name.split("/")[1] ?? "");
  return [...trees.values()].map((tree) => {
    const [first = [], ...others] = tree.map((name) => name.split("/").slice(0, -1));
    const end = first.findIndex((level, depth) => others.some((other) => other[depth] !== level));
    return first.slice(0, end === -1 ? undefined : end).join("/") || "/";
  });
}
