/**
 * Ends output without an error when its reader has gone: `… | head` closes the pipe early. Where it can't be written for another
 * reason, such as a disk that is full, the process ends with this code, and says so.
 */
export function allowClosedPipe(stream: NodeJS.WriteStream, exitCode: number): void {
  stream.on("error", ({ code = "unknown reason" }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    process.stderr.write(
      `The output can't be written (${code}).\n    fix: write it where there is room, and that you may write to\n`,
    );
    process.exit(exitCode);
  });
}
