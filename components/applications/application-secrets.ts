import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import type { StoredSecret, StoreSession, StoreCandidate } from "../stores/contract.ts";
import { Component } from "../support/component.ts";
import type { Entropy } from "../values/generate.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import { makeValues, type SecretValues } from "../values/values.ts";
import { guardExisting } from "./guard.ts";

/** A store that secrets of the application go to. */
export interface Destination {
  readonly name: string;
  readonly session: StoreSession;
  /** Remote name of each secret. */
  readonly remoteName: (spec: SecretSpec) => string;
  /** Remote names that exist although the state does not know them, and that preflight let pass. */
  readonly strangers: ReadonlySet<string>;
}

export interface ApplicationSecretsArgs {
  readonly specs: readonly SecretSpec[];
  /** Stores of each secret, by `<app>/<secret>`. */
  readonly destinations: (spec: SecretSpec) => readonly Destination[];
  readonly candidate: (spec: SecretSpec) => StoreCandidate;
  readonly entropy: Entropy;
  readonly provided: (config: string) => Output<string>;
  readonly owner: Readonly<Record<string, string>>;
  readonly retain: boolean;
}

/**
 * The secrets of one application: their values, made once, and the remote objects that hold them.
 *
 * @example
 * const { stored } = new ApplicationSecrets("mlflow", { specs, destinations, candidate, provided, owner, retain: false });
 * stored.get("vault")?.get("mlflow/db-password");
 */
export class ApplicationSecrets extends Component {
  /** What is stored: by store name, then by `<app>/<secret>`. */
  readonly stored: ReadonlyMap<string, ReadonlyMap<string, StoredSecret>>;

  constructor(name: string, args: ApplicationSecretsArgs, opts?: ComponentResourceOptions) {
    super("secrets:applications:ApplicationSecrets", name, opts);
    const stored = new Map<string, Map<string, StoredSecret>>();
    for (const spec of args.specs) {
      const destinations = args.destinations(spec);
      const values = makeValues({
        spec,
        provided: args.provided,
        entropy: args.entropy,
        adopted: spec.adopt ? heldValues(spec, destinations) : undefined,
        options: this.child(),
      });
      for (const destination of destinations) {
        const byId = stored.get(destination.name) ?? new Map<string, StoredSecret>();
        stored.set(destination.name, byId.set(spec.id, this.#put(spec, destination, values, args)));
      }
    }
    this.stored = stored;
    this.registerOutputs({});
  }

  #put(spec: SecretSpec, destination: Destination, values: SecretValues, args: ApplicationSecretsArgs): StoredSecret {
    const { candidate, owner, retain } = args;
    const remoteName = destination.remoteName(spec);
    const guarded =
      !spec.adopt && destination.strangers.has(remoteName)
        ? guardExisting(spec.id, destination.name, values, destination.session.read(remoteName))
        : values;
    return destination.session.put(`${spec.id}/${destination.name}`, {
      candidate: candidate(spec),
      values: guarded,
      owner,
      retain,
      options: this.child(),
    });
  }
}

/** The values to adopt: what the first store that holds the secret has. In the state they are looked at no more. */
function heldValues(spec: SecretSpec, destinations: readonly Destination[]): SecretValues | undefined {
  const holder = destinations.find(({ strangers, remoteName }) => strangers.has(remoteName(spec)));
  return holder?.session.read(holder.remoteName(spec)).apply((found) => found ?? {});
}
