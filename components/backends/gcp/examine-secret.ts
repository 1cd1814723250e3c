import { childOf, valueAt } from "../../support/value-at.ts";
import { examineKeys, rewrite } from "../examine-keys.ts";
import { broken, examinedTogether, sound, unanswered } from "../examiner.ts";
import type { StoreExamination, Told } from "../examiner.ts";
import { isReadByProperty, keysByVersion } from "../held-keys.ts";
import type { RemoteObject } from "../remote-object.ts";
import type { AskGoogle, GoogleJson } from "./questions.ts";
import { secretRestoreCommand, secretUrl, type GcpSecretManagerSpec } from "./secret-manager.ts";

/** Whether a secret is there and enabled in the versions that are read, with its keys. */
export async function checkGoogleSecret(
  spec: GcpSecretManagerSpec,
  ask: AskGoogle,
  object: RemoteObject,
  keys: readonly string[],
): Promise<StoreExamination> {
  const subject = `secret "${object.name}" in project ${spec.project}`;
  const found = await ask(secretUrl(spec, object.name));
  if ("refused" in found) return unanswered("object", subject, found.refused);
  if ("absent" in found) return broken("object", subject, "does not exist", rewrite(object));
  return examinedTogether(
    await Promise.all(
      [...keysByVersion(object, keys)].map(([version, read]) =>
        checkVersion(spec, ask, { object, keys: read, subject, version: version ?? "latest" }),
      ),
    ),
  );
}

interface VersionQuestion {
  readonly object: RemoteObject;
  readonly keys: readonly string[];
  readonly subject: string;
  /** A number, or `latest`. */
  readonly version: string;
}

async function checkVersion(
  spec: GcpSecretManagerSpec,
  ask: AskGoogle,
  { object, keys, subject, version }: VersionQuestion,
): Promise<StoreExamination> {
  const url = `${secretUrl(spec, object.name)}/versions`;
  const found = await ask(`${url}/${version}`);
  if ("refused" in found) return unanswered("object", `version ${version} of ${subject}`, found.refused);
  if ("absent" in found) {
    return broken(
      "object",
      subject,
      version === "latest" ? "has no version" : `has no version ${version}`,
      rewrite(object),
    );
  }
  const name = childOf(found.value, "name");
  const number = typeof name === "string" ? (name.split("/").at(-1) ?? version) : version;
  const state = childOf(found.value, "state");
  const place = `--secret=${object.name} --project=${spec.project}`;
  if (state === "DISABLED") {
    const enable = `gcloud secrets versions enable ${number} ${place}`;
    return broken("object", subject, `is disabled in version ${number}: nobody can read it`, enable);
  }
  if (state === "DESTROYED") {
    return broken("object", subject, `was destroyed in version ${number}`, rewrite(object));
  }
  const created = childOf(found.value, "createTime");
  const written = typeof created === "string" ? `, written at ${created.slice(0, 19)}Z` : "";
  const seen = sound("object", `${subject} has version ${number}${written}`);
  if (!isReadByProperty(object, keys)) return seen;
  const held = await ask(`${url}/${number}:access`);
  const fix = secretRestoreCommand(spec, object.name);
  return examinedTogether([seen, examineKeys({ object, keys, subject, version: number, fix }, valueOf(held))]);
}

function valueOf(held: Told<GoogleJson>): Told<string> {
  if (!("value" in held)) return held;
  const data = valueAt(held.value, ["payload", "data"]);
  return { value: typeof data === "string" ? Buffer.from(data, "base64").toString("utf8") : "" };
}
