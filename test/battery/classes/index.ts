import type { CaseClass } from "../case.ts";
import { mounts } from "./mounts.ts";
import { brokenYaml, oddYaml } from "./yaml.ts";
import { secretsByMistake } from "./secrets-by-mistake.ts";
import { keysOfConfiguration } from "./keys-of-configuration.ts";
import { oddNames } from "./odd-names.ts";
import { shapes } from "./shapes.ts";
import { urls } from "./urls.ts";
import { atOnce } from "./at-once.ts";
import { projectFiles, stackNames } from "./project-files.ts";

/** Every class of odd input. A file for each, or for a few that belong together. */
export const classes: readonly CaseClass[] = [
  mounts,
  brokenYaml,
  oddYaml,
  secretsByMistake,
  keysOfConfiguration,
  oddNames,
  shapes,
  urls,
  atOnce,
  projectFiles,
  stackNames,
];
