/** Asks somebody outside what a token is. `done` is called once, sooner or later, when asking again would bring nothing more. */
export type Lookup = (done: () => void) => void
