import { z } from "zod";
import { factName } from "../../../components/values/template.ts";
import { plainTime } from "./times.ts";

/** Organization, project and stack: a short name would be completed with whatever organization is the user's default. */
const fullStackName = /^[\w.-]{1,100}(?:\/[\w.-]{1,100}){2}$/;

const stackRule =
  "must name a stack in full: <organization>/<project>/<stack> (the organization of a state in a bucket is called organization)";
const outputRule = "must name an output of the stack, in up to 200 characters";

const stackOutput = z.strictObject({
  stack: z.string({ error: stackRule }).regex(fullStackName, { error: stackRule, abort: true }),
  output: z
    .string({ error: outputRule })
    .min(1, { error: outputRule, abort: true })
    .max(200, { error: outputRule, abort: true }),
});

const text = z.preprocess(plainTime, z.string().min(1, { abort: true }).refine(isText, { abort: true }));

/** A value that templates may name, or the output of another stack that it is taken from. */
const templateFact = z.union([text, z.int(), stackOutput], { error: ({ input }) => ruleFor(input) });

/** Facts that templates name as `${fact:NAME}`. */
export const templateFacts = z
  .record(
    z.string().regex(factName, 'must be up to 100 letters, digits, "-", "_" or ".", beginning with a letter or digit'),
    templateFact,
  )
  .default({});

export type TemplateFact = z.output<typeof templateFact>;
/** An output of another stack. */
export type StackOutput = z.output<typeof stackOutput>;

/** A text that a Kubernetes Secret and every store can hold. */
function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}

function ruleFor(input: unknown): string {
  if (input === "") return "must not be empty";
  if (typeof input === "string") return "must be Unicode text without NUL characters";
  if (typeof input === "number") return "must be a whole number, or a text: other numbers in quotation marks";
  return "must be a text, a whole number, or an output of another stack: {stack: <organization>/<project>/<stack>, output: <name>}";
}
