import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { issueAt, placeText, type FoundKey, type FoundSecret, type Place, type SourceKind } from "../model.ts";
import { declaredSecrets, type DeclaredSecret } from "./declared.ts";

/** The keys that sources have for one Kubernetes Secret. */
export interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly declared: DeclaredSecret | undefined;
  readonly keys: ReadonlyMap<string, readonly FoundAt[]>;
  readonly found: readonly FoundSecret[];
}

export interface FoundAt {
  readonly key: FoundKey;
  readonly source: SourceKind;
}

export interface TargetArgs {
  readonly secrets: readonly FoundSecret[];
  readonly catalogue: Catalogue;
  /** Secret for what names none, `<namespace>/<Secret>`. */
  readonly to: { readonly namespace: string; readonly name: string } | undefined;
  /** Namespace for what names a Secret without one. */
  readonly namespace: string | undefined;
}

export interface Targets {
  readonly targets: readonly Target[];
  readonly issues: readonly Issue[];
}

interface Draft {
  readonly namespace: string;
  readonly name: string;
  readonly keys: Map<string, FoundAt[]>;
  readonly found: Set<FoundSecret>;
}

/** Which Kubernetes Secret each key that was found belongs to. Pure. */
export function targetsOf({ secrets, catalogue, to, namespace }: TargetArgs): Targets {
  const declared = declaredSecrets(catalogue);
  const drafts = new Map<string, Draft>();
  const issues: Issue[] = [];
  const add = (at: { readonly namespace: string; readonly name: string }, found: FoundSecret, key: FoundKey) => {
    const id = `${at.namespace}/${at.name}`;
    const draft = drafts.get(id) ?? { ...at, keys: new Map<string, FoundAt[]>(), found: new Set<FoundSecret>() };
    draft.keys.set(key.name, [...(draft.keys.get(key.name) ?? []), { key, source: found.source }]);
    draft.found.add(found);
    drafts.set(id, draft);
  };
  for (const found of secrets) {
    const { target } = found;
    const where = target?.namespace ?? namespace;
    if (target !== undefined && where === undefined) {
      issues.push(issueAt(found.at, `Secret ${target.name} names no namespace`, "name it: --namespace <namespace>"));
      continue;
    }
    for (const key of found.keys) {
      if (target !== undefined && where !== undefined) add({ namespace: where, name: target.name }, found, key);
      else if (to !== undefined) add(to, found, key);
      else {
        const place = uniquePlace(declared, key, issues);
        if (place !== undefined) add(place, found, key);
      }
    }
  }
  const targets = [...drafts.values()].map((draft): Target => ({
    ...draft,
    found: [...draft.found],
    declared: declared.find(({ namespace: ns, name }) => ns === draft.namespace && name === draft.name),
  }));
  return { targets, issues: [...issues, ...targets.flatMap(differing)] };
}

/** The one Secret of the catalogue that has a key of this name. */
function uniquePlace(
  declared: readonly DeclaredSecret[],
  { name, at }: FoundKey,
  issues: Issue[],
): DeclaredSecret | undefined {
  const places = declared.filter(({ keys }) => keys.has(name));
  const [place, another] = places;
  if (place !== undefined && another === undefined) return place;
  const names = places.map((each) => `${each.namespace}/${each.name}`).join(", ");
  issues.push(
    issueAt(
      at,
      place === undefined
        ? `${name}: no Secret of the catalogue has a key of this name, and the source does not say which Secret applications read it from`
        : `${name}: several Secrets of the catalogue have a key of this name: ${names}`,
      "name the Secret: --to <namespace>/<Secret>",
    ),
  );
  return undefined;
}

/** Sources that disagree: which one is in use is not for this program to guess. */
function differing({ namespace, name, keys }: Target): readonly Issue[] {
  return [...keys].flatMap(([key, found]) => {
    const valued = found.flatMap(({ key: { value, at } }) => (value === undefined ? [] : [{ value, at }]));
    const [first, ...others] = valued;
    const other = others.find(({ value }) => first !== undefined && !first.value.equals(value));
    if (first === undefined || other === undefined) return [];
    return [differs(`${namespace}/${name}`, key, { first: first.at, other: other.at })];
  });
}

function differs(
  secret: string,
  key: string,
  { first, other }: { readonly first: Place; readonly other: Place },
): Issue {
  return issueAt(
    other,
    `${key} of Secret ${secret} differs from the value in ${placeText(first)}`,
    "leave out the source that is not in use",
  );
}
