import { z } from "zod";
import { password } from "../../../../components/values/recipe.ts";
import type { CatalogueAccount, CatalogueProbe } from "../../../environments/catalogue-spec.ts";
import type { SecretDraft } from "./draft.ts";
import { anything, readFields, readList, readObject, type Part } from "./fields.ts";
import { cataloguePath } from "./path.ts";
import { readKey } from "./read-recipe.ts";

/** Days between rotations that can be meant: at most ten years. */
const mostDays = 3650;
const daysRule = `must be a whole number of days from 1 to ${mostDays}`;
const days = z.custom<number>((value) => isDays(value), { error: daysRule }).optional();

function isDays(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= mostDays;
}

const secretFields = {
  keys: anything,
  path: z.string({ error: "must be a text" }).optional(),
  primaryKey: z.string({ error: "must be the name of a key" }).optional(),
  delivered: z.literal(false, { error: "must be false, or left out" }).optional(),
  rotateEveryDays: days,
  bootstrapOnly: z.literal(true, { error: "must be true, or left out" }).optional(),
  accounts: anything,
  verify: anything,
};

/** Reads one secret of an application. */
export function readSecret(app: string, name: string, part: Part): SecretDraft {
  const { path, issues } = part;
  const fields = readFields(part, secretFields);
  const at = [...path, "keys"];
  const entries =
    fields === undefined
      ? undefined
      : readObject({ value: fields.keys, path: at, issues }, "an object of recipes by key");
  if (entries !== undefined && Object.keys(entries).length === 0) {
    issues.push({
      path: cataloguePath(at),
      problem: "is empty: a secret needs a key",
      fix: "add one, or remove the secret",
    });
  }
  const keys = Object.fromEntries(
    Object.entries(entries ?? {}).map(([key, value]) => [key, readKey({ value, path: [...at, key], issues })] as const),
  );
  const readable = Object.entries(keys).flatMap(([key, entry]) => (entry === undefined ? [] : [[key, entry] as const]));
  const { path: place, primaryKey, delivered, rotateEveryDays, bootstrapOnly } = fields ?? {};
  const accounts = readAccounts({ value: fields?.accounts, path: [...path, "accounts"], issues });
  const verify = readProbes({ value: fields?.verify, path: [...path, "verify"], issues });
  return {
    app,
    name,
    secret: {
      // One that can't be read stands as a random one, so that what comes after finds no second fault in it.
      keys: Object.fromEntries(Object.entries(keys).map(([key, entry]) => [key, entry ?? password()])),
      ...(place === undefined ? {} : { path: place }),
      ...(primaryKey === undefined ? {} : { primaryKey }),
      ...(delivered === undefined ? {} : { delivered }),
      ...(rotateEveryDays === undefined ? {} : { rotateEveryDays }),
      ...(bootstrapOnly === undefined ? {} : { bootstrapOnly }),
      ...(accounts.length === 0 ? {} : { accounts }),
      ...(verify.length === 0 ? {} : { verify }),
    },
    names: new Set(Object.keys(keys)),
    recipes: Object.fromEntries(readable.map(([key, entry]) => [key, "when" in entry ? entry.recipe : entry])),
    isWhole: entries !== undefined,
  };
}

const accountFields = {
  target: z.string({ error: "must be the name of a target" }),
  username: z.string({ error: "must be the key that holds the account's name" }),
  password: z.string({ error: "must be the key that holds the account's password" }),
  retirePrevious: z.literal(true, { error: "must be true, or left out" }).optional(),
};

function readAccounts(part: Part): readonly CatalogueAccount[] {
  if (part.value === undefined) return [];
  const example = '[{ target: "db", username: "username", password: "password" }]';
  return (readList(part, `a list of accounts, such as ${example}`) ?? []).flatMap((value, index) => {
    const {
      target,
      username,
      password: key,
      retirePrevious,
    } = readFields({ ...part, value, path: [...part.path, index] }, accountFields) ?? {};
    if (target === undefined || username === undefined || key === undefined) return [];
    return [{ target, username, password: key, ...(retirePrevious === undefined ? {} : { retirePrevious }) }];
  });
}

const probeFields = {
  probe: z.string({ error: "must be the name of a probe" }),
  username: z.string({ error: "must be the key that holds the account's name" }).optional(),
  password: z.string({ error: "must be the key that holds the password or token" }),
};

function readProbes(part: Part): readonly CatalogueProbe[] {
  if (part.value === undefined) return [];
  const list = readList(part, 'a list of probes, such as [{ probe: "api", password: "token" }]') ?? [];
  return list.flatMap((value, index) => {
    const {
      probe,
      username,
      password: key,
    } = readFields({ ...part, value, path: [...part.path, index] }, probeFields) ?? {};
    if (probe === undefined || key === undefined) return [];
    return [{ probe, ...(username === undefined ? {} : { username }), password: key }];
  });
}
