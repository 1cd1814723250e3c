import { log, secret, Stash, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { initialEpoch, type SecretSpec } from "./secret-spec.ts";

/** What is made once and then kept: a random value or salt, and what it was made by. */
interface Kept {
  /** Fingerprint of the recipe. States have it under this name. */
  readonly rule: string;
  readonly value: string;
}

export interface FrozenArgs {
  readonly spec: SecretSpec;
  readonly key: string;
  /** Of the recipe: a value that was made by another one stays, with a warning. */
  readonly fingerprint: string;
  /** Makes the value. Called at every run; the result counts in the first run of the epoch only. */
  readonly make: () => Output<string> | string;
  readonly options: CustomResourceOptions;
}

/**
 * A value that only a rotation changes. It lies, encrypted, in a `Stash`: a resource of the engine itself, whose input
 * is ignored once it exists. No upgrade of a provider, changed rule or refresh can touch it.
 *
 * Why no resource of `@pulumi/random`: the ids of `RandomBytes`, `RandomString`, `RandomId` and `RandomUuid` are the value
 * in clear (pulumi/pulumi#8946; for RandomBytes pulumi-random `provider/resources.go`, `computeRandomBytesID`), and
 * `RandomPassword` spends 57 ms on a bcrypt hash and makes a new password when any of its inputs changes.
 */
export function frozen({ spec, key, fingerprint, make, options }: FrozenArgs): Output<string> {
  const input = secret(make()).apply((value): Kept => ({ rule: fingerprint, value }));
  const stash = new Stash(epochName(spec, key), { input }, { ...options, ignoreChanges: ["input"] });
  return (stash.output as Output<Kept>).apply((kept) => {
    if (kept.rule !== fingerprint) void log.warn(changedRule(spec.id, key), stash);
    return kept.value;
  });
}

/**
 * Logical name of what belongs to one epoch of a key. The epoch is in the name, so a rotation is a new resource beside
 * the old one, made by the catalogue's rule of today; a replacement would get its old, ignored input again.
 */
export function epochName(spec: Pick<SecretSpec, "id" | "epoch">, key: string): string {
  return spec.epoch === initialEpoch ? `${spec.id}/${key}` : `${spec.id}/${key}@${spec.epoch}`;
}

function changedRule(id: string, key: string): string {
  return (
    `The rule of ${id} ${key} changed in the catalogue; its value stays as it is until the secret is rotated ` +
    `(rotations["${id}"] in the environment's facts).`
  );
}

/** Whether a logical name is that of some epoch of a key. */
export function isEpochOf({ id }: Pick<SecretSpec, "id">, key: string, name: string): boolean {
  const first = `${id}/${key}`;
  return name === first || (name.startsWith(first) && epochs.exec(name)?.index === first.length);
}

/** The epoch in the logical name of a value. */
export function epochIn(name: string): string {
  return epochs.exec(name)?.[1] ?? initialEpoch;
}

/** Whether an epoch came before another one: the first one before every date. */
export function isEarlier(epoch: string, other: string): boolean {
  return other !== initialEpoch && (epoch === initialEpoch || epoch < other);
}

/** Whether a text ends as the name of a value does that a rotation made. */
export function endsAsEpoch(text: string): boolean {
  return epochs.test(text);
}

/** At the end of a name: a date, or a UTC time. A key may hold an `@` itself, as that of an htpasswd user does. */
const epochs = /@(\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?)$/;
