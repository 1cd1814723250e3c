/** Ends output without an error when its reader has gone: `… | head` closes the pipe early. */
export function allowClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
