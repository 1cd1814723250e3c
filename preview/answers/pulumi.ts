import { text, type Answers } from "./contract.ts";

/** Functions of the engine itself. */
export const pulumi: Answers = {
  "pulumi:pulumi:readStackResourceOutputs": ({ stackName }, { stateOf }) => ({
    name: stackName,
    outputs: stateOf(text(stackName)),
  }),
};
