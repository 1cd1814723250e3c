/**
 * Values for what people must bring. They say what they are: whoever finds one in a Secret knows that it opens nothing.
 */
export const demoValues: Readonly<Record<string, string>> = {
  huggingfaceToken: "demo-value-of-the-sandbox-not-a-hugging-face-token",
};
