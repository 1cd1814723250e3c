import type { Report } from "../../../../operations/report/schema.ts";
import type { Examples } from "../example.ts";
import { withFiles } from "./files.ts";

export const report: Examples = {
  overdue: withFiles("npx secrets report dev --as-of 2027-02-21"),
  page: withFiles("npx secrets report prod --as-of 2027-02-20 --html report.html"),
  json: {
    ...withFiles("npx secrets report dev --as-of 2027-02-21 --json"),
    excerpt: ({ secrets, ...rest }: Report) => ({ ...rest, secrets: secrets.slice(0, 1) }),
  },
  refused: withFiles("npx secrets report dev --stack prod"),
};
