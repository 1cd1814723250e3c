import type { Examples } from "../example.ts";
import { withFiles } from "./files.ts";

export const completion: Examples = {
  fish: { ...withFiles("npx secrets completion fish"), lines: 12 },
  refused: withFiles("npx secrets completion tcsh"),
};
