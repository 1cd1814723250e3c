import type { RemoteSecret, StoredSecret } from "../backends/contract.ts";
import type { GeneratorRead, KeyRef } from "../external-secrets/manifests.ts";
import { referenceOf, refOf, type RemoteObject, type RemoteRef } from "../backends/remote-object.ts";
import type { IssuedObject } from "../backends/issued.ts";
import { own } from "../support/own.ts";
import { sourcesOf, type DeliveredKey, type DeliveredTemplate, type DeliverySpec } from "./contract.ts";
import { issuingGeneratorName } from "./generators.ts";
import { operatorTemplate } from "./operator-template.ts";

/** What an ExternalSecret reads: whole objects where it wants all of their keys under their own names, else key by key. */
export interface Selection {
  readonly extract: readonly string[];
  readonly data: readonly KeyRef[];
  /** Generators that credentials come from, with the variable that each field is in `template`. Default: none. */
  readonly generators?: readonly GeneratorRead[];
  /** Text of each key of the Secret as a template of the operator, in which `data` are variables. Default: `data` are its keys. */
  readonly template?: Readonly<Record<string, string>>;
}

/** What decides how an object is read. */
export interface ReadableObject {
  readonly object: RemoteObject;
}

/** Finds by `<app>/<secret>`. */
export type ById<T> = Pick<ReadonlyMap<string, T>, "get">;

/** A secret with the objects that hold it. */
export interface ReadableSecret<O extends ReadableObject = ReadableObject> {
  readonly objects: readonly O[];
}

/**
 * Chooses the cheapest way to read what a Secret needs: an object read whole costs the store one call however many keys
 * it has; `data` entries cost one call each. One that somebody else writes may have keys that are nobody's concern here, so
 * what facts describe is read key by key. Pure.
 */
export function selectReads(spec: DeliverySpec, stored: ById<ReadableSecret>): Selection {
  if (spec.templates !== undefined || isIssued(spec, stored)) return composed(spec, spec.templates ?? [], stored);
  const extract: string[] = [];
  const data: KeyRef[] = [];
  for (const { secret, objects } of readObjects(spec, stored)) {
    for (const { object } of objects) {
      const wanted = spec.keys.filter((each) => each.secret === secret && object.keys.includes(each.from));
      const whole =
        wanted.length === object.keys.length && wanted.every(({ key, from, bytes }) => key === from && bytes !== true);
      if (whole && object.layout === "bundle" && object.foreign === undefined) extract.push(referenceOf(object));
      else data.push(...wanted.map((each) => ({ secretKey: each.key, ref: readingOf(object, each) })));
    }
  }
  return { extract, data };
}

function isIssued(spec: DeliverySpec, stored: ById<ReadableSecret>): boolean {
  return readObjects(spec, stored).some(({ objects }) => objects.some(({ object }) => object.issued !== undefined));
}

/** Every value once, as a variable: the Secret has no keys but those that it asks for. */
function composed(
  spec: DeliverySpec,
  templates: readonly DeliveredTemplate[],
  stored: ById<ReadableSecret>,
): Selection {
  const objects = new Map(readObjects(spec, stored).map(({ secret, objects: all }) => [secret, all]));
  const variables = new Map<string, KeyRef>();
  const generated = new Map<string, { kind: IssuedObject["generator"]; fields: Map<string, string> }>();
  const issuedBy = ({ secret, from }: Omit<DeliveredKey, "key">, { generator: kind, fields }: IssuedObject): string => {
    // One that the store does not issue is refused by then (`checkIssued`).
    const field = own(fields, from) ?? from;
    const name = issuingGeneratorName(secret);
    const read = generated.get(name) ?? { kind, fields: new Map<string, string>() };
    generated.set(name, read);
    const variable = read.fields.get(field) ?? `issued${generated.size}_${field}`;
    read.fields.set(field, variable);
    return variable;
  };
  const variableOf = (source: Omit<DeliveredKey, "key">): string => {
    const { secret, from, bytes } = source;
    const place = `${secret}/${from}${bytes === true ? " as bytes" : ""}`;
    const object = objects.get(secret)?.find((each) => each.object.keys.includes(from))?.object;
    if (object === undefined) throw new Error(`${place} is in no object that ${spec.secretName} reads`);
    if (object.issued !== undefined) return issuedBy(source, object.issued);
    const known = variables.get(place) ?? { secretKey: `value${variables.size}`, ref: readingOf(object, source) };
    variables.set(place, known);
    return known.secretKey;
  };
  const direct = spec.keys.map((each) => [each.key, `{{ .${variableOf(each)} }}`] as const);
  const made = templates.map(({ key, text, sources }) => {
    const named = (source: string) => {
      const place = own(sources, source);
      if (place === undefined) throw new Error(`${spec.secretName} names ${source}, which leads nowhere`);
      return variableOf(place);
    };
    return [key, operatorTemplate(text, named)] as const;
  });
  const generators = [...generated].map(([name, { kind, fields }]) => ({
    name,
    kind,
    fields: Object.fromEntries(fields),
  }));
  return {
    extract: [],
    data: [...variables.values()],
    ...(generators.length === 0 ? {} : { generators }),
    template: Object.fromEntries([...direct, ...made]),
  };
}

/** Facts that describe an object of somebody else say themselves how its values are encoded. */
function readingOf(object: RemoteObject, { from, bytes }: Pick<DeliveredKey, "from" | "bytes">): RemoteRef {
  const ref = refOf(object, from);
  return bytes === true && ref.decode === undefined ? { ...ref, decode: "base64" } : ref;
}

/** The remote objects that a Secret is built from, by secret: those that hold one of its keys, and no others. Pure. */
export function readObjects<O extends ReadableObject>(
  spec: DeliverySpec,
  stored: ById<ReadableSecret<O>>,
): readonly { readonly secret: string; readonly objects: readonly O[] }[] {
  const sources = sourcesOf(spec);
  return [...new Set(sources.map(({ secret }) => secret))].map((secret) => {
    const remote = stored.get(secret);
    const where = `${spec.namespace}/${spec.secretName}`;
    if (remote === undefined) throw new Error(`${where} reads ${secret}, which was not stored`);
    const wanted = sources.filter((each) => each.secret === secret).map(({ from }) => from);
    const lost = wanted.find((key) => !remote.objects.some(({ object }) => object.keys.includes(key)));
    if (lost !== undefined) throw new Error(`${secret} has no key ${lost}`);
    return {
      secret,
      objects: remote.objects.filter(({ object }) => object.keys.some((key) => wanted.includes(key))),
    };
  });
}

/** What is stored, as far as it is in a remote store. */
export function remoteOnly(stored: ById<StoredSecret>): ById<RemoteSecret> {
  return {
    get: (id) => {
      const secret = stored.get(id);
      return secret?.kind === "remote" ? secret : undefined;
    },
  };
}
