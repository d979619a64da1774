/** Today's exceptions to the sizes. Each number is what it is now: a smaller one must be written here, a larger one fails. */
export const longFiles: Readonly<Record<string, number>> = {}
export const longFunctions: Readonly<Record<string, number>> = {}
