import { own } from "../../../components/support/own.ts";
import { parse } from "yaml";
import {
  issueAt,
  reading,
  type FoundKey,
  type FoundSecret,
  type FoundStore,
  type Left,
  type Place,
  type Reading,
} from "../model.ts";
import { accountIn, awsStore, foundStore, keyVault, secretManager, vaultStore } from "./secret-store.ts";
import { applicationOf } from "./kubernetes-secret.ts";
import { at, listAt, textAt, textsAt, type YamlDocument } from "./yaml.ts";

/** An object that the driver mounts as a file. */
interface Mounted {
  /** Name of the file, by which `secretObjects` refer to it. */
  readonly file: string;
  readonly store: FoundStore;
  readonly name: string;
  readonly property?: string;
}

interface Context {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly parameters: unknown;
}

type Read = { readonly mounted: Mounted } | { readonly what: string; readonly reason: string };

/**
 * Reads a SecretProviderClass: the objects that it mounts, and the Secrets that the driver makes of them. Objects in no
 * Secret become a Secret of the class's name, which Pods mount as a volume instead. Pure.
 */
export function readSecretProviderClass({ data, placeOf }: YamlDocument): Reading {
  const name = textAt(data, "metadata", "name");
  if (name === undefined)
    return reading({ issues: [issueAt(placeOf(["metadata"]), "is a SecretProviderClass without metadata.name")] });
  const namespace = textAt(data, "metadata", "namespace");
  const id = `SecretProviderClass ${namespace === undefined ? name : `${namespace}/${name}`}`;
  const provider = textAt(data, "spec", "provider");
  const read = own(readers, provider ?? "");
  if (read === undefined) {
    return reading({
      left: [
        {
          at: placeOf(["spec", "provider"]),
          what: id,
          reason: `is of provider ${provider ?? "none"}, which is no kind of store of this program`,
        },
      ],
    });
  }
  const field = provider === "gcp" ? "secrets" : "objects";
  const place = placeOf(["spec", "parameters", field]);
  const objects = objectsIn(textAt(data, "spec", "parameters", field));
  if (objects === undefined)
    return reading({ issues: [issueAt(place, `spec.parameters.${field} is no list in YAML`)] });
  const results = objects.flatMap((each) =>
    read(each, { id, name, place, parameters: at(data, "spec", "parameters") }),
  );
  const mounted = results.flatMap((each) => ("mounted" in each ? [each.mounted] : []));
  const left: Left[] = results.flatMap((each) =>
    "reason" in each ? [{ at: place, what: `${id}, ${each.what}`, reason: each.reason }] : [],
  );
  const synced = listAt(data, "spec", "secretObjects").flatMap((each, index): readonly FoundSecret[] => {
    const secretName = textAt(each, "secretName");
    const at = placeOf(["spec", "secretObjects", index]);
    const type = textAt(each, "type");
    const keys = listAt(each, "data").flatMap((entry): readonly FoundKey[] => {
      const key = textAt(entry, "key");
      const objectName = textAt(entry, "objectName") ?? "";
      const object = mounted.find(({ file }) => file === objectName);
      if (key !== undefined && object !== undefined) return [keyOf(key, object, at)];
      left.push({
        at,
        what: `${id}, Secret ${secretName ?? ""}, key ${key ?? ""}`,
        reason: "is made of an object that is not mounted, or not migrated",
      });
      return [];
    });
    if (secretName === undefined || keys.length === 0) return [];
    const target = {
      name: secretName,
      ...(namespace === undefined ? {} : { namespace }),
      ...(type === undefined || type === "Opaque" ? {} : { type }),
      labels: textsAt(each, "labels"),
      isApplied: true,
    };
    const note =
      "the driver deletes the Secret with the last Pod that mounts the class: apply the delivery before you remove the volume";
    return [
      { source: "secret-provider-class", at, keys, target, ...applicationOf(data), consumers: [], notes: [note] },
    ];
  });
  const inSecrets = new Set(
    synced.flatMap(({ keys }) => keys.map(({ remote }) => `${remote?.name ?? ""}\n${remote?.property ?? ""}`)),
  );
  const files = mounted.filter((each) => !inSecrets.has(`${each.name}\n${each.property ?? ""}`));
  const volume: FoundSecret = {
    source: "secret-provider-class",
    at: placeOf(),
    keys: files.map((each) => keyOf(each.file, each, place)),
    target: { name, ...(namespace === undefined ? {} : { namespace }), labels: {}, isApplied: false },
    ...applicationOf(data),
    consumers: [],
    notes: ["its objects are mounted as files and in no Secret: Pods must mount this Secret as a volume instead"],
  };
  const stores = new Map(mounted.map(({ store }) => [store.id, store]));
  return reading({ secrets: [...synced, ...(files.length === 0 ? [] : [volume])], stores: [...stores.values()], left });
}

function keyOf(name: string, { store, name: remote, property }: Mounted, place: Place): FoundKey {
  return {
    name,
    at: place,
    remote: { store: store.id, name: remote, ...(property === undefined ? {} : { property }) },
    notes: [],
  };
}

/** The list that a parameter holds as a text of YAML; Azure's has texts of YAML in an `array`. */
function objectsIn(text: string | undefined): readonly unknown[] | undefined {
  try {
    const value: unknown = parse(text ?? "", { version: "1.1", maxAliasCount: 100, logLevel: "silent" });
    const list = Array.isArray(value) ? (value as readonly unknown[]) : at(value, "array");
    if (!Array.isArray(list)) return undefined;
    return list.map((each: unknown) =>
      typeof each === "string" ? (parse(each, { version: "1.1", logLevel: "silent" }) as unknown) : each,
    );
  } catch {
    return undefined;
  }
}

const readers: Readonly<Record<string, (object: unknown, context: Context) => readonly Read[]>> = {
  aws: readAws,
  azure: readAzure,
  gcp: readGcp,
  vault: readVault,
};

const nameless = { what: "an object without a name", reason: "has no name" };

function readAws(object: unknown, { id, name: className, place, parameters }: Context): readonly Read[] {
  const objectName = textAt(object, "objectName");
  if (objectName === undefined) return [nameless];
  const arn =
    /^arn:[^:]+:(?<service>[^:]+):(?<region>[^:]*):\d*:(?:secret:(?<secret>.+)-[A-Za-z\d]{6}|parameter(?<parameter>\/.+))$/.exec(
      objectName,
    )?.groups;
  const type = textAt(object, "objectType") ?? (arn?.["service"] === "ssm" ? "ssmparameter" : "secretsmanager");
  if (textAt(object, "objectVersion") !== undefined || textAt(object, "objectVersionLabel") !== undefined) {
    return [{ what: objectName, reason: "names a version of the object, and this program delivers the newest" }];
  }
  const kind = type === "ssmparameter" ? "aws-parameter-store" : "aws-secrets-manager";
  const region = textAt(parameters, "region") ?? arn?.["region"];
  const described = awsStore(kind, { region, accountId: accountIn(objectName) });
  const store = foundStore({ id: `${id} (${type})`, name: className, at: place, described });
  const name = arn?.["secret"] ?? arn?.["parameter"] ?? objectName;
  const paths = listAt(object, "jmesPath");
  if (paths.length === 0)
    return [{ mounted: { file: textAt(object, "objectAlias") ?? objectName.replaceAll("/", "_"), store, name } }];
  return paths.map((each): Read => {
    const path = textAt(each, "path") ?? "";
    const property = /^"?([\w-]+)"?$/.exec(path)?.[1];
    if (property === undefined)
      return {
        what: `${objectName}, a jmesPath`,
        reason: "is a path into nested JSON, and this program stores texts by key",
      };
    return { mounted: { file: textAt(each, "objectAlias") ?? property, store, name, property } };
  });
}

function readAzure(object: unknown, { id, name: className, place, parameters }: Context): readonly Read[] {
  const name = textAt(object, "objectName");
  if (name === undefined) return [nameless];
  const type = textAt(object, "objectType") ?? "secret";
  if (type !== "secret") return [{ what: name, reason: `is of type ${type}, and no secret` }];
  if (textAt(object, "objectVersion") !== undefined)
    return [{ what: name, reason: "names a version of the object, and this program delivers the newest" }];
  const vault = textAt(parameters, "keyvaultName");
  const url = vault === undefined ? undefined : `https://${vault}.vault.azure.net`;
  const store = foundStore({
    id,
    name: className,
    at: place,
    described: keyVault({ url, tenantId: textAt(parameters, "tenantId") }),
  });
  return [{ mounted: { file: textAt(object, "objectAlias") ?? name, store, name } }];
}

function readGcp(object: unknown, { id, name: className, place }: Context): readonly Read[] {
  const resource = textAt(object, "resourceName") ?? "";
  const { project, secret, version } =
    /^projects\/(?<project>[^/]+)\/secrets\/(?<secret>[^/]+)\/versions\/(?<version>[^/]+)$/.exec(resource)?.groups ??
    {};
  if (secret === undefined) return [nameless];
  if (version !== "latest")
    return [{ what: secret, reason: "names a version of the object, and this program delivers the newest" }];
  const store = foundStore({ id, name: className, at: place, described: secretManager(project) });
  return [{ mounted: { file: textAt(object, "path") ?? textAt(object, "fileName") ?? secret, store, name: secret } }];
}

function readVault(object: unknown, { id, name: className, place, parameters }: Context): readonly Read[] {
  const file = textAt(object, "objectName");
  const path = textAt(object, "secretPath");
  if (file === undefined || path === undefined) return [nameless];
  const { mount, name } = /^\/?(?<mount>.+?)\/data\/(?<name>.+)$/.exec(path)?.groups ?? {};
  const property = textAt(object, "secretKey");
  if (mount === undefined || name === undefined)
    return [{ what: file, reason: "is in no KV engine of version 2 (<mount>/data/<path>)" }];
  if (property === undefined)
    return [{ what: file, reason: "mounts a whole answer of Vault, and the catalogue delivers keys" }];
  const described = vaultStore({
    address: textAt(parameters, "vaultAddress"),
    mount,
    namespace: textAt(parameters, "vaultNamespace"),
  });
  const store = foundStore({ id: `${id} (${mount})`, name: className, at: place, described });
  return [{ mounted: { file, store, name, property } }];
}
