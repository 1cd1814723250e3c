import { z } from "zod";

/**
 * Paths within Vault that facts may hold: of mounts, auth methods, audit devices and namespaces. Vault takes any text that
 * can be printed; but these paths are written into policies and URLs as well, and what a URL would have to escape is another
 * path to whoever forgets it.
 */

/** What a URL holds as it is (RFC 3986, section 2.3), which leaves no wildcard of a policy (`*`, `+`) either. */
const part = /^[A-Za-z0-9._~-]+$/;
const mostCharacters = 255;

/** Mounts that Vault makes itself, and what begins like them (`protectedMounts` in its `vault/mount.go`). */
const ownMounts: readonly string[] = ["audit", "auth", "cubbyhole", "identity", "sys"];
/** Namespaces that Vault refuses (https://developer.hashicorp.com/vault/docs/enterprise/namespaces). */
const ownNamespaces: readonly string[] = [...ownMounts, "root"];

/** A path of slash-separated parts. */
export const vaultPathFact = refused(shapeProblem);

/** Also what a URL holds as it is in a path, beside what the paths of mounts may hold. */
const secretPart = /^[A-Za-z0-9._~@:=-]+$/;

/** What is wrong with the path of a secret below its mount. */
export function secretPathProblem(path: string): string | undefined {
  return partsProblem(path, secretPart, "-._~@:=");
}

/** Where a secrets engine is mounted. */
export const mountFact = refused(
  (text) =>
    shapeProblem(text) ??
    (ownMounts.includes(firstOf(text))
      ? `must not begin with ${firstOf(text)}/, which Vault keeps for itself`
      : undefined),
);

/** Where an auth method is mounted: Vault itself puts `auth/` before it. */
export const authMountFact = refused((text) => {
  const problem = shapeProblem(text);
  if (problem !== undefined) return problem;
  if (firstOf(text) === "auth")
    return "must be the path of an auth method without the auth/ before it, which is added here";
  return firstOf(text) === "token"
    ? "must not be token/, where Vault's own tokens are: name the Kubernetes auth method"
    : undefined;
});

/** A namespace of Vault Enterprise or OpenBao. */
export const namespaceFact = refused(namespaceProblem);

/** The namespace that readers log in at: also `root`, the one above all others, which has no name. */
export const authNamespaceFact = refused((text) => (text === "root" ? undefined : namespaceProblem(text)));

function namespaceProblem(text: string): string | undefined {
  const problem = shapeProblem(text);
  const own = text.split("/").find((each) => ownNamespaces.includes(each));
  return problem ?? (own === undefined ? undefined : `must have no part called ${own}, which Vault keeps for itself`);
}

function shapeProblem(text: string): string | undefined {
  if (text.length > mostCharacters) return `must have up to ${mostCharacters} characters, and has ${text.length}`;
  return partsProblem(text, part, "-._~");
}

/** @param others what `legal` takes beside letters and digits, for the message. */
function partsProblem(text: string, legal: RegExp, others: string): string | undefined {
  const parts = text.split("/");
  if (parts.includes("")) return "must be names joined by single slashes, with no slash at its ends";
  if (parts.some((each) => each === "." || each === ".."))
    return "must have no part that is . or .., which Vault refuses";
  return parts.every((each) => legal.test(each))
    ? undefined
    : `must be letters, digits and ${others} in names joined by slashes`;
}

function firstOf(text: string): string {
  return text.split("/")[0] ?? "";
}

function refused(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}
