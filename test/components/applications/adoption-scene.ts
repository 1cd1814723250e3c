import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { planAdoption, type Adoption, type AdoptionArgs } from "../../../components/applications/adoption.ts";
import type { HeldValue, Holder } from "../../../components/applications/held.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { bcryptOf, literal, password, provided, rotatedAt, template } from "../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { leaks } from "../../support/clear-text.ts";

export const canary = "canary-in-use-3b7e";
export const other = "canary-of-another-91bc";
export const token = "canary-of-the-configuration-77aa";

export const adopted = { kind: "adopted", fromStores: true, without: [] } as const;
export const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: {
    hash: bcryptOf("password"),
    password: password(),
    time: rotatedAt(),
    token: provided("shopToken"),
    uri: template("db://${username}:${password|uri}@db"),
    username: literal("shop"),
  },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin: adopted,
};
export const texts: Readonly<Record<string, string>> = {
  hash: bcrypt.hashSync(canary, 4),
  password: canary,
  token,
  uri: `db://shop:${canary}@db`,
  username: "shop",
};

/** A store that holds these values. */
export const vaultOf = (values: Readonly<Record<string, string | HeldValue | undefined>>, name = "vault"): Holder => ({
  name,
  where: `store ${name}`,
  values: Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? { text: value } : value] as const],
    ),
  ),
});
export const secretOf = (values: Readonly<Record<string, string>>, name = "shop-db"): Holder => ({
  ...vaultOf(values, "main"),
  where: `Secret shop/${name} of cluster main`,
});

export const plan = (args: Partial<AdoptionArgs> = {}): Adoption => {
  const adoption = planAdoption({
    spec,
    holders: [vaultOf(texts)],
    provided: { shopToken: token },
    facts: {},
    known: {},
    ...args,
  });
  // No value in what people are shown.
  assert.deepEqual(leaks([adoption.issues, adoption.outcomes], [canary, other, token]), []);
  return adoption;
};
export const outcomesOf = ({ outcomes }: Adoption) =>
  Object.fromEntries(outcomes.map(({ key, outcome }) => [key, outcome]));
export const giveUp = (key: string, { index = 0, where = "store vault" } = {}) =>
  `to discard the value in ${where}: pulumi config set --path 'adoptWithout["shop/db"][${index}]' ${key}`;
export const issue = (problem: string, fix: string): Issue => ({ path: 'adopt["shop/db"]', problem, fix });
