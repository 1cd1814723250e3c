import type { Issue } from "../../../../components/support/messages/errors.ts";

/** Most places that one fault is told at, and most faults that one part of a configuration is told of. */
const mostPlaces = 3;
const mostIssues = 40;

/**
 * Issues as people read them: one fault at many places once, and no more of them than anybody mends in one go.
 *
 * @param path where what is left out is told.
 */
export function folded(issues: readonly Issue[], path: string): readonly Issue[] {
  const faults = Map.groupBy(issues, ({ problem, fix }) => `${problem}\n${fix ?? ""}`);
  const told = [...faults.values()].flatMap((same) => {
    const [first, ...others] = [...new Map(same.map((issue) => [issue.path, issue])).values()];
    if (first === undefined || others.length < mostPlaces) return [first, ...others].flatMap((each) => each ?? []);
    const shown = others.slice(0, mostPlaces - 1).map((each) => each.path);
    const more = others.length - shown.length;
    return [{ ...first, problem: `${first.problem} (also at ${shown.join(", ")} and ${more} more)` }];
  });
  if (told.length <= mostIssues) return told;
  return [
    ...told.slice(0, mostIssues),
    { path, problem: `has ${told.length - mostIssues} more problems, which are told when these are solved` },
  ];
}
