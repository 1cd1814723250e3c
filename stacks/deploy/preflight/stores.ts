import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import { surveyStore, type Survey } from "../../../components/backends/survey.ts";
import { adoptionCommand } from "../../../components/applications/guard.ts";
import { frozenKeys } from "../../../components/values/derived.ts";
import { initialEpoch, isAdoptedFromStores, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { epochIn, epochName, isEarlier, isEpochOf } from "../../../components/values/frozen.ts";
import { keptNames } from "../../../components/values/previous.ts";
import { canRollBack, isRolledBack } from "../../../components/values/rotations.ts";
import type { PreflightObject, PreflightStore } from "./contract.ts";
import { foreignObjects, type Stacks } from "./foreign-objects.ts";
import { ownerIssues } from "./owners.ts";
import { inspectReferences, referenceIssues } from "./references.ts";

export interface PreflightResult {
  /** Every name that can't be explained, and every entry that can't have an effect. */
  readonly issues: readonly Issue[];
  /** For people: what could not be checked. Names only. */
  readonly notes: readonly string[];
  /** By store. What is untracked there may be written all the same, where there is no issue. */
  readonly surveys: ReadonlyMap<string, Survey>;
}

/**
 * Adopt or refuse: before the first write, every store is asked whether it already holds a name that the state does not
 * know. Vault overwrites silently after a lost state; so nothing is written until each such name is explained:
 *
 * - it is listed under `adopt`: its value is adopted;
 * - its generated values are in the state (or it has none): an interrupted run wrote it, and `guardExisting` still compares.
 *
 * Every other one is an issue, and so is one that its labels say another stack of this program writes.
 *
 * @param stacks which stack runs. Default: nobody asks whose an object is.
 * @param heldElsewhere secrets (`<app>/<secret>`) whose values are adopted from a Secret of a cluster.
 */
export async function preflight(
  state: readonly StateResource[],
  stores: readonly PreflightStore[],
  heldElsewhere: ReadonlySet<string> = new Set(),
  stacks?: Stacks,
): Promise<PreflightResult> {
  const names = keptNames(state);
  const issues: Issue[] = [];
  const notes: string[] = [];
  const surveys = new Map<string, Survey>();
  await Promise.all(
    stores.map(async (each) => {
      const { name: store, session, objects } = each;
      const remoteNames = objects.map(({ remoteName }) => remoteName);
      const survey = await surveyStore(session, state, remoteNames);
      surveys.set(store, survey);
      const { owned, untracked } = survey;
      const unknown = objects.filter(({ remoteName }) => !owned.has(remoteName));
      issues.push(...ownerIssues(each, owned), ...referenceIssues(store, unknown, untracked));
      const inspected = await inspectReferences(each, untracked);
      issues.push(...inspected.issues);
      notes.push(...inspected.notes);
      issues.push(...lostIssues(store, state, unknown, untracked));
      const written = unknown.filter((object) => untracked.has(object.remoteName) && isWritten(object, names));
      const foreign = stacks === undefined ? undefined : await foreignObjects(each, written, untracked, stacks);
      issues.push(...(foreign?.issues ?? []));
      notes.push(...(foreign?.notes ?? []));
      for (const { spec, remoteName, byScheme } of written) {
        if (isAdoptedFromStores(spec) || foreign?.names.has(remoteName) === true) continue;
        issues.push({
          path: spec.id,
          problem: `store ${store} already contains "${remoteName}", which is not in the state: its value would be overwritten`,
          fix: byScheme === true ? `${adoptionCommand(spec.id)}\n${namesOfItsOwn(store)}` : adoptionCommand(spec.id),
        });
      }
    }),
  );
  const secrets = [...new Map(stores.flatMap((each) => each.objects).map(({ spec }) => [spec.id, spec])).values()];
  const held = holds(stores, surveys);
  issues.push(
    ...secrets.flatMap((spec) => adoptionIssues(spec, names, (each) => heldElsewhere.has(each.id) || held(each))),
    ...secrets.flatMap((spec) => rotationIssues(spec, names)),
  );
  return { issues, notes: notes.sort(), surveys };
}

/** Whether this run would write an object that exists, and that no interrupted run of this stack can have made. */
function isWritten({ spec, referencedBy }: PreflightObject, names: ReadonlySet<string>): boolean {
  // The operator never writes over what is there.
  if (spec.origin.kind === "in-cluster" || referencedBy !== undefined) return false;
  return isAdoptedFromStores(spec) || !madeBefore(spec, names);
}

/** A scheme without the environment makes the same names in each: the object may be that of another one. */
function namesOfItsOwn(store: string): string {
  const command = setCommand(["stores", store, "nameScheme"], blank("scheme with {platform}-{environment}"));
  return `    or, if another environment or platform wrote it, give this one names of its own: ${command}`;
}

/**
 * What a cluster put into a store stays there. Where it is gone, or is to be looked for elsewhere, the cluster would put
 * another value in its place: what it keeps need not be what the store held.
 */
function lostIssues(
  store: string,
  state: readonly StateResource[],
  objects: PreflightStore["objects"],
  untracked: Survey["untracked"],
): readonly Issue[] {
  const pushed = state.filter(({ type, ready }) => type.endsWith(":PushSecret") && ready === true);
  return objects.flatMap(({ spec, remoteName }): readonly Issue[] => {
    if (spec.origin.kind !== "in-cluster" || untracked.has(remoteName)) return [];
    if (!pushed.some(({ name }) => name.endsWith(`/${spec.id}/push`))) return [];
    return [
      {
        path: configPath(["generatedInCluster", spec.id]),
        problem: `store ${store} no longer contains "${remoteName}", which a cluster generated: it would get a new value`,
        fix: "restore it, or copy it to its new place; for a new value: docs/values.md#rotating-what-a-cluster-generated",
      },
    ];
  });
}

/** Whether an earlier run generated every value of this epoch: then the store's object may be this stack's. */
export function madeBefore(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return frozenKeys(spec).every((frozen) => names.has(epochName(spec, frozen)));
}

/** Whether an earlier run generated a value of each key, of whatever epoch. */
export function madeEver(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return frozenKeys(spec).every((frozen) => [...names].some((name) => isEpochOf(spec, frozen, name)));
}

function holds(stores: readonly PreflightStore[], surveys: PreflightResult["surveys"]) {
  return (spec: SecretSpec) =>
    stores.some(({ name, objects }) =>
      objects.some(
        (each) =>
          each.spec.id === spec.id &&
          each.referencedBy === undefined &&
          (surveys.get(name)?.untracked.has(each.remoteName) ?? false),
      ),
    );
}

/** Refuses entries without effect, which would look effective. Once adopted, a value no longer needs its entry. */
function adoptionIssues(
  spec: SecretSpec,
  names: ReadonlySet<string>,
  held: (spec: SecretSpec) => boolean,
): readonly Issue[] {
  if (!isAdoptedFromStores(spec) || madeBefore(spec, names) || held(spec)) return [];
  return [
    {
      path: configPath(["adopt", spec.id]),
      problem: "there is nothing to adopt: no store holds this secret outside the state",
      fix: removeCommand(["adopt", spec.id]),
    },
  ];
}

/**
 * A rotation entry that is lost, or set back, would make another new value: epochs only ever move forward, but for a rotation that was
 * not finished, and that facts give up by name. A lost entry is no such wish.
 */
function rotationIssues(spec: SecretSpec, names: ReadonlySet<string>): readonly Issue[] {
  // What the state made of it before plays no part any more.
  if (spec.origin.kind === "in-cluster") return [];
  const newest = Object.keys(spec.keys)
    .flatMap((key) => [...names].filter((name) => isEpochOf(spec, key, name)).map(epochIn))
    .reduce((last, each) => (isEarlier(last, each) ? each : last), initialEpoch);
  if (!isEarlier(spec.epoch, newest) || isRolledBack(spec, names)) return [];
  const path = configPath(["rotations", spec.id]);
  const forward = setCommand(["rotations", spec.id], newest);
  if (canRollBack(spec, names)) {
    return [
      {
        path,
        problem: `the rotation at ${newest} is not finished, and setting it back to ${spec.epoch} would give its value up`,
        fix: `to go on with it: ${forward}\n    or, to roll it back: ${setCommand(["rollBack", spec.id], newest)}`,
      },
    ];
  }
  return [
    {
      path,
      problem: `the secret was rotated at ${newest}, and setting it back to ${spec.epoch} would not restore the old value but generate a new one`,
      fix: forward,
    },
  ];
}
