import { z } from "zod";
import { ruledText } from "../../../components/support/messages/text-rules.ts";

/** The part that has what the stacks of an environment share. Its stack is called as the environment is. */
export const basePart = "base";

/** A part is the end of a stack's name, `<environment>.<part>`. */
const partName = ruledText({
  pattern: /^[a-z][a-z0-9-]{0,19}$/,
  rule: 'a name of up to 20 lowercase letters, digits or "-", that begins with a letter',
  characters: /[a-z0-9-]/,
  most: 20,
});

/** Applications by part. Empty: one stack has all of them. */
export const parts = z.record(partName, z.array(z.string())).default({});
