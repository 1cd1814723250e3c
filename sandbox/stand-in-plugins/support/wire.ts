import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { isMap, type PropertyMap, Secret, Unknown, UNKNOWN, type Value } from "./values.ts";

/** The protobuf message that carries properties. */
export type Struct = structPb.Struct;

// The marks below are fixed by the engine: sdk/go/common/resource/sig/sig.go and resource/plugin/rpc.go of pulumi/pulumi.
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_MARKS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

type Raw = null | boolean | number | string | Raw[] | { [key: string]: Raw };

/** Reads properties off the wire. */
export function decode(struct: Struct | undefined): PropertyMap {
  if (struct === undefined) return {};
  const value = decodeRaw(struct.toJavaScript());
  if (!isMap(value)) throw new Error("the engine sent properties that are not an object");
  return value;
}

/** Writes properties to the wire, secrets and unknowns marked as the engine expects. */
export function encode(map: PropertyMap): Struct {
  return structPb.Struct.fromJavaScript(encodeMap(map));
}

function decodeRaw(raw: Raw): Value {
  if (typeof raw === "string") return UNKNOWN_MARKS.has(raw) ? UNKNOWN : raw;
  if (Array.isArray(raw)) return raw.map(decodeRaw);
  if (typeof raw !== "object" || raw === null) return raw;
  switch (raw[SIGNATURE_KEY]) {
    case SECRET_SIGNATURE:
      return new Secret(decodeRaw(raw["value"] ?? null));
    case OUTPUT_SIGNATURE: {
      const value = "value" in raw ? decodeRaw(raw["value"] ?? null) : UNKNOWN;
      return raw["secret"] === true ? new Secret(value) : value;
    }
    case RESOURCE_SIGNATURE:
      // The plugin says that it does not accept references; an id is what the engine then means.
      return decodeRaw(raw["id"] ?? raw["urn"] ?? null);
    default:
      return Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, decodeRaw(item)]));
  }
}

function encodeMap(map: PropertyMap): { [key: string]: Raw } {
  const out: { [key: string]: Raw } = {};
  for (const [key, item] of Object.entries(map)) if (item !== undefined) out[key] = encodeValue(item);
  return out;
}

function encodeValue(value: Value): Raw {
  if (value instanceof Secret) return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: encodeValue(value.value) };
  if (value instanceof Unknown) return UNKNOWN_STRING;
  if (Array.isArray(value)) return value.map(encodeValue);
  return isMap(value) ? encodeMap(value) : value;
}
