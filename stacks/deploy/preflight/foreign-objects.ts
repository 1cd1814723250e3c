import { stackIn, type LabelledStack } from "../../../components/backends/labels.ts";
import type { FoundObject, Survey } from "../../../components/backends/survey.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { turns } from "../../../components/support/turns.ts";
import { isAdoptedFromStores } from "../../../components/values/secret-spec.ts";
import type { PreflightObject, PreflightStore } from "./contract.ts";

/** Which stack runs, and which others it is the successor or a part of. */
export interface Stacks {
  /** This one: `<project>/<stack>`. */
  readonly owner: string;
  /** Those whose objects count as this one's: `<project>/<stack>`. */
  readonly former: readonly string[];
  /** Where the environment is several stacks: its name, that of the part that runs, and all stacks (`<project>/<stack>`). */
  readonly part?: { readonly environment: string; readonly name: string; readonly stacks: readonly string[] };
}

export interface ForeignObjects {
  readonly issues: readonly Issue[];
  /** For people: whose labels could not be read. Names only. */
  readonly notes: readonly string[];
  /** Remote names of objects of other stacks: nothing more is said of them. */
  readonly names: ReadonlySet<string>;
}

/** Objects of one store whose labels are asked for side by side. */
const atOnce = 10;

/**
 * Objects that exist, and that another stack of this program writes, by their labels. Adopted, an object would be written by
 * both: each would put its own value back, and whichever is destroyed first would delete the other's.
 */
export async function foreignObjects(
  store: PreflightStore,
  objects: readonly PreflightObject[],
  untracked: Survey["untracked"],
  stacks: Stacks,
): Promise<ForeignObjects> {
  const { labelsOf } = store.session;
  const [issues, notes, names]: [Issue[], string[], Set<string>] = [[], [], new Set()];
  if (labelsOf === undefined) return { issues, notes, names };
  const ask = async (object: PreflightObject, found: FoundObject) => {
    const told = await labelsOf(object.remoteName, found);
    if ("refused" in told) notes.push(unreadNote(store, object, told.refused));
    const named = "value" in told ? stackIn(told.value) : undefined;
    if (named === undefined || isAmong([stacks.owner, ...stacks.former], named, store)) return;
    names.add(object.remoteName);
    issues.push(issueOf(store, object, named, stacks));
  };
  const asked = objects.flatMap((object) => {
    const found = untracked.get(object.remoteName);
    return found === undefined ? [] : [{ object, found }];
  });
  const turn = turns(atOnce);
  await Promise.all(asked.map(({ object, found }) => turn(() => ask(object, found))));
  return { issues, notes, names };
}

/** Whether labels name one of these stacks, as far as the store's spelling tells them apart. */
function isAmong(stacks: readonly string[], named: LabelledStack, { session }: PreflightStore): boolean {
  const spelled = (text: string) => session.spelledLabel?.(text) ?? text;
  return stacks.some((each) => each.split("/").map(spelled).join("/") === nameOf(named));
}

function nameOf({ project, stack }: LabelledStack): string {
  return `${project}/${stack}`;
}

function issueOf(store: PreflightStore, object: PreflightObject, other: LabelledStack, stacks: Stacks): Issue {
  const { spec, remoteName } = object;
  const adopted = isAdoptedFromStores(spec);
  return {
    path: adopted ? configPath(["adopt", spec.id]) : spec.id,
    problem: `"${remoteName}" in store ${store.name} belongs to stack ${nameOf(other)}, by its labels: two stacks would write it, and each would undo what the other wrote`,
    fix: waysOut(store, object, other, stacks).join("\n    or "),
  };
}

function waysOut(store: PreflightStore, { spec, byScheme }: PreflightObject, other: LabelledStack, stacks: Stacks) {
  const { part, former } = stacks;
  if (part !== undefined && isAmong(part.stacks, other, store)) {
    const move = `npx secrets fleet move ${part.environment} ${spec.app} ${part.name}`;
    return [`move the application with its state: ${move} (facts that were changed by hand: put them back first)`];
  }
  const reference = setCommand(["reference", spec.id], true);
  const unadopted = isAdoptedFromStores(spec) ? `${removeCommand(["adopt", spec.id])} && ` : "";
  return [
    `read it, and leave it to that stack: ${unadopted}${reference}`,
    ...(byScheme === true
      ? [
          `give this environment names of its own: ${setCommand(["stores", store.name, "nameScheme"], blank("scheme with {platform}-{environment}"))}`,
        ]
      : []),
    `if that stack is gone, was renamed to this one, or has released it (docs/existing.md#an-object-of-another-stack): ${setCommand(["formerStacks", former.length], nameOf(other))}`,
  ];
}

function unreadNote({ name }: PreflightStore, { spec, remoteName }: PreflightObject, reason: string): string {
  return `${spec.id}: whether another stack writes "${remoteName}" in store ${name} is not known, since its labels can't be read: ${reason}`;
}
