/** The rails let nothing more through: the message says why. What was found before stays. */
export class RailsStopped extends Error {
  override readonly name = 'RailsStopped';
}
