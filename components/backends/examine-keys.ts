import { broken, examinedTogether, restore, unanswered } from "./examiner.ts";
import type { ReadObject, StoreExamination, Told } from "./examiner.ts";
import { heldKeys } from "./held-keys.ts";
import type { RemoteObject } from "./remote-object.ts";

export interface KeyQuestion {
  /** The object, as people are told of it. */
  readonly subject: string;
  readonly object: RemoteObject;
  readonly keys: readonly string[];
  /** The store's name of the version that was read. */
  readonly version: string;
  /** What puts back an object of this program that somebody wrote over. */
  readonly fix: string;
}

/** Whether a version holds the keys that are read of it, by the names of what it holds. The value ends here. */
export function examineKeys(
  { subject, object, keys, version, fix }: KeyQuestion,
  held: Told<string>,
): StoreExamination {
  if (!("value" in held)) {
    return unanswered("object", `keys of ${subject}`, "refused" in held ? held.refused : "its value is gone by now");
  }
  const { missing, unchecked } = heldKeys(object, keys, held.value);
  const left = unchecked.map((key) =>
    unanswered("object", `key ${key} of ${subject}`, "only the operator can follow the path that it is read by"),
  );
  if (missing.length === 0) return examinedTogether(left);
  const lacks = `lacks ${missing.length === 1 ? "key" : "keys"} ${missing.join(", ")} in version ${version}`;
  const found =
    object.foreign === undefined
      ? broken("object", subject, `${lacks}: it was changed outside this program`, fix)
      : broken("object", subject, lacks, rewrite(object));
  return examinedTogether([...left, found]);
}

/** Who makes an object again that is gone. */
export function rewrite({ foreign, replicaOf }: Pick<ReadObject, "foreign" | "replicaOf">): string {
  return foreign === undefined || replicaOf !== undefined ? restore : "ask whoever writes it to write it again";
}
