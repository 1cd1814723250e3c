import { all, secret, type Output } from "@pulumi/pulumi";
import type { RemoteSecret, StoredSecret } from "../backends/contract.ts";
import { decodePayload, type RemoteObject } from "../backends/remote-object.ts";
import type { PreparedStore } from "../backends/session.ts";
import { own } from "../support/own.ts";
import { isAdoptedFromStores, preferredHolder, type SecretSpec } from "../values/secret-spec.ts";
import type { SecretValues } from "../values/values.ts";
import type { Destination } from "./args.ts";
import { guardAdopted, guardExisting, type AdoptedObject } from "./guard.ts";

/** `<app>/<secret>/<store>`, with the key where each has an object of its own. */
export function resourceName({ id }: Pick<SecretSpec, "id">, store: string, { layout, keys }: RemoteObject): string {
  return layout === "bundle" ? `${id}/${store}` : `${id}/${store}/${keys[0] ?? ""}`;
}

/** Whether somebody else writes a secret there. */
export function isReferenced(
  { origin }: SecretSpec,
  { referenced = origin.kind === "referenced" }: Destination,
): boolean {
  return referenced;
}

/** A secret in a destination that gets it by itself from where it is written. */
export function replicaOf(spec: SecretSpec, primary: StoredSecret) {
  return ({ name, store, objects }: Destination): RemoteSecret => {
    const written = primary.kind === "remote" ? primary.objects : [];
    return {
      kind: "remote",
      store: name,
      objects: objects(spec).map((object, index) => {
        const source = written[index];
        if (source === undefined || store?.replica === undefined)
          throw new Error(`store ${name} has no replica of ${spec.id}`);
        return store.replica(object, source);
      }),
    };
  };
}

/** Whether an object has previous values and no other. */
export function holdsPreviousAlone({ keys: recipes }: SecretSpec, { keys }: RemoteObject): boolean {
  return keys.every((key) => own(recipes, key)?.kind === "previous");
}

/** What is written over an object that exists: refused where a value would be lost. */
export function guarded(adopted: AdoptedObject, wanted: Output<string>, store: PreparedStore): Output<string> {
  const { spec, object } = adopted;
  const remote = store.read(object.name);
  return isAdoptedFromStores(spec)
    ? guardAdopted(adopted, wanted, remote)
    : guardExisting(spec.id, adopted.store, wanted, remote);
}

/** The values to adopt: what the store that facts name, or else the first, has. In the state they are looked at no more. */
export function heldValues(spec: SecretSpec, destinations: readonly Destination[]): SecretValues | undefined {
  const holding = destinations.flatMap(({ name, store, objects }) => {
    const held = objects(spec).filter((object) => store?.survey.untracked.has(object.name) === true);
    return store === undefined || held.length === 0 ? [] : [{ name, store, held }];
  });
  const holder = holding.find(({ name }) => name === preferredHolder(spec)) ?? holding[0];
  if (holder === undefined) return undefined;
  const contents = holder.held.map((object) =>
    holder.store.read(object.name).apply((found) => (found === undefined ? {} : decodePayload(object, found))),
  );
  return secret(all(contents).apply((each) => Object.fromEntries(each.flatMap((values) => Object.entries(values)))));
}
