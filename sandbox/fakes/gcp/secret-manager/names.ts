import { GcpError, notInFake } from "../errors.ts";

/** The parts of `projects/*`. */
export interface ParentName {
  readonly project: string;
}

/** The parts of `projects/*\/secrets/*`. */
export interface SecretName extends ParentName {
  readonly secret: string;
}

/** The parts of `projects/*\/secrets/*\/versions/*`. */
export interface VersionName extends SecretName {
  /** A number, `latest` or an alias. */
  readonly version: string;
}

/** Reads `projects/*`. */
export function parentName(name: string): ParentName {
  const [project] = matched(/^projects\/([^/]+)$/, name, "projects/*");
  return { project };
}

/** Reads `projects/*\/secrets/*`. */
export function secretName(name: string): SecretName {
  const [project, secret] = matched(/^projects\/([^/]+)\/secrets\/([^/]+)$/, name, "projects/*/secrets/*");
  return { project, secret };
}

/** Reads `projects/*\/secrets/*\/versions/*`. */
export function versionName(name: string): VersionName {
  const format = "projects/*/secrets/*/versions/*";
  const [project, secret, version] = matched(/^projects\/([^/]+)\/secrets\/([^/]+)\/versions\/([^/]+)$/, name, format);
  return { project, secret, version };
}

// The words of the service, as external-secrets#5678 quotes them.
function matched(pattern: RegExp, name: string, format: string): [string, string, string] {
  if (/^projects\/[^/]+\/locations\//.test(name)) throw notInFake("regional secrets");
  const found = pattern.exec(name);
  if (found === null) {
    throw new GcpError(
      "INVALID_ARGUMENT",
      `The provided Secret ID [${name}] does not match the expected format [${format}]`,
    );
  }
  return [found[1] ?? "", found[2] ?? "", found[3] ?? ""];
}
