import { removeCommand, setCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";

/** The namespaces of a Vault (Enterprise, OpenBao) that a store is about; empty for the root namespace. */
interface Namespaces {
  /** That of the secrets. Default: the root namespace. */
  readonly namespace?: string;
  readonly auth: {
    /** That of the auth methods, roles and policies. Default: that of the secrets. */
    readonly namespace?: string;
  };
}

/** The namespace that readers log in at. */
export function loginNamespace({ namespace = "", auth }: Namespaces): string {
  return auth.namespace ?? namespace;
}

/**
 * What stands before each path of a policy. A policy lies in the namespace that issues the token, and its paths are
 * relative to that: those of a namespace below begin with its path from there
 * (https://support.hashicorp.com/hc/en-us/articles/4408962510355, "Parent and Child Namespace Relationship").
 */
export function pathFromLogin(spec: Namespaces): string {
  const { namespace = "" } = spec;
  const login = loginNamespace(spec);
  if (login === namespace) return "";
  return `${login === "" ? namespace : namespace.slice(login.length + 1)}/`;
}

/** A right with its mount as it is called where policies are: in the namespace that readers log in at. */
export function fromLogin<G extends { readonly mount: string }>(spec: Namespaces, grant: G): G {
  return { ...grant, mount: `${pathFromLogin(spec)}${grant.mount}` };
}

/** A token is valid in the namespace that issued it and below: elsewhere no policy helps it. */
export function namespaceIssues(spec: Namespaces & { readonly name: string }): readonly Issue[] {
  const { name, namespace = "" } = spec;
  const login = loginNamespace(spec);
  if (login === "" || login === namespace || namespace.startsWith(`${login}/`)) return [];
  const path = ["stores", name, "auth", "namespace"];
  const above = namespace.includes("/") ? namespace.slice(0, namespace.lastIndexOf("/")) : "root";
  return [
    {
      path: path.join("."),
      problem:
        namespace === ""
          ? `must be left out, or root: the secrets are in the root namespace (stores.${name}.namespace), which no token of a namespace below may read`
          : `must be the namespace of the secrets (stores.${name}.namespace), or one above it: a token of Vault is valid in the namespace that issued it, and below`,
      fix: namespace === "" ? removeCommand(path) : setCommand(path, above, { asText: true }),
    },
  ];
}
