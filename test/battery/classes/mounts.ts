import { at, refused, type CaseClass } from "../case.ts";

const mount = (value: unknown) =>
  refused({ [JSON.stringify(value)]: ({ facts }) => void (at(facts, "stores", "vault")["mount"] = value) });

/** Vault mounts that Vault does not allow, or that are not the ones they seem to be. */
export const mounts: CaseClass = {
  title: "mounts of Vault",
  cases: [...mount(""), ...mount("/kv")],
};
