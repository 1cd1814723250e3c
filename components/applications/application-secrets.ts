import { all, output, secret, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { RemoteSecret, StoredObject, StoredSecret, StoreSession } from "../backends/contract.ts";
import { decodePayload, encodePayload, type RemoteObject } from "../backends/remote-object.ts";
import { Component } from "../support/component.ts";
import { digestKey } from "../values/digest-key.ts";
import type { Entropy } from "../values/entropy.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import { makeValues, type SecretValues } from "../values/values.ts";
import type { Adoption } from "./adoption.ts";
import { guardAdopted, guardExisting, type AdoptedObject } from "./guard.ts";

/** A store that secrets of the application go to. */
export interface Destination {
  readonly name: string;
  /** Absent when the store is the namespace itself. */
  readonly session: StoreSession | undefined;
  /** Remote objects of each secret. */
  readonly objects: (spec: SecretSpec) => readonly RemoteObject[];
  /** Remote names that exist although the state does not know them, and that preflight let pass. */
  readonly strangers: ReadonlySet<string>;
  /** Whether the state must not hold what is written there. Default: no. */
  readonly writeOnly?: boolean;
}

export interface ApplicationSecretsArgs {
  readonly specs: readonly SecretSpec[];
  /** Stores of each secret, by `<app>/<secret>`. */
  readonly destinations: (spec: SecretSpec) => readonly Destination[];
  readonly entropy: Entropy;
  readonly provided: (config: string) => Output<string>;
  readonly owner: Readonly<Record<string, string>>;
  readonly retain: boolean;
  /** What was decided about secrets that are taken over, by `<app>/<secret>`. */
  readonly adoptions: ReadonlyMap<string, Adoption>;
}

/**
 * The secrets of one application: their values, made once, and the remote objects that hold them.
 *
 * @example
 * const { stored } = new ApplicationSecrets("mlflow", { specs, destinations, provided, owner, retain: false });
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
      const write = spec.referenced ? this.#referencing(spec, args) : this.#writing(spec, destinations, args);
      for (const destination of destinations) {
        const byId = stored.get(destination.name) ?? new Map<string, StoredSecret>();
        stored.set(destination.name, byId.set(spec.id, write(destination)));
      }
    }
    this.stored = stored;
    this.registerOutputs({});
  }

  /** The objects are somebody else's: nothing is written, and at most a key is made, to tell when they change. */
  #referencing(spec: SecretSpec, { entropy }: ApplicationSecretsArgs) {
    let key: Output<string> | undefined;
    const ownKey = () => (key ??= digestKey(spec, entropy, this.child()));
    return ({ name: store, session, objects }: Destination): RemoteSecret => {
      if (session === undefined) throw new Error(`${spec.id} can't be referenced in ${store}, which holds nothing`);
      return {
        kind: "remote",
        store,
        objects: objects(spec).map((object) => session.reference(resourceName(spec, store, object), object, ownKey)),
      };
    };
  }

  #writing(spec: SecretSpec, destinations: readonly Destination[], args: ApplicationSecretsArgs) {
    const values = makeValues({
      spec,
      provided: args.provided,
      entropy: args.entropy,
      adopted: this.#adopted(spec, destinations, args),
      options: this.child(),
    });
    const key = destinations.some(({ writeOnly = false }) => writeOnly)
      ? digestKey(spec, args.entropy, this.child())
      : undefined;
    return (destination: Destination): StoredSecret => {
      const { name: store, session } = destination;
      if (session === undefined) return { kind: "embedded", store, values };
      const objects = destination
        .objects(spec)
        .map((object) => this.#put({ spec, object, values, key, session, destination, args }));
      return { kind: "remote", store, objects };
    };
  }

  /** Values to start from: as decided, or where the store could not be asked before, as it answers now. */
  #adopted(spec: SecretSpec, destinations: readonly Destination[], { adoptions }: ApplicationSecretsArgs) {
    const decided = adoptions.get(spec.id);
    if (decided !== undefined) return secret(output(decided.values));
    return spec.adopt ? heldValues(spec, destinations) : undefined;
  }

  #put({ spec, object, values, key, session, destination, args }: PutContext): StoredObject {
    const { owner, retain } = args;
    const held = destination.strangers.has(object.name);
    const wanted = values.apply((all) => encodePayload(object, all));
    const payload = held ? guarded({ spec, store: destination.name, object }, wanted, session) : wanted;
    return session.put(resourceName(spec, destination.name, object), {
      object,
      payload: secret(payload),
      owner,
      retain,
      adopt: held,
      ...(spec.rotateBy === undefined ? {} : { rotateBy: spec.rotateBy }),
      ...(key === undefined ? {} : { digestKey: key }),
      options: this.child(),
    });
  }
}

function guarded(adopted: AdoptedObject, wanted: Output<string>, session: StoreSession): Output<string> {
  const { spec, store, object } = adopted;
  const remote = session.read(object.name);
  return spec.adopt ? guardAdopted(adopted, wanted, remote) : guardExisting(spec.id, store, wanted, remote);
}

interface PutContext {
  readonly spec: SecretSpec;
  readonly object: RemoteObject;
  readonly values: SecretValues;
  readonly key: Output<string> | undefined;
  readonly session: StoreSession;
  readonly destination: Destination;
  readonly args: ApplicationSecretsArgs;
}

/** `<app>/<secret>/<store>`, with the key where each has an object of its own. */
export function resourceName({ id }: Pick<SecretSpec, "id">, store: string, { layout, keys }: RemoteObject): string {
  return layout === "bundle" ? `${id}/${store}` : `${id}/${store}/${keys[0] ?? ""}`;
}

/** The values to adopt: what the store that facts name, or else the first, has. In the state they are looked at no more. */
function heldValues(spec: SecretSpec, destinations: readonly Destination[]): SecretValues | undefined {
  const holding = destinations.filter(({ objects, strangers }) =>
    objects(spec).some(({ name }) => strangers.has(name)),
  );
  const holder = holding.find(({ name }) => name === spec.adoptFrom) ?? holding[0];
  const session = holder?.session;
  if (holder === undefined || session === undefined) return undefined;
  const held = holder.objects(spec).filter(({ name }) => holder.strangers.has(name));
  const contents = held.map((object) =>
    session.read(object.name).apply((found) => (found === undefined ? {} : decodePayload(object, found))),
  );
  return secret(all(contents).apply((each) => Object.fromEntries(each.flatMap((values) => Object.entries(values)))));
}
