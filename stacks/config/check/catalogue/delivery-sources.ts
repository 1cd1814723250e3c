import type { Issue } from "../../../../components/support/messages/errors.ts";
import { clippedName, quotedName } from "../../../../components/support/messages/printable.ts";
import { didYouMean, listed } from "../../../../components/support/messages/suggestions.ts";
import type { KeySource } from "../../../environments/catalogue-spec.ts";
import type { ApplicationDraft, SecretDraft } from "./draft.ts";
import { keyProblem } from "./names.ts";

/** What deliveries can name. */
export interface Known {
  /** Secrets by id. */
  readonly secrets: ReadonlyMap<string, SecretDraft>;
  /** Applications by name. */
  readonly applications: ReadonlyMap<string, ApplicationDraft>;
}

/** What is wrong with a secret that a delivery reads, and with its keys. Pure. */
export function checkSource(app: string, source: KeySource, path: string, known: Known): readonly Issue[] {
  const named = typeof source === "string" ? source : source.secret;
  const id = named.includes("/") ? named : `${app}/${named}`;
  const [owner = ""] = id.split("/");
  const secret = known.secrets.get(id);
  const keys = typeof source === "string" ? [] : Object.entries(source.keys);
  const illegal = keys.flatMap(([key]) => {
    const problem = keyProblem(key);
    return problem === undefined
      ? []
      : [{ path, ...problem, problem: `key "${clippedName(key)}": ${problem.problem}` }];
  });
  if (secret === undefined) {
    // Of an application that can't be read nobody knows what it has.
    if (known.applications.get(owner)?.namesKnown === false) return illegal;
    return [...illegal, { path, ...unknownSecret(app, named, id, known) }];
  }
  if (secret.secret.delivered === false) {
    const problem = `reads ${id}, of which the catalogue says that no namespace gets it (delivered: false)`;
    return [...illegal, { path, problem, fix: "remove delivered: false from the secret, or this source" }];
  }
  if (!secret.isWhole) return illegal;
  const unknown = keys.filter(([, from]) => !secret.names.has(from));
  return [
    ...illegal,
    ...unknown.map(([, from]) => ({
      path,
      problem: `reads key ${quotedName(from)} of ${id}, which has ${listed(secret.names)}`,
      ...didYouMean(from, secret.names),
    })),
  ];
}

function unknownSecret(app: string, named: string, id: string, { secrets }: Known): Omit<Issue, "path"> {
  const ids = [...secrets.keys()];
  const meant = didYouMean(id, ids);
  const elsewhere = ids.filter((each) => each.endsWith(`/${named}`) && !each.startsWith(`${app}/`));
  const fix =
    meant.fix ?? (elsewhere.length === 1 && elsewhere[0] !== undefined ? `did you mean "${elsewhere[0]}"?` : undefined);
  const problem = `reads secret ${quotedName(id)}, which the catalogue does not have; there are ${listed(ids)}`;
  return { problem, ...(fix === undefined ? {} : { fix }) };
}
