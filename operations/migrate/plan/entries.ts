import { camelCase, slugOf } from "./names.ts";
import type { FoundKey, RemoteObject } from "../model.ts";
import type { Target } from "./targets.ts";

/** A secret that the catalogue lacks. */
export interface NewSecret {
  readonly app: string;
  readonly name: string;
  /** Where a store holds it: the object that all of its keys are read from. */
  readonly remote?: Pick<RemoteObject, "store" | "name">;
  readonly keys: readonly NewKey[];
}

export interface NewKey {
  readonly name: string;
  readonly config: string;
  readonly property?: string;
}

/** A Secret that the catalogue lacks, with the secrets that it is made of. */
export interface NewEntry {
  readonly app: string;
  readonly namespace: string;
  readonly secretName: string;
  readonly type?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly secrets: readonly NewSecret[];
}

/**
 * What the catalogue must have for a Secret: a secret with every key that has a value or will have one, and one for each
 * object of a store. Pure.
 *
 * @param taken names that other entries have already; what is used here is added.
 */
export function newEntry(
  target: Target,
  taken: { readonly ids: Set<string>; readonly configs: Set<string> },
): NewEntry {
  const { namespace, name, keys, found } = target;
  const app = slugOf(found.find(({ application }) => application !== undefined)?.application ?? namespace);
  const objects = new Map<string, { readonly remote?: RemoteObject; readonly keys: FoundKey[] }>();
  for (const [, places] of keys) {
    const key = places.find((each) => each.key.remote !== undefined)?.key ?? places[0]?.key;
    if (key === undefined) continue;
    const { remote } = key;
    // A whole object is one key; properties of one object are keys of one secret.
    const id = remote === undefined ? "" : JSON.stringify([remote.store, remote.name, remote.property === undefined]);
    const object = objects.get(id) ?? { ...(remote === undefined ? {} : { remote }), keys: [] };
    object.keys.push(key);
    objects.set(id, object);
  }
  const secrets = [...objects.values()].map(({ remote, keys: of }): NewSecret => {
    const secret = unused(taken.ids, (suffix) => `${app}/${slugOf(name)}${suffix}`).slice(app.length + 1);
    return {
      app,
      name: secret,
      ...(remote === undefined ? {} : { remote: { store: remote.store, name: remote.name } }),
      keys: of.map((key): NewKey => {
        const property = key.remote?.property;
        const config = unused(taken.configs, (suffix) => `${camelCase(`${name} ${key.name}`)}${suffix}`);
        return { name: key.name, config, ...(property === undefined ? {} : { property }) };
      }),
    };
  });
  const target0 = found.find((each) => each.target !== undefined)?.target;
  return {
    app,
    namespace,
    secretName: name,
    ...(target0?.type === undefined ? {} : { type: target0.type }),
    labels: target0?.labels ?? {},
    secrets,
  };
}

function unused(taken: Set<string>, name: (suffix: string) => string): string {
  let wanted = name("");
  for (let count = 2; taken.has(wanted); count += 1) wanted = name(`-${count}`);
  taken.add(wanted);
  return wanted;
}

/** The entries as TypeScript for `stacks/environments/catalogue.ts`. Holds names only. Pure. */
export function catalogueText(entries: readonly NewEntry[]): string {
  return [...Map.groupBy(entries, ({ app }) => app)].map(([app, of]) => applicationText(app, of)).join("\n");
}

function applicationText(app: string, entries: readonly NewEntry[]): string {
  const secrets = entries.flatMap((each) => each.secrets).flatMap(secretLines);
  const deliveries = entries.map(deliveryLine);
  return [
    `  ${property(app)}: {`,
    "    secrets: {",
    ...secrets,
    "    },",
    "    deliveries: [",
    ...deliveries,
    "    ],",
    "  },",
    "",
  ].join("\n");
}

function secretLines({ name, keys }: NewSecret): readonly string[] {
  return [
    `      ${property(name)}: {`,
    "        keys: {",
    ...keys.map((key) => `          ${property(key.name)}: provided(${JSON.stringify(key.config)}),`),
    "        },",
    "      },",
  ];
}

function deliveryLine({ namespace, secretName, secrets, type, labels }: NewEntry): string {
  const parts = [
    `namespace: ${JSON.stringify(namespace)}`,
    `secretName: ${JSON.stringify(secretName)}`,
    `from: [${secrets.map(({ name }) => JSON.stringify(name)).join(", ")}]`,
    ...(type === undefined ? [] : [`type: ${JSON.stringify(type)}`]),
    ...(Object.keys(labels).length === 0
      ? []
      : [
          `labels: { ${Object.entries(labels)
            .map(([label, value]) => `${property(label)}: ${JSON.stringify(value)}`)
            .join(", ")} }`,
        ]),
  ];
  return `      { ${parts.join(", ")} },`;
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
