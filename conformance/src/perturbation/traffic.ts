/** What goes on between all clients and the server of a world. */
export class Traffic {
  /** Requests whose answer has not been read to its end; watches aside. */
  inFlight = 0;
  /** Grows with every request, answer and piece of a watch. */
  activity = 0;
}
