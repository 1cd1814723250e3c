import {
  isJsonMap,
  isMap,
  type Json,
  type JsonMap,
  type PropertyMap,
  textOf,
  type Value,
} from "../../support/values.ts";

/** `replication` as the API takes it: `auto` is `automatic` there. */
export function replicationInput(value: Value | undefined): JsonMap {
  const { auto, userManaged } = isMap(value) ? value : {};
  if (isMap(userManaged)) {
    return {
      userManaged: {
        replicas: replicasOf(userManaged).map((replica) => ({
          location: textOf(replica["location"]),
          ...keyOf(replica),
        })),
      },
    };
  }
  return { automatic: isMap(auto) ? keyOf(auto) : {} };
}

/** `replication` as the program writes it. */
export function replicationState(value: Json | undefined): PropertyMap {
  if (!isJsonMap(value)) return {};
  const { automatic, userManaged } = value;
  if (isJsonMap(userManaged)) {
    const replicas = Array.isArray(userManaged["replicas"]) ? userManaged["replicas"].filter(isJsonMap) : [];
    return {
      userManaged: {
        replicas: replicas.map((replica) => ({
          location: textOf(replica["location"]),
          ...keyOf(replica as PropertyMap),
        })),
      },
    };
  }
  return { auto: isJsonMap(automatic) ? keyOf(automatic) : {} };
}

/** Whether two replications keep the payload in the same places. */
export function samePlaces(left: Value | undefined, right: Value | undefined): boolean {
  return places(left) === places(right);
}

function places(value: Value | undefined): string {
  const userManaged = isMap(value) ? value["userManaged"] : undefined;
  if (!isMap(userManaged)) return "auto";
  return replicasOf(userManaged)
    .map((replica) => textOf(replica["location"]))
    .join(" ");
}

function replicasOf(userManaged: PropertyMap): PropertyMap[] {
  const replicas: Value | undefined = userManaged["replicas"];
  return Array.isArray(replicas) ? (replicas as Value[]).filter((replica) => isMap(replica)) : [];
}

function keyOf(holder: PropertyMap): { customerManagedEncryption?: { kmsKeyName: string } } {
  const encryption = holder["customerManagedEncryption"];
  const name = isMap(encryption) ? textOf(encryption["kmsKeyName"]) : "";
  return name === "" ? {} : { customerManagedEncryption: { kmsKeyName: name } };
}
