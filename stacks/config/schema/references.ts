import { z } from "zod";
import { backendOf, type RemoteStoreKind } from "../../../components/backends/index.ts";
import { decodings, type SecretReference, type StoreReferences } from "../../../components/backends/references.ts";
import { layouts } from "../../../components/backends/remote-object.ts";

/** A version that YAML may take for a number. Ids of many digits would lose some: they must be in quotation marks. */
const version = z
  .union([z.string().min(1, "must be a version, and is empty"), z.int().positive()], {
    error: "must be a version: a text, or a whole number from 1 on",
  })
  .transform(String);

const property = z
  .string()
  .regex(
    /^(?!\.\.)[^\p{C}]{1,500}$/u,
    "must be the name of a property or a path of gjson, such as login.password: up to 500 characters without control characters, not beginning with two dots",
  );

const key = z.union(
  [
    z
      .strictObject({
        property: property.optional(),
        whole: z.literal(true, { error: "must be true, or left out" }).optional(),
        version: version.optional(),
        decode: z.enum(decodings).optional(),
      })
      .refine(({ property: named, whole }) => named === undefined || whole === undefined, {
        error: "must have property or whole, and not both",
      }),
    property,
  ],
  { error: "must be the name of a property, or a map with property, whole, version or decode" },
);

const keyArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
    "must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>)",
  );

const description = z.strictObject({
  layout: z.enum(layouts).optional(),
  version: version.optional(),
  kmsKeyArn: keyArn.optional(),
  keys: z.record(z.string(), key).default({}),
});

/** Secrets that somebody else writes in one store, by `<app>/<secret>`. */
export const referenceFacts = z
  .record(
    z.string(),
    z.union([description, z.boolean()], { error: "must be true, false, or a map that says how the secret lies there" }),
  )
  .default({});

/** The references of a store's spec: those that are off are none. Versions are in the operator's words. */
export function referencesOf(
  kind: RemoteStoreKind,
  facts: z.output<typeof referenceFacts>,
): { readonly references?: StoreReferences } {
  const entries = Object.entries(facts).flatMap(([id, each]): readonly [string, SecretReference][] => {
    if (each === false) return [];
    return [[id, each === true ? { keys: {} } : referenceOf(kind, each)]];
  });
  return entries.length === 0 ? {} : { references: Object.fromEntries(entries) };
}

function referenceOf(
  kind: RemoteStoreKind,
  { layout, version: pinned, kmsKeyArn, keys }: z.output<typeof description>,
): SecretReference {
  return {
    ...(layout === undefined ? {} : { layout }),
    ...pin(kind, pinned),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    keys: Object.fromEntries(
      Object.entries(keys).map(([name, each]) => {
        if (typeof each === "string") return [name, { property: each }];
        const { property: path, whole, version: ofKey, decode } = each;
        return [
          name,
          {
            ...(path === undefined ? {} : { property: path }),
            ...(whole === undefined ? {} : { whole }),
            ...pin(kind, ofKey),
            ...(decode === undefined ? {} : { decode }),
          },
        ];
      }),
    ),
  };
}

function pin(kind: RemoteStoreKind, version: string | undefined): { readonly version?: string } {
  return version === undefined ? {} : { version: backendOf({ kind }).references.inOperatorWords(version) };
}
