/** What keeps a gateway from starting and is no bug: a message for the person who starts it. */
export class StartFault extends Error {
  override readonly name = 'StartFault'
}
