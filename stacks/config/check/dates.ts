import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Facts } from "../schema/index.ts";

/** Years in which a secret may have been made: no platform is older, and one after that is a slip of the finger. */
const [firstYear, lastYear] = [2000, 2099];
/** Time zones: whoever wrote a date may be a day ahead of the machine that runs. */
const slackMs = 24 * 60 * 60 * 1000;

/**
 * Dates of the facts on which nothing can have happened. A rotation that is dated ahead is due too late, and one in the
 * year 9999 never.
 *
 * @param now time of the run. `undefined`: no date is taken for one in the future.
 */
export function checkDates(
  facts: Pick<Facts, "created" | "rotations" | "retirePrevious" | "rollBack">,
  now: Date | undefined,
): readonly Issue[] {
  const bySecret = (["rotations", "retirePrevious", "rollBack"] as const).flatMap((fact) =>
    Object.entries(facts[fact]).map(([id, text]) => ({ path: configPath([fact, id]), text })),
  );
  return [{ path: "created", text: facts.created }, ...bySecret].flatMap(({ path, text }): readonly Issue[] => {
    const problem = problemOf(text, now);
    return problem === undefined ? [] : [{ path, problem }];
  });
}

function problemOf(text: string, now: Date | undefined): string | undefined {
  const year = Number(text.slice(0, 4));
  if (year < firstYear || year > lastYear) return `must be a date from ${firstYear} to ${lastYear}, received ${text}`;
  if (now === undefined || Date.parse(text) <= now.getTime() + slackMs) return undefined;
  return `must not be in the future, received ${text}, and today is ${now.toISOString().slice(0, 10)}`;
}
