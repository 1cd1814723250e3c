import { canary } from "./case.ts";
import { longestMilliseconds, type Result } from "./run.ts";

/** Most characters of a refusal: more than that nobody reads. */
const longestRefusal = 20_000;

/** Words of validators and runtimes, which mean nothing to whoever wrote the input. */
const foreignWords =
  /expected one of|too (?:small|big)|invalid (?:input|option|key in)|\bZod|undefined|\bNaN\b|\[object |TypeError|cannot read|is not a function|is not iterable|ENOENT|\n\s+at /i;

/** What no input may lead to, whatever its outcome. Empty where all is well. */
export function faultsOf({ outcome, text, milliseconds }: Result): readonly string[] {
  const faults: readonly (readonly [boolean, string])[] = [
    [outcome === "crashed", "a stack trace"],
    [text.includes(canary) || text.includes(canary.slice(0, 12)), "a secret is printed"],
    [/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text.replaceAll("\n", "")), "a control character"],
    [/^\s*(?:::|##\[)/m.test(text), "a line that a workflow takes for a command"],
    [milliseconds > longestMilliseconds, `takes more than ${longestMilliseconds} ms`],
    [outcome === "refused" && text.length > longestRefusal, `a refusal of ${text.length} characters`],
    [outcome === "refused" && foreignWords.test(text), `words of the machinery: ${foreignWords.exec(text)?.[0] ?? ""}`],
  ];
  return faults.flatMap(([found, name]) => (found ? [name] : []));
}
