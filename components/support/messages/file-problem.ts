/** Why a file or folder can't be read, from what was thrown, to follow its path. The system's own words hold that path. */
export function fileProblem(error: unknown): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  return Object.hasOwn(problems, code) ? (problems[code] ?? "") : "can't be read";
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "is no folder",
  EISDIR: "is a folder",
  EACCES: "may not be read by whoever runs this",
  EPERM: "may not be read by whoever runs this",
  ENAMETOOLONG: "has too long a name",
  ELOOP: "is a link that leads nowhere",
};
