import { issueAt, reading, type Reading } from "../model.ts";
import { applicationOf } from "./kubernetes-secret.ts";
import { mapAt, textAt, textsAt, type YamlDocument } from "./yaml.ts";

/**
 * Reads a SealedSecret: its keys, and the Secret that the controller makes of it. Only the controller can decrypt the
 * values, so they come from that Secret (`live:<namespace>`). Pure.
 */
export function readSealedSecret({ data, placeOf }: YamlDocument): Reading {
  const name = textAt(data, "spec", "template", "metadata", "name") ?? textAt(data, "metadata", "name");
  const namespace = textAt(data, "spec", "template", "metadata", "namespace") ?? textAt(data, "metadata", "namespace");
  const keys = Object.keys(mapAt(data, "spec", "encryptedData"));
  if (name === undefined)
    return reading({ issues: [issueAt(placeOf(["metadata"]), "is a SealedSecret without metadata.name")] });
  if (keys.length === 0)
    return reading({ issues: [issueAt(placeOf(["spec"]), "is a SealedSecret without spec.encryptedData")] });
  const type = textAt(data, "spec", "template", "type");
  return reading({
    secrets: [
      {
        source: "sealed-secret",
        at: placeOf(),
        keys: keys.map((key) => ({ name: key, at: placeOf(["spec", "encryptedData", key]), notes: [] })),
        target: {
          name,
          ...(namespace === undefined ? {} : { namespace }),
          ...(type === undefined || type === "Opaque" ? {} : { type }),
          labels: textsAt(data, "spec", "template", "metadata", "labels"),
          isApplied: true,
        },
        ...applicationOf(data),
        consumers: [],
        notes: [
          `its values are sealed: read them from the Secret as well (live:${namespace ?? "<namespace>"})`,
          "deleting the SealedSecret deletes the Secret: remove the Secret's ownerReference first",
        ],
      },
    ],
  });
}
