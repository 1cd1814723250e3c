import { GcpError } from "../errors.ts";
import { fullName } from "./json.ts";
import { seconds } from "./rules.ts";
import type { Project } from "../projects.ts";
import type { StoredSecret, StoredVersion } from "../state.ts";

/** The version that a name means: a number, `latest` (the last one made, whatever its state) or an alias. */
export function findVersion(project: Project, secret: StoredSecret, name: string): StoredVersion {
  const full = fullName(project, secret.id);
  if (name === "latest") {
    const last = secret.versions.at(-1);
    if (last === undefined) throw new GcpError("NOT_FOUND", `Secret [${full}] not found or has no versions.`);
    return last;
  }
  const number = secret.versionAliases[name] ?? name;
  const found = secret.versions.find((version) => String(version.number) === number);
  if (found === undefined) throw new GcpError("NOT_FOUND", `Secret Version [${full}/versions/${name}] not found.`);
  return found;
}

/** Throws unless the version can be read. The operator looks for these very words (client.go, isErrSecretDestroyedOrDisabled). */
export function requireEnabled(project: Project, secret: StoredSecret, version: StoredVersion): void {
  if (version.state === "ENABLED") return;
  throw inState(project, secret, version);
}

/** Enables or disables; what is destroyed stays so. */
export function switchVersion(
  project: Project,
  secret: StoredSecret,
  version: StoredVersion,
  state: "ENABLED" | "DISABLED",
): void {
  if (version.state === "DESTROYED") throw inState(project, secret, version);
  version.state = state;
  // "You can restore the secret version before the delay is over by enabling it".
  if (state === "ENABLED") delete version.scheduledDestroyTime;
}

/** Destroys at once, or with a delay when the secret has one: disabled until then. */
export function destroyVersion(project: Project, secret: StoredSecret, version: StoredVersion, now: number): void {
  if (version.state === "DESTROYED") throw inState(project, secret, version);
  if (secret.versionDestroyTtl === undefined) return erase(version, now);
  const delay = seconds(secret.versionDestroyTtl, "secret.version_destroy_ttl") * 1000;
  version.state = "DISABLED";
  version.scheduledDestroyTime ??= new Date(now + delay).toISOString();
}

/** Does what was put off until now; true when anything changed. */
export function destroyDue(secret: StoredSecret, now: number): boolean {
  const due = secret.versions.filter(
    ({ state, scheduledDestroyTime }) =>
      state !== "DESTROYED" && scheduledDestroyTime !== undefined && Date.parse(scheduledDestroyTime) <= now,
  );
  for (const version of due) erase(version, now);
  return due.length > 0;
}

function erase(version: StoredVersion, now: number): void {
  version.state = "DESTROYED";
  version.destroyTime = new Date(now).toISOString();
  delete version.scheduledDestroyTime;
  delete version.data;
}

function inState(project: Project, secret: StoredSecret, version: StoredVersion): GcpError {
  const name = `${fullName(project, secret.id)}/versions/${version.number}`;
  return new GcpError("FAILED_PRECONDITION", `Secret Version [${name}] is in ${version.state} state.`);
}
