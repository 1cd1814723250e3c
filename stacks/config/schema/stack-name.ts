import { ruledText } from "../../../components/support/messages/text-rules.ts";

/** A stack as labels and annotations of objects name it: without its organization. */
export const stackName = ruledText({
  pattern: /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/,
  rule: "the name of a stack with its project, <project>/<stack>",
  characters: /[A-Za-z0-9_./-]/,
  most: 201,
});
