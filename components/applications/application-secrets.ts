import { output, secret, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { RemoteSecret, StoredObject, StoredSecret } from "../backends/contract.ts";
import type { PreparedStore } from "../backends/session.ts";
import { encodePayload, type RemoteObject } from "../backends/remote-object.ts";
import { Component } from "../support/component.ts";
import { own } from "../support/own.ts";
import { canVerify, retiresPrevious, type AccountSpec, type RetireAtTarget } from "../targets/kinds.ts";
import type { ProbeUse } from "../targets/probes/spec.ts";
import { retiredAccount } from "../targets/retired-account.ts";
import { onceTold, toldAccount } from "../targets/told-account.ts";
import { digestKey } from "../values/digest-key.ts";
import type { Ways } from "../values/rotations.ts";
import { isAdoptedFromStores, type SecretSpec } from "../values/secret-spec.ts";
import { makeValues, type SecretValues } from "../values/values.ts";
import type { ApplicationSecretsArgs, Destination, VerifySecretArgs } from "./args.ts";
import { guarded, heldValues, holdsPreviousAlone, isReferenced, replicaOf, resourceName } from "./destinations.ts";
import { verified } from "./verified.ts";

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
  /** What is made here and can be verified, by `<app>/<secret>`. */
  readonly #verifiable = new Map<string, Verifiable>();
  /** Objects in stores of what is made here, by `<app>/<secret>`. */
  readonly #written = new Map<string, Resource[]>();

  constructor(name: string, args: ApplicationSecretsArgs, opts?: ComponentResourceOptions) {
    super("secrets:applications:ApplicationSecrets", name, opts);
    const stored = new Map<string, Map<string, StoredSecret>>();
    for (const spec of args.specs) {
      const destinations = args.destinations(spec);
      const ownKey = this.#digestKeyOf(spec, args);
      const reference = this.#referencing(spec, ownKey);
      const written = destinations.filter((each) => !isReferenced(spec, each));
      const put = written.length === 0 ? reference : this.#writing(spec, written, args, ownKey);
      // A replica follows from what is written.
      for (const destination of [...written, ...destinations.filter((each) => !written.includes(each))]) {
        const primary = stored.get(destination.replicaOf ?? "")?.get(spec.id);
        const write = written.includes(destination)
          ? put
          : primary === undefined
            ? reference
            : replicaOf(spec, primary);
        const byId = stored.get(destination.name) ?? new Map<string, StoredSecret>();
        stored.set(destination.name, byId.set(spec.id, write(destination)));
      }
    }
    this.stored = stored;
    this.registerOutputs({});
  }

  /** The secrets that can be verified: those that something is logged in to with. */
  get verifiable(): readonly string[] {
    return [...this.#verifiable.keys()];
  }

  /** The secrets that are made here. */
  get written(): readonly string[] {
    return [...this.#written.keys()];
  }

  /** What a secret that is made here is written to. */
  writtenOf(id: string): readonly Resource[] {
    return this.#written.get(id) ?? [];
  }

  /** Verifies a secret, once what delivers it is there. @returns what is there once it is. */
  verify(id: string, { places, after, tools }: VerifySecretArgs): Resource {
    const found = this.#verifiable.get(id);
    if (found === undefined) throw new Error(`${id} has nothing to be verified with`);
    const options = this.child({ dependsOn: [...found.written, ...after] });
    const proof = verified({ ...found, ...tools, places, options });
    const { retire } = found;
    if (retire === undefined) return proof;
    for (const account of found.accounts.filter(retiresPrevious)) {
      const administrator = found.administrator(account);
      retiredAccount({ ...found, account, administrator, retire, options: this.child({ dependsOn: proof }) });
    }
    return proof;
  }

  /** The objects are managed elsewhere: nothing is written; at most a digest key is created, to detect changes. */
  #referencing(spec: SecretSpec, ownKey: () => Output<string>) {
    return ({ name, store, objects }: Destination): RemoteSecret => {
      if (store === undefined) throw new Error(`${spec.id} can't be referenced in ${name}, which holds nothing`);
      return {
        kind: "remote",
        store: name,
        objects: objects(spec).map((object) => {
          if (object.issued === undefined) return store.reference(resourceName(spec, name, object), object, ownKey);
          if (store.issue === undefined) throw new Error(`store ${name} issues nothing, and is to issue ${spec.id}`);
          return store.issue(object);
        }),
      };
    };
  }

  /** The secret's key, made when it is first asked for: stores that need one share it. */
  #digestKeyOf(spec: SecretSpec, { entropy }: ApplicationSecretsArgs): () => Output<string> {
    let key: Output<string> | undefined;
    return () => (key ??= digestKey(spec, entropy, this.child()));
  }

  #writing(
    spec: SecretSpec,
    destinations: readonly Destination[],
    args: ApplicationSecretsArgs,
    ownKey: () => Output<string>,
  ) {
    const made = makeValues({
      spec,
      provided: args.provided,
      previous: (key) => args.previous?.(spec, key),
      ...(args.facts === undefined ? {} : { facts: args.facts }),
      entropy: args.entropy,
      adopted: this.#adopted(spec, destinations, args),
      options: this.child(),
    });
    const values = this.#onceTold(spec, made, args, ownKey);
    const key = destinations.some(({ writeOnly = false, sealed = false }) => writeOnly || sealed)
      ? ownKey()
      : undefined;
    const accounts = args.targets.accountsOf(spec).filter(({ target }) => canVerify(target));
    const probes = args.targets.probesOf?.(spec) ?? [];
    const written: Resource[] = [];
    this.#written.set(spec.id, written);
    if (accounts.length + probes.length > 0) {
      const { targets } = args;
      this.#verifiable.set(spec.id, {
        ...{ spec, accounts, probes, values, digestKey: ownKey(), written, ways: targets.waysOf?.(spec) },
        rolledBack: targets.rolledBackOf?.(spec),
        administrator: (account) =>
          account.administratedBy?.secret === spec.id
            ? passwordIn(values, account.password)
            : targets.administrator(account),
        ...(targets.retire === undefined ? {} : { retire: targets.retire }),
      });
    }
    return (destination: Destination): StoredSecret => {
      const { name, store } = destination;
      if (store === undefined) {
        return { kind: "embedded", store: name, values, ...(key === undefined ? {} : { digestKey: key }) };
      }
      const objects = destination.objects(spec);
      const put = (object: RemoteObject, dependsOn: readonly Resource[]) =>
        this.#put({ spec, object, values, key, name, store, args, dependsOn });
      // In objects of their own, previous values go first: else a reader between two writes would find neither the one nor the other.
      const before = new Map(
        objects
          .filter((object) => holdsPreviousAlone(spec, object))
          .map((object) => [object, put(object, [])] as const),
      );
      const first = [...before.values()].flatMap(({ resources }) => resources);
      const stored = objects.map((each) => before.get(each) ?? put(each, first));
      written.push(...stored.flatMap(({ resources }) => resources));
      return { kind: "remote", store: name, objects: stored };
    };
  }

  /** Nothing is handed out that a target of the secret does not know yet: all that follows is made of what this returns. */
  #onceTold(
    spec: SecretSpec,
    values: SecretValues,
    { targets, previous }: ApplicationSecretsArgs,
    ownKey: () => Output<string>,
  ) {
    const told = targets.accountsOf(spec).map((account) => {
      const before = previous?.(spec, account.password);
      const isAdministrator = account.administratedBy?.secret === spec.id;
      return toldAccount({
        spec,
        account,
        values,
        administrator: isAdministrator
          ? (before ?? passwordIn(values, account.password))
          : targets.administrator(account),
        isAdministrator,
        previous: before,
        inUse: targets.inUse?.(spec, account.password) ?? [],
        digestKey: ownKey(),
        tell: targets.tell,
        ways: targets.waysOf?.(spec),
        underWay: targets.underWay,
        options: this.child(),
      });
    });
    const known = told.length === 0 ? values : onceTold(values, told);
    targets.made?.(spec, known);
    return known;
  }

  /** Values to start from: those decided before the first write or, if the store could not be read then, its values now. */
  #adopted(spec: SecretSpec, destinations: readonly Destination[], { adoptions }: ApplicationSecretsArgs) {
    const decided = adoptions.get(spec.id);
    if (decided !== undefined) return secret(output(decided.values));
    return isAdoptedFromStores(spec) ? heldValues(spec, destinations) : undefined;
  }

  #put({ spec, object, values, key, name, store, args, dependsOn }: PutContext): StoredObject {
    const { owner, retain } = args;
    const held = store.survey.untracked.has(object.name);
    const wanted = values.apply((all) => encodePayload(object, all));
    const payload = held ? guarded({ spec, store: name, object }, wanted, store) : wanted;
    return store.put(resourceName(spec, name, object), {
      object,
      payload: secret(payload),
      owner,
      retain,
      ...(spec.rotateBy === undefined ? {} : { rotateBy: spec.rotateBy }),
      ...(key === undefined ? {} : { digestKey: key }),
      options: this.child(dependsOn.length === 0 ? {} : { dependsOn: [...dependsOn] }),
    });
  }
}

/** A secret that is tried with what its Secrets say. */
interface Verifiable {
  readonly spec: SecretSpec;
  readonly accounts: readonly AccountSpec[];
  readonly probes: readonly ProbeUse[];
  readonly values: SecretValues;
  readonly digestKey: Output<string>;
  readonly ways: Ways | undefined;
  readonly rolledBack: string | undefined;
  /** Its objects in stores. */
  readonly written: readonly Resource[];
  /** Password of the administrator of an account's target, which has its values by now. */
  readonly administrator: (account: AccountSpec) => Output<string>;
  readonly retire?: RetireAtTarget;
}

/** The password among the values of a secret, marked secret. */
export function passwordIn(values: SecretValues, key: string): Output<string> {
  return secret(values.apply((each) => own(each, key) ?? ""));
}

interface PutContext {
  readonly spec: SecretSpec;
  readonly object: RemoteObject;
  readonly values: SecretValues;
  readonly key: Output<string> | undefined;
  /** Name of the store. */
  readonly name: string;
  readonly store: PreparedStore;
  readonly args: ApplicationSecretsArgs;
  /** What is written before it. */
  readonly dependsOn: readonly Resource[];
}
