import { accepted, at, refused, type CaseClass, type Input, type Tree } from "../case.ts";

/** How readers log in to Vault: with a namespace for the login that its tokens could not read the secrets from, and the like. */
export const vaultLogins: CaseClass = {
  title: "logins to Vault",
  cases: [
    ...refused({
      "a login below the secrets": vault({ namespace: "admin", auth: { namespace: "admin/ml" } }),
      "a login beside the secrets": vault({ namespace: "admin/ml", auth: { namespace: "admin/other" } }),
      "a login in a namespace whose name begins like that of the secrets": vault({
        namespace: "admin-ml",
        auth: { namespace: "admin" },
      }),
      "a login in a namespace, and secrets in none": vault({ auth: { namespace: "admin" } }),
      "a login in a namespace of Vault's own": vault({ namespace: "admin", auth: { namespace: "admin/sys" } }),
      "a login in a namespace below one called root": vault({ namespace: "root/a", auth: { namespace: "root" } }),
      "a login in a path that no namespace has": vault({ namespace: "admin", auth: { namespace: "/admin/" } }),
      "a login in a list of namespaces": vault({ namespace: "admin", auth: { namespace: ["root", "admin"] } }),
      "a login in an empty namespace": vault({ namespace: "admin", auth: { namespace: "" } }),
    }),
    ...accepted({
      "a login above the secrets": vault({ namespace: "admin/ml/team", auth: { namespace: "admin" } }),
      "a login in the root namespace": vault({ namespace: "admin/ml", auth: { namespace: "root" } }),
      "a login where the secrets are": vault({ namespace: "admin", auth: { namespace: "admin" } }),
      "a login in the root namespace, where the secrets are": vault({ auth: { namespace: "root" } }),
    }),
  ],
};

/** Changes facts of the Vault. */
function vault(changes: Tree): (input: Input) => void {
  return ({ facts }) => void Object.assign(at(facts, "stores", "vault"), changes);
}
