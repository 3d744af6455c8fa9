import { WebSocketInterface } from 'jssip';

/** A connection that can be declared dead: a browser notices the loss of a network minutes too late. */
export class DroppableSocket extends WebSocketInterface {
  drop(): void {
    this.disconnect();
    this.ondisconnect(true);
  }
}
