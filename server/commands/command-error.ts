/** A refusal for the person at the terminal: one line, exit 2. */
export class CommandError extends Error {}
