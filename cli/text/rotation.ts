import { printable, printableLine } from "../../components/support/messages/printable.ts";
import {
  isGone,
  isSound,
  type OldVersionsFound,
  type PlannedRotation,
  type PreviousVersion,
  type RotationReport,
} from "../../operations/rotate/model.ts";
import type { StepName } from "../../operations/rotate/steps.ts";
import { section } from "./plan.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";

export function rotationResult(report: RotationReport): Result {
  return { text: () => rotationText(report), data: report, code: isSound(report) ? EXIT.done : EXIT.found };
}

/** What was rotated, or would be, as people read it. */
export function rotationText(report: RotationReport): string {
  const blocks = [
    opening(report),
    ...(report.outcome === "rotated" ? [] : report.rotations.map(stepsText)),
    section("Rotated:", report.outcome === "rotated" ? report.rotations.map(doneText) : []),
    section(
      "Secrets:",
      report.verified.map(
        ({ cluster, namespace, secret, verdict }) => `${cluster}: ${namespace}/${secret} is ${verdicts[verdict]}`,
      ),
    ),
    section("To be looked at:", report.remarks.flatMap(withFix)),
    section(
      "Left out:",
      report.leftOut.flatMap(({ id, reason, fix }) => withFix({ text: `${id} ${reason}`, fix })),
    ),
    section(oldVersionsTitle(report), (report.oldVersions ?? []).map(oldVersionsText)),
    previousText(report),
    ...report.notes.map(printable),
    closing(report),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

const verdicts = {
  sound: "sound",
  warning: "sound, with a warning",
  broken: "broken",
  unknown: "not known",
} as const;

function opening({ outcome, stack, rotations }: RotationReport): string {
  const count = rotations.length === 1 ? "1 secret" : `${rotations.length} secrets`;
  switch (outcome) {
    case "nothing":
      return `${stack}: there is nothing to rotate.`;
    case "planned":
      return `${stack}: ${count} would be rotated. Nothing was changed.`;
    case "moved":
      return `${stack}: the epochs of ${count} are moved in Pulumi.${stack}.yaml. No value was made yet.`;
    case "rotated":
      return `${stack}: ${count} rotated.`;
  }
}

function closing({ outcome, stack, stacks, rotations }: RotationReport): string {
  if (outcome === "moved") {
    const runs = stacks.map((each) => `pulumi up --stack ${each}`).join(" && ");
    return `The next pulumi up carries it out: commit Pulumi.${stack}.yaml for the pull request, or run ${runs}.`;
  }
  if (outcome !== "rotated" || rotations.every(({ from, to }) => from === to)) return "";
  return `Commit Pulumi.${stack}.yaml: a run without the new epochs is refused.`;
}

const titles: Readonly<Record<StepName, string>> = {
  value: "new value",
  target: "target",
  store: "stores",
  Secret: "Secrets",
  restart: "restarts",
  verify: "verified",
  retire: "retired",
};

function stepsText({ id, from, to, before, asked, rounds, steps }: PlannedRotation): string {
  const state =
    from === to || before === "begun" || before === "moved" ? " (an earlier rotation, which is finished)" : "";
  const twice = rounds === 2 ? ", and once more: the first time leaves a value of before valid" : "";
  const title = `${printableLine(id)}: ${from === to ? to : `${from} → ${to}`}${state}${twice}${asked ? "" : ", not asked for"}`;
  const width = Math.max(...Object.values(titles).map(({ length }) => length));
  const lines = steps.flatMap(({ step, what }, index) =>
    what.map((each, line) => {
      const head = line === 0 ? `${index + 1} ${titles[step]}` : "";
      return `  ${head.padEnd(width + 2)}  ${printableLine(each)}`;
    }),
  );
  return [title, ...lines].join("\n");
}

function doneText({ id, from, to, before }: PlannedRotation): string {
  return printableLine(
    from === to || before === "begun" || before === "moved" ? `${id}: ${to}, finished` : `${id}: ${from} → ${to}`,
  );
}

function withFix({ text, fix }: { readonly text: string; readonly fix?: string }): readonly string[] {
  return [printableLine(text), ...(fix === undefined ? [] : [`  fix: ${printable(fix)}`])];
}

function oldVersionsTitle({ outcome }: RotationReport): string {
  return outcome === "rotated"
    ? "Old versions in stores:"
    : "Old versions that can be read, and would be disabled with those of the rotation:";
}

/** The old versions of an object, and what became of them. */
export function oldVersionsText({ store, object, versions, disabled, problem }: OldVersionsFound): string {
  const left = versions.filter((each) => disabled?.includes(each) !== true);
  const parts = [
    ...(disabled === undefined || disabled.length === 0 ? [] : [`${named(disabled)} disabled`]),
    ...(left.length === 0 ? [] : [`${named(left)} can be read`]),
    ...(versions.length === 0 && problem === undefined ? ["none can be read"] : []),
    ...(problem === undefined ? [] : [`not disabled: ${problem}`]),
  ];
  return printableLine(`${store} ${object}: ${parts.join("; ")}`);
}

function named(versions: readonly string[]): string {
  return `${versions.length === 1 ? "version" : "versions"} ${versions.join(", ")}`;
}

/** What may be readable still, with what ends that: each command once the run is over. */
function previousText({ previousVersions: all, outcome, oldVersions = [] }: RotationReport): string {
  const gone = new Set(oldVersions.filter(isGone).map(({ store, object }) => `${store}\n${object}`));
  const previousVersions =
    outcome === "rotated" ? all.filter(({ store, object }) => !gone.has(`${store}\n${object}`)) : all;
  if (previousVersions.length === 0) return "";
  const title =
    outcome === "rotated"
      ? "Old values that stores still have. Whoever may read versions can read them until these are typed:"
      : "Old values that stores will still have, and what makes them unreadable when the rotation is done:";
  return section(title, previousVersions.flatMap(versionText));
}

function versionText({ store, object, kept, disable }: PreviousVersion): readonly string[] {
  return [
    printableLine(`${store} keeps ${kept}: ${object}`),
    ...(disable === undefined ? [] : [`  ${printableLine(disable)}`]),
  ];
}
